package dev.plimsoll.operator.page.view;

import dev.plimsoll.api.GpuLimit;
import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.api.status.PlanStatus;
import dev.plimsoll.api.status.PlanStatus.DevicePlan;
import dev.plimsoll.api.status.PodStatus;
import dev.plimsoll.api.status.PodStatus.DeviceStatus;
import dev.plimsoll.api.status.PodStatus.HostStatus;
import dev.plimsoll.api.status.PodStatus.Measured;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The hulls of a deployment: of its replicas as they are measured, and of what is planned and asked for. */
record Hulls(ModelDeploymentSpec spec, @Nullable PlanStatus plan) {
    private static final String HOST = "host";

    static Hulls of(ModelDeployment model) {
        return new Hulls(
                model.getSpec(),
                model.getStatus() == null ? null : model.getStatus().plan());
    }

    /** Of one replica, GPUs first. What a plan says is said of replicas of the current spec alone. */
    List<Hull> of(PodStatus pod) {
        List<Hull> hulls = new ArrayList<>();
        for (DeviceStatus device : devices(pod)) {
            if (device.name().startsWith("gpu:")
                    || (device.measured() != null && !device.name().equals(HOST))) {
                hulls.add(gpu(device, pod.current() ? planned(device.name()) : Optional.empty()));
            }
        }
        HostStatus host = pod.host();
        if (host != null) {
            hulls.add(host(
                    Optional.ofNullable(Amount.of(host.budget()))
                            .orElse(Amount.of(spec.memory().host())),
                    pod.current() ? plannedHost() : null,
                    host));
        }
        return hulls;
    }

    /** Of a replica that does not exist yet, or has reported nothing: what is asked for and what is planned. */
    List<Hull> planned() {
        List<Hull> hulls = new ArrayList<>();
        int gpus = spec.placement().policy().equals(PlacementPolicy.HostOnly)
                ? 0
                : Optional.ofNullable(spec.gpu()).map(gpu -> gpu.count()).orElse(1);
        Stream.concat(
                        Stream.iterate(0, i -> i < gpus, i -> i + 1).map(i -> "gpu:" + i),
                        devicesOfPlan().stream().map(DevicePlan::name).filter(name -> name.startsWith("gpu:")))
                .distinct()
                .forEach(name -> hulls.add(unmeasured(name)));
        hulls.add(host(Amount.of(spec.memory().host()), plannedHost(), null));
        return hulls;
    }

    static List<DeviceStatus> devices(PodStatus pod) {
        return Objects.requireNonNullElse(pod.devices(), List.of());
    }

    private static Hull gpu(DeviceStatus device, Optional<DevicePlan> plan) {
        Measured measured = device.measured();
        return Hull.of(
                device.name(),
                device.kind(),
                device.product(),
                Amount.of(device.budget()),
                plan.map(DevicePlan::total).map(Amount::of).orElse(null),
                measured == null ? null : Amount.of(measured.process()),
                null,
                measured == null ? null : measured.source(),
                device.predictionError(),
                Parts.of(plan.orElse(null), measured));
    }

    private Hull unmeasured(String name) {
        Optional<DevicePlan> plan = planned(name);
        return Hull.of(
                name,
                null,
                null,
                budget(name),
                plan.map(DevicePlan::total).map(Amount::of).orElse(null),
                null,
                null,
                null,
                null,
                Parts.of(plan.orElse(null), null));
    }

    private static Hull host(@Nullable Amount budget, @Nullable Amount planned, @Nullable HostStatus host) {
        Amount anonymous = host == null ? null : Amount.of(host.anonymous());
        Amount pinned = host == null ? null : Amount.of(host.pinned());
        Amount now = anonymous == null ? null : Amount.of(anonymous.bytes() + (pinned == null ? 0 : pinned.bytes()));
        return Hull.of(
                HOST,
                "Host",
                null,
                budget,
                planned,
                now,
                host == null ? null : Amount.of(host.peak()),
                host == null ? null : "Process",
                null,
                List.of(
                        new Part("anonymous", "anonymous", null, anonymous),
                        new Part("pinned", "pinned (page-locked)", null, pinned)));
    }

    private Optional<DevicePlan> planned(String device) {
        return devicesOfPlan().stream().filter(one -> one.name().equals(device)).findFirst();
    }

    private @Nullable Amount plannedHost() {
        return plan == null ? null : Amount.of(plan.host());
    }

    private List<DevicePlan> devicesOfPlan() {
        return plan == null || plan.devices() == null ? List.of() : plan.devices();
    }

    private @Nullable Amount budget(String device) {
        return Objects.requireNonNullElse(spec.memory().perGpu(), List.<GpuLimit>of()).stream()
                .filter(one -> device.equals("gpu:" + one.index()))
                .map(GpuLimit::limit)
                .findFirst()
                .map(Amount::of)
                .orElseGet(() -> Amount.of(spec.memory().gpu()));
    }
}
