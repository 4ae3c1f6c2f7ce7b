package dev.plimsoll.server.templates;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Functions that every template sees. */
final class Globals {
    private Globals() {}

    static Map<String, Value> of(Budget budget, Supplier<LocalDateTime> now) {
        return Map.of(
                "range", new Function("range", Globals::range),
                "dict", new DictFunction(budget),
                "namespace", new Function("namespace", arguments -> namespace(arguments, budget)),
                "cycler", new Function("cycler", Cycler::of),
                "joiner", new Function("joiner", Globals::joiner),
                "lipsum", new Function("lipsum", arguments -> Lipsum.text(arguments, budget)),
                "raise_exception",
                        new Function("raise_exception", arguments -> {
                            Value words = arguments
                                    .bind("raise_exception", 1, "message")
                                    .get(0);
                            throw new TemplateRefusal(Text.str(words, budget));
                        }),
                "strftime_now",
                        new Function("strftime_now", arguments -> {
                            String format = Text.ofString(
                                    arguments.bind("strftime_now", 1, "format").get(0));
                            return Value.str(Strftime.format(format, now.get(), budget));
                        }));
    }

    private static Value range(Arguments arguments) {
        Arguments.Bound bound = arguments.only("range", 1, 3);
        long first = Numbers.index(bound.get(0));
        if (!bound.has(1)) {
            return Range.bounded(0, first, 1);
        }
        return Range.bounded(first, Numbers.index(bound.get(1)), bound.integer(2, 1));
    }

    private static Value namespace(Arguments arguments, Budget budget) {
        Namespace namespace = new Namespace();
        for (Dict.Entry entry : dict(arguments, budget).entries()) {
            namespace.set(Text.ofString(entry.key()), entry.value());
        }
        return namespace;
    }

    private static Dict dict(Arguments arguments, Budget budget) {
        if (arguments.positional().size() > 1) {
            throw TemplateException.type("dict expected at most 1 argument, got "
                    + arguments.positional().size());
        }
        Dict.Builder dict = new Dict.Builder();
        for (Value given : arguments.positional()) {
            if (given instanceof Dict other) {
                dict.putAll(other);
                continue;
            }
            for (Value pair : Iteration.list(given, budget)) {
                List<Value> parts = Iteration.list(pair, budget);
                if (parts.size() != 2) {
                    throw TemplateException.value(
                            "dictionary update sequence element has length " + parts.size() + "; 2 is required");
                }
                dict.put(parts.get(0), parts.get(1));
            }
        }
        arguments.named().forEach((name, value) -> dict.put(Value.str(name), value));
        return dict.build();
    }

    private static Value joiner(Arguments arguments) {
        Value separator = arguments.bind("joiner", 0, "sep").get(0, Value.str(", "));
        boolean[] used = {false};
        return new Function("joiner", none -> {
            Value text = used[0] ? separator : Value.EMPTY;
            used[0] = true;
            return text;
        });
    }

    /** {@code dict()}, with {@code dict.fromkeys}. */
    private record DictFunction(Budget budget) implements Value.ObjectValue, Value.Callable {
        @Override
        public Value call(Arguments arguments) {
            return dict(arguments, budget);
        }

        @Override
        public @Nullable Value attribute(String name) {
            return name.equals("fromkeys")
                    ? new Function(name, arguments -> DictMethods.fromKeys(arguments, budget))
                    : null;
        }

        @Override
        public String typeName() {
            return "TemplateDict";
        }
    }
}
