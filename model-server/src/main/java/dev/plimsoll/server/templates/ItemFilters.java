package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Arguments.Bound;
import dev.plimsoll.server.templates.Value.ListValue;
import dev.plimsoll.server.templates.Value.Str;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Jinja2's filters of the items of a value. */
final class ItemFilters {
    private static final Set<String> NAMES = Set.of(
            "batch",
            "dictsort",
            "first",
            "groupby",
            "items",
            "join",
            "last",
            "list",
            "map",
            "max",
            "min",
            "random",
            "reject",
            "rejectattr",
            "reverse",
            "select",
            "selectattr",
            "slice",
            "sort",
            "sum",
            "unique");

    private final Budget budget;
    private final ItemKey keys;
    private final LazyFilters lazily;
    private final OrderFilters order;

    ItemFilters(Budget budget, Attributes attributes, Filters filters, Tests tests) {
        this.budget = budget;
        this.keys = new ItemKey(attributes);
        this.lazily = new LazyFilters(budget, keys, filters, tests);
        this.order = new OrderFilters(budget, keys);
    }

    static boolean isKnown(String name) {
        return NAMES.contains(name);
    }

    Value apply(String name, Value value, Arguments arguments) {
        Arguments all = Filters.with(value, arguments);
        return switch (name) {
            case "list" -> {
                all.bind("do_list", 1, "value");
                yield Iteration.listValue(value, budget);
            }
            case "items" -> {
                all.bind("do_items", 1, "value");
                yield items(value);
            }
            case "join" -> join(value, all.bind("do_join", 1, "value", "d", "attribute"));
            case "first" -> {
                all.bind("do_first", 1, "seq");
                Iterator<Value> items = Iteration.of(value, budget);
                yield items.hasNext() ? items.next() : Undefined.saying("No first item, sequence was empty.");
            }
            case "last" -> {
                all.bind("do_last", 1, "seq");
                yield last(value);
            }
            case "random" -> random(value);
            case "reverse" -> {
                all.bind("do_reverse", 1, "value");
                yield reverse(value);
            }
            case "map" -> lazily.map(value, arguments);
            case "select" -> lazily.select(value, arguments, false, true);
            case "reject" -> lazily.select(value, arguments, false, false);
            case "selectattr" -> lazily.select(value, arguments, true, true);
            case "rejectattr" -> lazily.select(value, arguments, true, false);
            case "sum" -> sum(value, all.bind("do_sum", 1, "iterable", "attribute", "start"));
            case "batch" -> batches(value, all.bind("do_batch", 2, "value", "linecount", "fill_with"));
            case "slice" -> slices(value, all.bind("do_slice", 2, "value", "slices", "fill_with"));
            case "unique" -> order.unique(value, all.bind("do_unique", 1, "value", "case_sensitive", "attribute"));
            case "min", "max" ->
                order.extreme(name, value, all.bind("do_" + name, 1, "value", "case_sensitive", "attribute"));
            case "sort" -> order.sort(value, all.bind("do_sort", 1, "value", "reverse", "case_sensitive", "attribute"));
            case "dictsort" ->
                order.dictSort(value, all.bind("do_dictsort", 1, "value", "case_sensitive", "by", "reverse"));
            default ->
                order.groupBy(value, all.bind("do_groupby", 2, "value", "attribute", "default", "case_sensitive"));
        };
    }

    private static Value items(Value value) {
        return switch (value) {
            case Undefined undefined -> Generator.generator(Collections.emptyIterator());
            case Dict dict -> Generator.generator(new DictView(DictView.Kind.dict_items, dict).iterator());
            default ->
                new Generator(
                        new FailingIterator(TemplateException.type("Can only get item pairs from a mapping.")),
                        "generator");
        };
    }

    private Value join(Value value, Bound bound) {
        String separator = Text.str(bound.get(1, Value.EMPTY), budget);
        Function<Value, Value> key = keys.of(bound.get(2), null, false);
        Output out = new Output(budget);
        Iterator<Value> items = Iteration.of(value, budget);
        boolean first = true;
        while (items.hasNext()) {
            budget.step();
            out.append(first ? "" : separator).append(Text.str(key.apply(items.next()), budget));
            first = false;
        }
        return Value.str(out.toString());
    }

    private Value last(Value value) {
        if (value instanceof Str str) {
            List<Value> characters = Characters.each(str.text(), budget);
            return characters.isEmpty() ? empty("last") : characters.getLast();
        }
        if (value instanceof Undefined) {
            return empty("last");
        }
        Iterator<Value> items = Iteration.reversed(value);
        if (items == null) {
            throw TemplateException.type(Text.quoted(Types.name(value)) + " object is not reversible");
        }
        return items.hasNext() ? items.next() : empty("last");
    }

    private static Undefined empty(String which) {
        return Undefined.saying("No " + which + " item, sequence was empty.");
    }

    private Value random(Value value) {
        List<Value> items = Iteration.list(value, budget);
        return items.isEmpty()
                ? empty("random")
                : items.get(RandomGenerator.getDefault().nextInt(items.size()));
    }

    private Value reverse(Value value) {
        if (value instanceof Str str) {
            return new Slices(budget).of(str, null, null, Value.Int.of(-1));
        }
        Iterator<Value> items = value instanceof Undefined ? Collections.emptyIterator() : Iteration.reversed(value);
        if (items != null) {
            return new Generator(items, "reverse_iterator");
        }
        return ListValue.of(Iteration.list(value, budget).reversed());
    }

    private Value sum(Value value, Bound bound) {
        Function<Value, Value> key = keys.of(bound.get(1), null, false);
        Operators operators = new Operators(budget);
        Value sum = bound.get(2, Value.Int.of(0));
        for (Value item : Iteration.list(value, budget)) {
            sum = operators.apply("+", sum, key.apply(item));
        }
        return sum;
    }

    private Value batches(Value value, Bound bound) {
        return Generator.generator(new Deferred(() -> batch(value, bound)));
    }

    private Value slices(Value value, Bound bound) {
        return Generator.generator(new Deferred(() -> slice(value, bound)));
    }

    private Iterator<Value> batch(Value value, Bound bound) {
        int size = bound.integer(1, 1);
        List<Value> batches = new ArrayList<>();
        List<Value> batch = new ArrayList<>();
        for (Value item : Iteration.list(value, budget)) {
            if (batch.size() == size) {
                batches.add(ListValue.of(batch));
                batch = new ArrayList<>();
            }
            batch.add(item);
        }
        if (!batch.isEmpty()) {
            boolean fills = !(bound.get(2) instanceof Value.None);
            budget.items(fills ? Math.max(0, size) : 0);
            while (fills && batch.size() < size) {
                batch.add(bound.get(2));
            }
            batches.add(ListValue.of(batch));
        }
        return batches.iterator();
    }

    private Iterator<Value> slice(Value value, Bound bound) {
        List<Value> items = Iteration.list(value, budget);
        int slices = bound.integer(1, 1);
        if (slices == 0) {
            throw new TemplateException("ZeroDivisionError: integer division or modulo by zero");
        }
        budget.items(Math.max(0, slices));
        int each = Math.floorDiv(items.size(), slices);
        int withMore = Math.floorMod(items.size(), slices);
        List<Value> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < slices; i++) {
            int to = from + each + (i < withMore ? 1 : 0);
            List<Value> part = new ArrayList<>(items.subList(from, to));
            if (i >= withMore && !(bound.get(2) instanceof Value.None)) {
                part.add(bound.get(2));
            }
            parts.add(ListValue.of(part));
            from = to;
        }
        return parts.iterator();
    }
}
