package dev.plimsoll.server.templates;

import org.jspecify.annotations.Nullable;

/** The methods of a dict that do not change it. */
final class DictMethods {
    private final Dict dict;
    private final Budget budget;

    DictMethods(Dict dict, Budget budget) {
        this.dict = dict;
        this.budget = budget;
    }

    @Nullable
    Value method(String name) {
        return switch (name) {
            case "get" ->
                new Function(name, arguments -> {
                    Arguments.Bound bound = arguments.only("get", 1, 2);
                    Value value = dict.get(bound.get(0));
                    return value != null ? value : bound.get(1);
                });
            case "keys" -> view(name, DictView.Kind.dict_keys);
            case "values" -> view(name, DictView.Kind.dict_values);
            case "items" -> view(name, DictView.Kind.dict_items);
            case "copy" -> new Function(name, arguments -> dict);
            case "fromkeys" -> new Function(name, arguments -> fromKeys(arguments, budget));
            default -> null;
        };
    }

    private Function view(String name, DictView.Kind kind) {
        return new Function(name, arguments -> {
            arguments.only(name, 0, 0);
            budget.items(dict.size());
            return new DictView(kind, dict);
        });
    }

    static Dict fromKeys(Arguments arguments, Budget budget) {
        Arguments.Bound bound = arguments.only("fromkeys", 1, 2);
        Dict.Builder made = new Dict.Builder();
        Iteration.list(bound.get(0), budget).forEach(key -> made.put(key, bound.get(1)));
        return made.build();
    }
}
