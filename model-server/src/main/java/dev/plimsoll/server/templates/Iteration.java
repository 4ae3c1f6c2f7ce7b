package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Value.ListValue;
import dev.plimsoll.server.templates.Value.Str;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Items and lengths of values that have them. */
final class Iteration {
    private Iteration() {}

    /** {@code iter(value)}. */
    static Iterator<Value> of(Value value, Budget budget) {
        Iterator<Value> iterator = orNull(value, budget);
        if (iterator == null) {
            throw TemplateException.type(Text.quoted(Types.name(value)) + " object is not iterable");
        }
        return iterator;
    }

    static boolean isIterable(Value value) {
        return switch (value) {
            case Str str -> true;
            case Value.Sequence sequence -> true;
            case Dict dict -> true;
            case DictView view -> true;
            case Range range -> true;
            case Undefined undefined -> true;
            case Generator generator -> true;
            case LoopValue loop -> true;
            default -> false;
        };
    }

    private static @Nullable Iterator<Value> orNull(Value value, Budget budget) {
        return switch (value) {
            case Str str -> Characters.each(str.text(), budget).iterator();
            case Value.Sequence sequence -> sequence.items().iterator();
            case Dict dict -> dict.keys().iterator();
            case DictView view -> view.iterator();
            case Range range -> range.items().iterator();
            case Undefined undefined -> Collections.emptyIterator();
            case Generator generator -> generator.iterator();
            default -> null;
        };
    }

    /** {@code list(value)}. */
    static List<Value> list(Value value, Budget budget) {
        List<Value> list = new ArrayList<>();
        Iterator<Value> items = of(value, budget);
        while (items.hasNext()) {
            budget.items(1);
            list.add(items.next());
        }
        return list;
    }

    static ListValue listValue(Value value, Budget budget) {
        return ListValue.of(list(value, budget));
    }

    /** {@code len(value)}; null when it has none. */
    static @Nullable Integer lengthOrNull(Value value) {
        return switch (value) {
            case Str str -> Characters.length(str.text());
            case Value.Sequence sequence -> sequence.items().size();
            case Dict dict -> dict.size();
            case DictView view -> view.dict().size();
            case Range range -> range.size();
            case Undefined undefined -> 0;
            case LoopValue loop -> loop.length();
            default -> null;
        };
    }

    static int length(Value value) {
        Integer length = lengthOrNull(value);
        if (length == null) {
            throw TemplateException.type("object of type " + Text.quoted(Types.name(value)) + " has no len()");
        }
        return length;
    }

    /** {@code reversed(value)}; null when it cannot be. */
    static @Nullable Iterator<Value> reversed(Value value) {
        List<Value> items =
                switch (value) {
                    case Value.Sequence sequence -> sequence.items();
                    case Dict dict -> dict.keys();
                    case DictView view -> view.list();
                    case Range range -> range.items();
                    default -> null;
                };
        return items == null ? null : items.reversed().iterator();
    }
}
