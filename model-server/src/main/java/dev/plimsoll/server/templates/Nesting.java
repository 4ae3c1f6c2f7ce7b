package dev.plimsoll.server.templates;

import java.util.Collection;

/** How deep values lie in values: bounded where they are made, so that walking them needs no bound. */
final class Nesting {
    private Nesting() {}

    static int around(Collection<? extends Value> inside) {
        int deepest = 0;
        for (Value value : inside) {
            deepest = Math.max(deepest, of(value));
        }
        return bounded(deepest + 1);
    }

    static int of(Value value) {
        return switch (value) {
            case Value.Sequence sequence -> sequence.nesting();
            case Dict dict -> dict.nesting();
            case DictView view -> view.dict().nesting();
            default -> 0;
        };
    }

    static int bounded(int nesting) {
        if (nesting > RenderLimits.MAX_NESTING) {
            throw new TemplateLimitException("values nest deeper than " + RenderLimits.MAX_NESTING);
        }
        return nesting;
    }
}
