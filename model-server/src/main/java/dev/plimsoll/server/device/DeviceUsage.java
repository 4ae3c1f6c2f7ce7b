package dev.plimsoll.server.device;

import dev.plimsoll.api.report.DeviceReport;
import java.util.List;
import java.util.OptionalLong;

/**
 * Measured bytes of this process on one device. Empty is not measured.
 *
 * @param weights bytes of the tensors made for weights
 * @param kvCache bytes of the tensors made for keys and values
 * @param context bytes that the driver and its libraries take
 * @param process everything together
 */
public record DeviceUsage(
        OptionalLong weights,
        OptionalLong kvCache,
        OptionalLong workspace,
        OptionalLong context,
        OptionalLong process,
        DeviceReport.Source source) {

    /** What the process takes beside all of these; empty unless each is measured. */
    public OptionalLong unaccounted() {
        List<OptionalLong> kinds = List.of(weights, kvCache, workspace, context);
        if (process.isEmpty() || kinds.stream().anyMatch(OptionalLong::isEmpty)) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(process.getAsLong()
                - kinds.stream().mapToLong(OptionalLong::getAsLong).sum());
    }
}
