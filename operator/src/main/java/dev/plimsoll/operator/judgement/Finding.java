package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.Reason;

/** What one condition says, before it is stamped with generation and time. */
record Finding(ConditionStatus status, Reason reason, String message) {
    static Finding yes(Reason reason, String message) {
        return new Finding(ConditionStatus.True, reason, message);
    }

    static Finding no(Reason reason, String message) {
        return new Finding(ConditionStatus.False, reason, message);
    }

    static Finding unknown(Reason reason, String message) {
        return new Finding(ConditionStatus.Unknown, reason, message);
    }

    boolean isFalse() {
        return status == ConditionStatus.False;
    }

    boolean isUnknown() {
        return status == ConditionStatus.Unknown;
    }
}
