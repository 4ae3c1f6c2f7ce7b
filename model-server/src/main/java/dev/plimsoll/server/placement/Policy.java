package dev.plimsoll.server.placement;

import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.UnknownValues;
import dev.plimsoll.server.device.DeviceId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** The rule by which each module gets the device that its weights live on. */
interface Policy {
    /**
     * Places every unit. The result may be over a budget: then the plan is refused with what it lacks.
     *
     * @throws PlimsollException when what is asked for does not fit the model
     */
    Homes place(Problem problem);

    /**
     * The rule called {@code policy}.
     *
     * @throws PlimsollException for one that this version does not know
     */
    static Policy of(PlacementPolicy policy) {
        return switch (policy.value()) {
            case "GpuOnly" -> new GpuOnlyPolicy();
            case "HostOnly" -> problem -> Homes.everywhere(problem, DeviceId.HOST);
            case "Auto" -> new AutoPolicy();
            case "Custom" -> new CustomPolicy();
            case "Sequential", "Balanced", "BalancedLow0" -> new TransformersPolicy(policy);
            default -> throw new PlimsollException(UnknownValues.refusal(List.of("placement.policy " + policy)));
        };
    }

    /**
     * Where the weights of each unit live.
     *
     * @param devices by unit
     * @param deviceMap the same by module, as the policy gives it
     * @param reasons by unit, why its weights are on no GPU; null where they are
     */
    record Homes(List<DeviceId> devices, SequencedMap<String, DeviceId> deviceMap, List<@Nullable String> reasons) {

        static Homes everywhere(Problem problem, DeviceId device) {
            return of(problem, problem.units().stream().map(unit -> device).toList(), null);
        }

        /** Homes of a policy that gives a device for each unit. */
        static Homes of(Problem problem, List<DeviceId> devices, @Nullable String reasonOffGpu) {
            SequencedMap<String, DeviceId> map = new LinkedHashMap<>();
            for (int i = 0; i < devices.size(); i++) {
                map.put(problem.units().get(i).module(), devices.get(i));
            }
            return new Homes(devices, map, reasons(devices, reasonOffGpu));
        }

        static List<@Nullable String> reasons(List<DeviceId> devices, @Nullable String reasonOffGpu) {
            return devices.stream()
                    .<@Nullable String>map(device -> device.isGpu() ? null : reasonOffGpu)
                    .toList();
        }
    }
}
