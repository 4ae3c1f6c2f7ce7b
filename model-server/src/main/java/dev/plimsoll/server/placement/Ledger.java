package dev.plimsoll.server.placement;

import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.placement.PlacementPlan.DevicePlan;
import dev.plimsoll.server.placement.PlacementPlan.HostPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a layout takes on each device, by kind.
 *
 * @param devices those that hold or run something, in order
 * @param bufferBytes one of the two buffers of a device that weights are streamed into
 */
record Ledger(List<DevicePlan> devices, HostPlan host, long bufferBytes) {
    static Ledger of(Problem problem, Layout layout) {
        return new Count(problem, layout).ledger();
    }

    /**
     * Bytes of weights by device: the GPUs in order, then the host, then the disk. Tied parameters whose owner lives
     * elsewhere take their bytes once more.
     */
    static long[] weights(Problem problem, List<DeviceId> homes) {
        int gpus = problem.gpus().size();
        long[] bytes = new long[gpus + 2];
        for (int i = 0; i < homes.size(); i++) {
            bytes[index(homes.get(i), gpus)] +=
                    problem.demand().weightsOn(homes.get(i), problem.units().get(i), homes);
        }
        return bytes;
    }

    /** The first GPU that would have to hold more than it may. */
    Optional<DevicePlan> overfullGpu() {
        return devices.stream()
                .filter(device -> device.id().isGpu() && device.total() > device.budgetBytes())
                .findFirst();
    }

    boolean fits() {
        return overfullGpu().isEmpty() && host.total() <= host.budgetBytes();
    }

    private static int index(DeviceId device, int gpus) {
        return switch (device.tier()) {
            case GPU -> device.index();
            case HOST -> gpus;
            case DISK -> gpus + 1;
        };
    }

    private static final class Count {
        private final Problem problem;
        private final Layout layout;
        private final int gpus;
        private final long[] weights;
        private final long[] kvCache;
        private final boolean[] computes;
        private final boolean[] streams;
        private boolean looksUp;

        Count(Problem problem, Layout layout) {
            this.problem = problem;
            this.layout = layout;
            this.gpus = problem.gpus().size();
            this.weights = weights(problem, layout.homes());
            this.kvCache = new long[weights.length];
            this.computes = new boolean[weights.length];
            this.streams = new boolean[weights.length];
            for (int i = 0; i < layout.runners().size(); i++) {
                Demand.Unit unit = problem.units().get(i);
                int runner = index(layout.runners().get(i), gpus);
                kvCache[runner] += unit.kvCache();
                if (unit.kind() == Kind.EMBEDDING && runner == gpus) {
                    looksUp = true;
                } else {
                    computes[runner] = true;
                    streams[runner] |= layout.isStreamed(i);
                }
            }
        }

        Ledger ledger() {
            long buffer = Layout.bufferBytes(problem, layout.homes());
            List<DevicePlan> devices = new ArrayList<>();
            long emulated = 0;
            for (int g = 0; g < gpus; g++) {
                PlanRequest.Gpu gpu = problem.gpus().get(g);
                if (computes[g]) {
                    DevicePlan device = plan(g, gpu.id(), gpu.budgetBytes(), workspace(g, buffer), gpu.contextBytes());
                    devices.add(device);
                    emulated += gpu.emulated() ? device.total() : 0;
                }
            }
            long hostBudget = problem.request().hostBudgetBytes();
            long rows = looksUp ? 2 * problem.demand().rowBytes() : 0;
            DevicePlan onHost = plan(gpus, DeviceId.HOST, hostBudget, workspace(gpus, buffer) + rows, 0);
            if (weights[gpus] > 0 || computes[gpus]) {
                devices.add(onHost);
            }
            if (weights[gpus + 1] > 0) {
                devices.add(plan(gpus + 1, DeviceId.DISK, PlanRequest.UNLIMITED, 0, 0));
            }
            HostNeeds needs = problem.hostNeeds();
            HostPlan host = new HostPlan(
                    hostBudget, needs.engineBytes(), needs.stagingBytes(hostBudget), onHost.total(), emulated);
            return new Ledger(devices, host, buffer);
        }

        private long workspace(int device, long buffer) {
            return (computes[device] ? problem.demand().workspace() : 0) + (streams[device] ? 2 * buffer : 0);
        }

        private DevicePlan plan(int device, DeviceId id, long budget, long workspace, long context) {
            return new DevicePlan(id, budget, weights[device], kvCache[device], workspace, context);
        }
    }
}
