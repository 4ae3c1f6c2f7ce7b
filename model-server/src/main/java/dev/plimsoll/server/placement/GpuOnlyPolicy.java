package dev.plimsoll.server.placement;

import dev.plimsoll.server.device.DeviceId;
import java.util.ArrayList;
import java.util.List;

/** Every unit on a GPU, in order, so that the fullest GPU is least full; overfull on the last one when they do not fit. */
final class GpuOnlyPolicy implements Policy {
    @Override
    public Homes place(Problem problem) {
        return Homes.of(problem, spread(problem), null);
    }

    static List<DeviceId> spread(Problem problem) {
        long low = 0;
        long high = problem.gpus().stream()
                .mapToLong(PlanRequest.Gpu::budgetBytes)
                .max()
                .orElseThrow();
        Filling best = Filling.of(problem, high);
        while (best.fits() && high - low > 1) {
            long middle = low + (high - low) / 2;
            Filling tried = Filling.of(problem, middle);
            if (tried.fits()) {
                best = tried;
                high = middle;
            } else {
                low = middle;
            }
        }
        return best.homes;
    }

    /** Units on GPUs in order, each GPU filled up to a cap. */
    private static final class Filling {
        private final List<DeviceId> homes = new ArrayList<>();
        private boolean over;

        static Filling of(Problem problem, long cap) {
            Filling filling = new Filling();
            int gpu = 0;
            long left = room(problem, 0, cap);
            for (Demand.Unit unit : problem.units()) {
                long needs = filling.needs(problem, unit, gpu);
                while (needs > left && gpu + 1 < problem.gpus().size()) {
                    gpu++;
                    left = room(problem, gpu, cap);
                    needs = filling.needs(problem, unit, gpu);
                }
                left -= needs;
                filling.over |= left < 0;
                filling.homes.add(problem.gpus().get(gpu).id());
            }
            return filling;
        }

        private static long room(Problem problem, int index, long cap) {
            PlanRequest.Gpu gpu = problem.gpus().get(index);
            return problem.room(gpu) - Math.max(0, gpu.budgetBytes() - cap);
        }

        private long needs(Problem problem, Demand.Unit unit, int gpu) {
            return problem.demand().weightsOn(problem.gpus().get(gpu).id(), unit, homes) + unit.kvCache();
        }

        boolean fits() {
            return !over;
        }
    }
}
