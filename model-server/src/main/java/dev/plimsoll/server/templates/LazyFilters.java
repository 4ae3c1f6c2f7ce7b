package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Arguments.Bound;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Filters that give each item, or not, when it is asked for: {@code map}, {@code select} and their like. */
record LazyFilters(Budget budget, ItemKey keys, Filters filters, Tests tests) {
    Value map(Value value, Arguments arguments) {
        if (arguments.positional().isEmpty() && arguments.named().containsKey("attribute")) {
            Bound bound = arguments.bind("map", 0, "attribute", "default");
            Function<Value, Value> key = keys.of(bound.get(0), bound.has(1) ? bound.get(1) : null, false);
            return lazily(value, item -> key.apply(item));
        }
        if (arguments.positional().isEmpty()) {
            throw new TemplateException("FilterArgumentError: map requires a filter argument");
        }
        String filter = Text.ofString(arguments.positional().getFirst());
        Arguments rest = rest(arguments, 1);
        return lazily(value, item -> filters.apply(filter, item, rest));
    }

    private static Arguments rest(Arguments arguments, int from) {
        List<Value> positional = arguments.positional();
        return new Arguments(
                positional.subList(Math.min(from, positional.size()), positional.size()), arguments.named());
    }

    private Value lazily(Value value, Function<Value, @Nullable Value> mapping) {
        if (!Truth.of(value)) {
            return Generator.generator(Collections.emptyIterator());
        }
        if (!Iteration.isIterable(value)) {
            return Generator.generator(new FailingIterator(
                    TemplateException.type(Text.quoted(Types.name(value)) + " object is not iterable")));
        }
        return Generator.generator(new Lazy(Iteration.of(value, budget), item -> {
            budget.step();
            return mapping.apply(item);
        }));
    }

    Value select(Value value, Arguments arguments, boolean attribute, boolean wanted) {
        int off = attribute ? 1 : 0;
        if (attribute && arguments.positional().isEmpty()) {
            throw new TemplateException("FilterArgumentError: Missing parameter for attribute name");
        }
        Function<Value, Value> key =
                attribute ? keys.of(arguments.positional().getFirst(), null, false) : Function.identity();
        if (arguments.positional().size() <= off) {
            return lazily(value, item -> Truth.of(key.apply(item)) == wanted ? item : null);
        }
        String test = Text.ofString(arguments.positional().get(off));
        Arguments rest = rest(arguments, off + 1);
        return lazily(value, item -> tests.apply(test, key.apply(item), rest) == wanted ? item : null);
    }
}
