package dev.plimsoll.server.cli;

import dev.plimsoll.api.status.Reason;
import java.util.Map;

/** Exit codes of every command. */
enum ExitCode {
    OK(0),
    /** Something that no other code stands for. */
    FAILED(1),
    /** The command line is wrong. */
    USAGE(2),
    /** The plan does not fit, before a weight byte was read. */
    REFUSED(3),
    /** The checkpoint is missing, invalid, unsafe or not implemented. */
    BAD_CHECKPOINT(4),
    /** Reading the weights failed. */
    READ_FAILED(5),
    /** The engine or a device failed. */
    ENGINE_FAILED(6);

    private static final Map<Reason, ExitCode> CODES = Map.ofEntries(
            Map.entry(Reason.GpuBudgetTooSmall, REFUSED),
            Map.entry(Reason.HostBudgetTooSmall, REFUSED),
            Map.entry(Reason.NoGpu, REFUSED),
            Map.entry(Reason.SequenceTooLong, REFUSED),
            Map.entry(Reason.InvalidPlacement, REFUSED),
            Map.entry(Reason.UnknownValue, REFUSED),
            Map.entry(Reason.ModelNotFound, BAD_CHECKPOINT),
            Map.entry(Reason.InvalidCheckpoint, BAD_CHECKPOINT),
            Map.entry(Reason.UnsafeFormat, BAD_CHECKPOINT),
            Map.entry(Reason.UnsupportedModel, BAD_CHECKPOINT),
            Map.entry(Reason.UnsupportedConfig, BAD_CHECKPOINT),
            Map.entry(Reason.ReadFailed, READ_FAILED),
            Map.entry(Reason.DeviceOutOfMemory, ENGINE_FAILED),
            Map.entry(Reason.EngineFailed, ENGINE_FAILED),
            Map.entry(Reason.HostOutOfMemory, ENGINE_FAILED));

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static ExitCode of(Reason reason) {
        return CODES.getOrDefault(reason, FAILED);
    }
}
