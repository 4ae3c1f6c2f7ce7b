package dev.plimsoll.operator.page;

import dev.plimsoll.api.ModelDeployment;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The ModelDeployments that the operator watches. */
public interface Fleet {
    /** Every one; nothing before the operator has begun to watch. */
    Optional<List<ModelDeployment>> all();

    /** When statuses were last true, if no operator works; nothing while one does. */
    Optional<Instant> asOf();
}
