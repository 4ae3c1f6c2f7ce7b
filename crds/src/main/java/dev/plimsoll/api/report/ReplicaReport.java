package dev.plimsoll.api.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.plimsoll.api.Dtype;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one server process says about itself: {@code GET /placement} on the management port. Bytes are exact. A value
 * that was not measured is absent, never zero and never copied from the plan.
 *
 * @param podUid UID of the pod that the process runs in, so that a reader knows whom it asked; absent outside a pod
 * @param startedAt start of the process
 * @param observedAt when this report was made
 * @param model facts from the headers; absent until they are read
 * @param plan predicted bytes; absent until planned
 * @param devices what lives where, with measured bytes; empty until devices are open
 * @param host memory of the process and its container
 * @param load progress and timing of the load; absent until it begins
 * @param engine what runs the steps; absent until it is chosen
 * @param failure why the process cannot serve; absent while it can
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record ReplicaReport(
        @Nullable String podUid,
        Phase phase,
        Instant startedAt,
        Instant observedAt,
        @Nullable ModelReport model,
        @Nullable PlanReport plan,
        List<DeviceReport> devices,
        @Nullable HostReport host,
        @Nullable LoadReport load,
        @Nullable EngineReport engine,
        @Nullable Failure failure) {

    /**
     * @param architecture class name from config.json
     * @param parameters ties counted once
     * @param layers decoder layers
     * @param checkpointBytes bytes of the tensors as stored
     * @param checkpointDtype element type of most stored bytes
     * @param dtype element type on the devices
     * @param revision digest of the headers
     * @param servedName the name that OpenAI clients use
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record ModelReport(
            String architecture,
            long parameters,
            int layers,
            long checkpointBytes,
            Dtype checkpointDtype,
            Dtype dtype,
            @Nullable String revision,
            String servedName) {}

    /**
     * @param host predicted bytes of the host, everything together
     * @param maxSequences sequences that share a step
     * @param maxSequenceTokens tokens of one sequence
     * @param cacheTokens tokens that the KV cache holds, of all sequences together; absent where it is not told
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record PlanReport(
            List<DevicePlanReport> devices,
            long host,
            int maxSequences,
            int maxSequenceTokens,
            @Nullable Long cacheTokens) {

        /** Without the tokens of its KV cache. */
        public PlanReport(List<DevicePlanReport> devices, long host, int maxSequences, int maxSequenceTokens) {
            this(devices, host, maxSequences, maxSequenceTokens, null);
        }
    }

    /**
     * Predicted bytes by kind of the device called {@code name} ({@code gpu:N}, {@code host} or {@code disk}).
     *
     * @param modules what the plan places there, as {@link DeviceReport#modules} names it; absent where it is not told
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record DevicePlanReport(
            String name,
            long budget,
            long weights,
            long kvCache,
            long workspace,
            long context,
            long total,
            @Nullable List<String> modules) {

        /** Without its modules. */
        public DevicePlanReport(
                String name, long budget, long weights, long kvCache, long workspace, long context, long total) {
            this(name, budget, weights, kvCache, workspace, context, total, null);
        }
    }

    /**
     * @param anonymous anonymous memory of the process now
     * @param pinned page-locked staging now
     * @param file mapped file pages now: reclaimable, not part of any promise
     * @param peak highest anonymous + shared memory of the container or process so far
     * @param budget the container's limit, or the budget given
     * @param ledger what anonymous and pinned memory is made of; absent before the engine is loaded
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record HostReport(
            @Nullable Long budget,
            @Nullable Long anonymous,
            @Nullable Long pinned,
            @Nullable Long file,
            @Nullable Long peak,
            @Nullable HostLedger ledger) {}

    /**
     * @param source what is read, a path or URI
     * @param bytesTotal bytes to read
     * @param bytesDone bytes that are on their devices
     * @param seconds duration so far, or of the whole load once done
     * @param bytesPerSecond mean rate
     * @param remainingSeconds to the end of the load at that rate; absent before anything is read
     * @param startToReadySeconds from process start to ready; absent until ready
     * @param startUp where that time went
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record LoadReport(
            String source,
            long bytesTotal,
            long bytesDone,
            double seconds,
            @Nullable Double bytesPerSecond,
            @Nullable Double remainingSeconds,
            @Nullable Double startToReadySeconds,
            @Nullable StartUpReport startUp) {}
}
