package dev.plimsoll.server.templates;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A dict: entries in the order of their first insertion, keys equal as in Python. */
final class Dict implements Value.ObjectValue {
    record Entry(Value key, Value value) {
        Value pair() {
            return Value.TupleValue.of(key, value);
        }
    }

    private final Map<Object, Entry> entries;
    private final int nesting;

    private Dict(Map<Object, Entry> entries, int nesting) {
        this.entries = entries;
        this.nesting = nesting;
    }

    /** Collects entries; a later value of the same key replaces the earlier one in its place. */
    static final class Builder {
        private final Map<Object, Entry> entries = new LinkedHashMap<>();
        private int deepest;

        Builder put(Value key, Value value) {
            Object hashed = Keys.of(key);
            Entry present = entries.get(hashed);
            entries.put(hashed, new Entry(present == null ? key : present.key(), value));
            deepest = Math.max(deepest, Nesting.of(value));
            return this;
        }

        Builder putAll(Dict dict) {
            dict.entries().forEach(entry -> put(entry.key(), entry.value()));
            return this;
        }

        Dict build() {
            return new Dict(entries, Nesting.bounded(deepest + 1));
        }
    }

    @Nullable
    Value get(Value key) {
        Entry entry = entries.get(Keys.of(key));
        return entry == null ? null : entry.value();
    }

    @Nullable
    Value get(String key) {
        Entry entry = entries.get(key);
        return entry == null ? null : entry.value();
    }

    boolean contains(Value key) {
        return entries.containsKey(Keys.of(key));
    }

    Collection<Entry> entries() {
        return entries.values();
    }

    List<Value> keys() {
        List<Value> keys = new ArrayList<>(entries.size());
        entries.values().forEach(entry -> keys.add(entry.key()));
        return keys;
    }

    int size() {
        return entries.size();
    }

    int nesting() {
        return nesting;
    }

    @Override
    public String typeName() {
        return "dict";
    }
}
