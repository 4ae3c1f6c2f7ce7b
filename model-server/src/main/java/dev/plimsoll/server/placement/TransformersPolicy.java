package dev.plimsoll.server.placement;

import dev.plimsoll.api.OffloadTier;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.device.ElementType;
import dev.plimsoll.server.placement.PlacementPlan.DevicePlan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;

/**
 * The device map that transformers gives for the room that weights have: what the budgets leave beside KV cache,
 * workspace and context. The KV cache depends on the map, so the room is taken smaller until everything fits.
 */
final class TransformersPolicy implements Policy {
    private static final int ROUNDS = 200;

    private final PlacementPolicy policy;

    TransformersPolicy(PlacementPolicy policy) {
        this.policy = policy;
    }

    @Override
    public Homes place(Problem problem) {
        SequencedMap<DeviceId, Long> given = problem.request().maxMemory();
        SequencedMap<DeviceId, Long> room = new LinkedHashMap<>(given == null ? room(problem) : given);
        SizedTree tree = SizedTree.of(problem.request().architecture().root(), elementBytes(problem));
        for (int round = 1; ; round++) {
            SequencedMap<String, DeviceId> map = DeviceMap.infer(tree, room, policy);
            Homes homes = homes(problem, map);
            Ledger ledger = Ledger.of(problem, Layout.of(problem, homes.devices()));
            if (given != null || ledger.fits() || round == ROUNDS || !shrink(room, ledger)) {
                return homes;
            }
        }
    }

    private static SequencedMap<DeviceId, Long> room(Problem problem) {
        SequencedMap<DeviceId, Long> room = new LinkedHashMap<>();
        problem.gpus().forEach(gpu -> room.put(gpu.id(), Math.max(0, problem.room(gpu))));
        List<OffloadTier> tiers = problem.request().placement().tiers();
        HostNeeds needs = problem.hostNeeds();
        long budget = problem.request().hostBudgetBytes();
        long left = budget - needs.engineBytes() - needs.stagingBytes(budget);
        room.put(
                DeviceId.HOST,
                !tiers.contains(OffloadTier.Host)
                        ? 0
                        : tiers.contains(OffloadTier.Disk) ? Math.max(0, left) : PlanRequest.UNLIMITED);
        return room;
    }

    /** Takes from each overfull device what it is over; false when nothing can be taken. */
    private static boolean shrink(SequencedMap<DeviceId, Long> room, Ledger ledger) {
        boolean changed = false;
        for (DevicePlan device : ledger.devices()) {
            if (device.id().isGpu()) {
                changed |= shrink(room, device.id(), device.total() - device.budgetBytes());
            }
        }
        return changed
                || shrink(
                        room,
                        DeviceId.HOST,
                        ledger.host().total() - ledger.host().budgetBytes());
    }

    private static boolean shrink(SequencedMap<DeviceId, Long> room, DeviceId device, long over) {
        long had = Objects.requireNonNull(room.get(device));
        if (over <= 0 || had == 0) {
            return false;
        }
        room.put(device, Math.max(0, had - over));
        return true;
    }

    /** Where the disk may not be used, what would go there stays on the last GPU. */
    private Homes homes(Problem problem, SequencedMap<String, DeviceId> map) {
        List<DeviceId> devices =
                problem.units().stream().map(unit -> device(map, unit.module())).toList();
        String reason = policy + " fills devices in order and never returns to one";
        boolean mayUseDisk = problem.request().maxMemory() != null
                || problem.request().placement().tiers().contains(OffloadTier.Disk);
        if (mayUseDisk || !devices.contains(DeviceId.DISK)) {
            return new Homes(devices, map, Homes.reasons(devices, reason));
        }
        DeviceId last = problem.gpus().getLast().id();
        return Homes.of(
                problem,
                devices.stream()
                        .map(device -> device.equals(DeviceId.DISK) ? last : device)
                        .toList(),
                reason);
    }

    private static DeviceId device(SequencedMap<String, DeviceId> map, String module) {
        String name = module;
        DeviceId device = map.get(name);
        while (device == null && !name.isEmpty()) {
            name = name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : "";
            device = map.get(name);
        }
        return Objects.requireNonNull(device, module);
    }

    private static int elementBytes(Problem problem) {
        return ElementType.of(problem.request().dtype()).bytes();
    }
}
