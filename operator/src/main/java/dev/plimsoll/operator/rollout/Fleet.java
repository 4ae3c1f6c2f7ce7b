package dev.plimsoll.operator.rollout;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The other deployments of the cluster, as far as an upgrade of the server image concerns them: one after the other, and
 * none while the image has failed somewhere.
 *
 * @param upgrading those whose upgrade has begun and is not over, in order of names
 * @param failed images, each with a deployment that it has failed on
 */
public record Fleet(List<String> upgrading, Map<String, String> failed) {
    public static final Fleet NONE = new Fleet(List.of(), Map.of());

    public Fleet {
        upgrading = upgrading.stream().sorted().toList();
        failed = Map.copyOf(failed);
    }

    /** A revision of a deployment. */
    public record Member(String deployment, Revision revision) {}

    /** Of the revisions of all deployments but one's own. */
    public static Fleet of(Collection<Member> others) {
        return new Fleet(
                others.stream()
                        .filter(other -> isUpgrading(other.revision()))
                        .map(Member::deployment)
                        .distinct()
                        .toList(),
                others.stream()
                        .filter(other -> other.revision().hasFailed())
                        .collect(java.util.stream.Collectors.toMap(
                                other -> other.revision().image(),
                                Member::deployment,
                                (one, another) -> one.compareTo(another) < 0 ? one : another)));
    }

    private static boolean isUpgrading(Revision revision) {
        return revision.history().turn() != null
                && !revision.isComplete()
                && !revision.hasFailed()
                && !revision.isRefused();
    }

    /** Where an image has failed. */
    Optional<String> failedOn(String image) {
        return Optional.ofNullable(failed.get(image));
    }
}
