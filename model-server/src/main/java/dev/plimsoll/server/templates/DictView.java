package dev.plimsoll.server.templates;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** {@code d.keys()}, {@code d.values()} or {@code d.items()}. */
record DictView(Kind kind, Dict dict) implements Value.ObjectValue {
    enum Kind {
        dict_keys,
        dict_values,
        dict_items
    }

    List<Value> list() {
        List<Value> list = new ArrayList<>(dict.size());
        dict.entries()
                .forEach(entry -> list.add(
                        switch (kind) {
                            case dict_keys -> entry.key();
                            case dict_values -> entry.value();
                            case dict_items -> entry.pair();
                        }));
        return list;
    }

    Iterator<Value> iterator() {
        return list().iterator();
    }

    @Override
    public String typeName() {
        return kind.name();
    }
}
