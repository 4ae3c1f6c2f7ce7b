package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Arguments.Bound;
import dev.plimsoll.server.templates.Value.ListValue;
import dev.plimsoll.server.templates.Value.TupleValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Filters that compare items: which is least, which are alike, in which order they come. */
record OrderFilters(Budget budget, ItemKey keys) {
    Value unique(Value value, Bound bound) {
        Function<Value, Value> key = keys.of(bound.get(2), null, !bound.flag(1));
        Set<Object> seen = new HashSet<>();
        return Generator.generator(new Deferred(
                () -> new Lazy(Iteration.of(value, budget), item -> seen.add(Keys.of(key.apply(item))) ? item : null)));
    }

    Value extreme(String name, Value value, Bound bound) {
        Function<Value, Value> key = keys.of(bound.get(2), null, !bound.flag(1));
        String operator = name.equals("min") ? "<" : ">";
        Value best = null;
        for (Value item : Iteration.list(value, budget)) {
            if (best == null || Comparison.ordered(operator, key.apply(item), key.apply(best))) {
                best = item;
            }
        }
        return best == null ? Undefined.saying("No aggregated item, sequence was empty.") : best;
    }

    private List<Value> sorted(List<Value> items, Function<Value, Value> key, boolean reverse) {
        record Keyed(Value key, Value item) {}

        List<Keyed> keyed = new ArrayList<>(items.size());
        items.forEach(item -> keyed.add(new Keyed(key.apply(item), item)));
        Comparator<Value> order = Comparison.sorting();
        keyed.sort((a, b) -> {
            budget.step();
            return reverse ? order.compare(b.key(), a.key()) : order.compare(a.key(), b.key());
        });
        List<Value> sorted = new ArrayList<>(items.size());
        keyed.forEach(each -> sorted.add(each.item()));
        return sorted;
    }

    Value sort(Value value, Bound bound) {
        Function<Value, Value> key = keys.several(bound.get(3), !bound.flag(2));
        return ListValue.of(sorted(Iteration.list(value, budget), key, bound.flag(1)));
    }

    Value dictSort(Value value, Bound bound) {
        if (!(value instanceof Dict dict)) {
            if (value instanceof Undefined undefined) {
                throw undefined.failure();
            }
            throw TemplateException.type(Text.quoted(Types.name(value)) + " object has no attribute 'items'");
        }
        String by = bound.text(2, "key");
        if (!by.equals("key") && !by.equals("value")) {
            throw new TemplateException("FilterArgumentError: You can only sort by either \"key\" or \"value\"");
        }
        boolean caseless = !bound.flag(1);
        Function<Value, Value> key = pair -> {
            Value part = ((TupleValue) pair).items().get(by.equals("key") ? 0 : 1);
            return caseless ? ItemKey.caseless(part) : part;
        };
        List<Value> pairs = new DictView(DictView.Kind.dict_items, dict).list();
        return ListValue.of(sorted(pairs, key, bound.flag(3)));
    }

    Value groupBy(Value value, Bound bound) {
        Value otherwise = bound.has(2) && !(bound.get(2) instanceof Value.None) ? bound.get(2) : null;
        boolean caseless = !bound.flag(3);
        Function<Value, Value> key = keys.of(bound.get(1), otherwise, caseless);
        Function<Value, Value> shown = keys.of(bound.get(1), otherwise, false);
        List<Value> sorted = sorted(Iteration.list(value, budget), key, false);
        Map<Object, List<Value>> groups = new LinkedHashMap<>();
        sorted.forEach(item -> groups.computeIfAbsent(Keys.of(key.apply(item)), first -> new ArrayList<>())
                .add(item));
        List<Value> pairs = new ArrayList<>();
        groups.values().forEach(group -> pairs.add(TupleValue.of(shown.apply(group.getFirst()), ListValue.of(group))));
        return ListValue.of(pairs);
    }
}
