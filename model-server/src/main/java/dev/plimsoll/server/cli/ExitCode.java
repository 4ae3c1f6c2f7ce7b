package dev.plimsoll.server.cli;

import dev.plimsoll.api.status.Reason;

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

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static ExitCode of(Reason reason) {
        return switch (reason) {
            case GpuBudgetTooSmall, HostBudgetTooSmall, NoGpu, SequenceTooLong, InvalidPlacement -> REFUSED;
            case ModelNotFound, InvalidCheckpoint, UnsafeFormat, UnsupportedModel, UnsupportedConfig -> BAD_CHECKPOINT;
            case ReadFailed -> READ_FAILED;
            case DeviceOutOfMemory, EngineFailed, HostOutOfMemory -> ENGINE_FAILED;
            default -> FAILED;
        };
    }
}
