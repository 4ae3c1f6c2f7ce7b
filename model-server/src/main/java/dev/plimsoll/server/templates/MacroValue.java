package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Statement.MacroCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A macro, with the names that it sees. */
final class MacroValue implements Value.ObjectValue, Value.Callable {
    private final MacroCode code;
    private final Scope scope;
    private final Interpreter interpreter;

    MacroValue(MacroCode code, Scope scope, Interpreter interpreter) {
        this.code = code;
        this.scope = scope;
        this.interpreter = interpreter;
    }

    @Override
    public Value call(Arguments arguments) {
        interpreter.budget().enterCall();
        Value text = interpreter.value(code.body(), bound(arguments));
        interpreter.budget().leaveCall();
        return text;
    }

    private Scope bound(Arguments arguments) {
        Scope inner = scope.inner();
        List<String> parameters = code.parameters();
        List<Value> positional = arguments.positional();
        Map<String, Value> named = new LinkedHashMap<>(arguments.named());
        for (int i = 0; i < parameters.size(); i++) {
            String name = parameters.get(i);
            Value given = i < positional.size() ? positional.get(i) : named.remove(name);
            inner.set(name, given != null ? given : otherwise(i, inner));
        }
        if (code.usesCaller() && !parameters.contains("caller")) {
            Value caller = named.remove("caller");
            inner.set("caller", caller != null ? caller : Undefined.saying("No caller defined"));
        }
        if (code.catchesNamed()) {
            Dict.Builder rest = new Dict.Builder();
            named.forEach((name, value) -> rest.put(Value.str(name), value));
            inner.set("kwargs", rest.build());
        } else if (!named.isEmpty()) {
            throw TemplateException.type("macro " + Text.quoted(code.name()) + " takes no keyword argument "
                    + Text.quoted(named.keySet().iterator().next()));
        }
        int most = parameters.size();
        if (code.catchesPositional()) {
            inner.set(
                    "varargs",
                    Value.TupleValue.of(positional.subList(Math.min(most, positional.size()), positional.size())));
        } else if (positional.size() > most) {
            throw TemplateException.type(
                    "macro " + Text.quoted(code.name()) + " takes not more than " + most + " argument(s)");
        }
        return inner;
    }

    private Value otherwise(int parameter, Scope inner) {
        int fromEnd = code.parameters().size() - parameter;
        if (fromEnd > code.defaults().size()) {
            return Undefined.saying("parameter " + Text.quoted(code.parameters().get(parameter)) + " was not provided");
        }
        return interpreter.evaluator().value(code.defaults().get(code.defaults().size() - fromEnd), inner);
    }

    @Override
    public @Nullable Value attribute(String name) {
        return switch (name) {
            case "name" -> Value.str(code.name());
            case "arguments" ->
                Value.TupleValue.of(code.parameters().stream()
                        .map(Value::str)
                        .map(Value.class::cast)
                        .toList());
            case "catch_kwargs" -> Value.bool(code.catchesNamed());
            case "catch_varargs" -> Value.bool(code.catchesPositional());
            case "caller" -> Value.bool(code.usesCaller());
            default -> null;
        };
    }

    @Override
    public String typeName() {
        return "Macro";
    }

    @Override
    public String toString() {
        return "<Macro " + Text.quoted(code.name()) + ">";
    }
}
