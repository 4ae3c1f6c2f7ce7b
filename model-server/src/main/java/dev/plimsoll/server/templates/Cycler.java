package dev.plimsoll.server.templates;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code cycler(a, b)}. */
final class Cycler implements Value.ObjectValue {
    private final List<Value> items;
    private int position;

    private Cycler(List<Value> items) {
        this.items = items;
    }

    static Cycler of(Arguments arguments) {
        if (arguments.positional().isEmpty()) {
            throw new TemplateException("RuntimeError: at least one item has to be provided");
        }
        return new Cycler(arguments.positional());
    }

    @Override
    public @Nullable Value attribute(String name) {
        return switch (name) {
            case "current" -> items.get(position);
            case "next" ->
                new Function(name, arguments -> {
                    Value current = items.get(position);
                    position = (position + 1) % items.size();
                    return current;
                });
            case "reset" ->
                new Function(name, arguments -> {
                    position = 0;
                    return Value.NONE;
                });
            default -> null;
        };
    }

    @Override
    public String typeName() {
        return "Cycler";
    }
}
