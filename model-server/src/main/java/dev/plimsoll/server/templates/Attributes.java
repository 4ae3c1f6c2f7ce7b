package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Value.Sequence;
import dev.plimsoll.server.templates.Value.Str;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code x.name} and {@code x[key]}, as Jinja2's immutable sandbox resolves them: each tries the other, and what would
 * change a value or reach into Python is undefined.
 */
final class Attributes {
    private static final Set<String> CHANGES_LIST =
            Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");
    private static final Set<String> CHANGES_DICT = Set.of("clear", "pop", "popitem", "setdefault", "update");
    private static final Set<String> INTERNAL = Set.of(
            "__class__",
            "__doc__",
            "__init__",
            "__new__",
            "__dict__",
            "__len__",
            "__getitem__",
            "__iter__",
            "__contains__",
            "__eq__",
            "__ne__",
            "__hash__",
            "__str__",
            "__repr__",
            "__format__",
            "__reduce__",
            "__subclasshook__",
            "__getattribute__",
            "__setattr__",
            "__delattr__",
            "__dir__",
            "__sizeof__",
            "__add__",
            "__mul__",
            "__lt__",
            "__le__",
            "__gt__",
            "__ge__",
            "__init_subclass__",
            "__reduce_ex__");

    private final Budget budget;

    Attributes(Budget budget) {
        this.budget = budget;
    }

    /** {@code owner.name}. */
    Value attribute(Value owner, String name) {
        Value own = own(owner, name);
        if (own != null) {
            return own;
        }
        Value item = owner instanceof Dict dict ? dict.get(name) : null;
        return item != null ? item : Undefined.of(owner, Value.str(name));
    }

    /** {@code owner[key]}. */
    Value item(Value owner, Value key) {
        if (owner instanceof Undefined undefined) {
            throw undefined.failure();
        }
        Value item = subscript(owner, key);
        if (item == null && key instanceof Str name) {
            item = own(owner, name.text());
        }
        return item != null ? item : Undefined.of(owner, key);
    }

    /** {@code x|attr(name)}: no item. */
    Value only(Value owner, String name) {
        Value own = own(owner, name);
        return own != null ? own : Undefined.of(owner, Value.str(name));
    }

    private @Nullable Value subscript(Value owner, Value key) {
        return switch (owner) {
            case Dict dict -> key instanceof Sequence || key instanceof Dict ? hashable(dict, key) : dict.get(key);
            case Sequence sequence -> at(sequence.items(), key);
            case Range range -> at(range.items(), key);
            case Str str -> character(str, key);
            default -> null;
        };
    }

    private static @Nullable Value hashable(Dict dict, Value key) {
        try {
            return dict.get(key);
        } catch (TemplateException e) {
            return null;
        }
    }

    private static @Nullable Value at(List<Value> items, Value key) {
        int index = index(key, items.size());
        return index < 0 ? null : items.get(index);
    }

    private static @Nullable Value character(Str str, Value key) {
        int index = Numbers.integer(key) == null ? -1 : index(key, Characters.length(str.text()));
        return index < 0 ? null : new Str(Characters.part(str.text(), index, index + 1), str.markup());
    }

    /** An index from 0; -1 when there is no such item. */
    private static int index(Value key, int length) {
        BigInteger number = Numbers.integer(key);
        if (number == null || number.bitLength() > 31) {
            return -1;
        }
        long index = number.longValue() < 0 ? number.longValue() + length : number.longValue();
        return index < 0 || index >= length ? -1 : (int) index;
    }

    /** An attribute that the value has by its type; null when it has none of that name. */
    private @Nullable Value own(Value owner, String name) {
        if (owner instanceof Undefined undefined) {
            if (INTERNAL.contains(name)) {
                return Undefined.unsafe(owner, name);
            }
            throw undefined.failure();
        }
        if (name.startsWith("__") && INTERNAL.contains(name) && !(owner instanceof Namespace)) {
            return Undefined.unsafe(owner, name);
        }
        return switch (owner) {
            case Str str -> StringMethods.isMethod(name) ? method(name, new StringMethods(str, budget)) : null;
            case Dict dict when CHANGES_DICT.contains(name) -> Undefined.unsafe(owner, name);
            case Dict dict -> new DictMethods(dict, budget).method(name);
            case Value.ListValue list when CHANGES_LIST.contains(name) -> Undefined.unsafe(owner, name);
            case Sequence sequence -> sequenceMethod(sequence, name);
            case Value.Real real
            when name.equals("is_integer") ->
                new Function(name, arguments -> Value.bool(real.number() == Math.rint(real.number())));
            case Value.ObjectValue object -> object.attribute(name);
            default -> null;
        };
    }

    private static Function method(String name, StringMethods methods) {
        return new Function(name, arguments -> methods.call(name, arguments));
    }

    private @Nullable Value sequenceMethod(Sequence sequence, String name) {
        List<Value> items = sequence.items();
        return switch (name) {
            case "index" -> new Function(name, arguments -> indexOf(items, arguments));
            case "count" ->
                new Function(name, arguments -> {
                    Value wanted = arguments.only("count", 1, 1).get(0);
                    return Value.Int.of(items.stream()
                            .filter(item -> Comparison.equal(item, wanted))
                            .count());
                });
            case "copy" -> sequence instanceof Value.ListValue ? new Function(name, arguments -> sequence) : null;
            default -> null;
        };
    }

    private static Value indexOf(List<Value> items, Arguments arguments) {
        Value wanted = arguments.only("index", 1, 3).get(0);
        for (int i = 0; i < items.size(); i++) {
            if (Comparison.equal(items.get(i), wanted)) {
                return Value.Int.of(i);
            }
        }
        throw TemplateException.value(Text.shortRepr(wanted) + " is not in list");
    }
}
