package dev.plimsoll.server.templates;

/** {@code bool(value)}. */
final class Truth {
    private Truth() {}

    static boolean of(Value value) {
        return switch (value) {
            case Value.None none -> false;
            case Value.Bool bool -> bool.is();
            case Value.Int integer -> integer.number().signum() != 0;
            case Value.Real real -> real.number() != 0;
            case Value.Str str -> !str.text().isEmpty();
            case Value.Sequence sequence -> !sequence.items().isEmpty();
            case Undefined undefined -> false;
            case Dict dict -> dict.size() > 0;
            case DictView view -> view.dict().size() > 0;
            case Range range -> range.size() > 0;
            case Value.ObjectValue object -> true;
            case Value.Callable callable -> true;
        };
    }
}
