package dev.plimsoll.server.openai;

import dev.plimsoll.server.grammar.Expression;
import dev.plimsoll.server.grammar.Expression.Rule;
import dev.plimsoll.server.grammar.Grammar;
import dev.plimsoll.server.grammar.GrammarException;
import dev.plimsoll.server.grammar.JsonSchema;
import dev.plimsoll.server.grammar.JsonText;
import dev.plimsoll.server.openai.structured.Constraints;
import dev.plimsoll.server.openai.tools.ToolFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What shape the answer to a chat has: that of its response format, of calls that are asked for, or of calls in text
 * where a tool is strict. Equal where the grammar is.
 *
 * @param calls null where the answer holds no calls
 */
record AnswerShape(ResponseFormat format, @Nullable Calls calls) {
    private static final Duration SOON = Duration.ofSeconds(2);

    /**
     * Calls of tools.
     *
     * @param forced whether the answer is calls and nothing else
     */
    record Calls(ToolFormat format, List<Tool> tools, boolean forced, boolean several) {}

    /**
     * Of a request.
     *
     * @param tools how the model calls tools; null where the request has none for it
     * @return null where any text may come
     */
    static @Nullable AnswerShape of(ChatRequest request, @Nullable ToolFormat tools) {
        boolean text = request.responseFormat() instanceof ResponseFormat.Text;
        if (tools == null) {
            return text ? null : new AnswerShape(request.responseFormat(), null);
        }
        List<Tool> callable = request.tools();
        boolean several = request.parallelToolCalls();
        return switch (request.toolChoice()) {
            case ToolChoice.Required required ->
                new AnswerShape(new ResponseFormat.Text(), new Calls(tools, callable, true, several));
            case ToolChoice.Named(String name) ->
                new AnswerShape(
                        new ResponseFormat.Text(),
                        new Calls(
                                tools,
                                callable.stream()
                                        .filter(tool -> tool.name().equals(name))
                                        .toList(),
                                true,
                                false));
            case ToolChoice.Auto auto ->
                text && callable.stream().noneMatch(Tool::strict)
                        ? null
                        : new AnswerShape(request.responseFormat(), new Calls(tools, callable, false, several));
            case ToolChoice.None none -> text ? null : new AnswerShape(request.responseFormat(), null);
        };
    }

    /**
     * Takes the grammar into use.
     *
     * @throws ApiException naming the field that cannot be held to
     */
    Constraints.Lease lease(Constraints constraints) {
        String field = field();
        try {
            return constraints.lease(this, this::rule);
        } catch (Constraints.NotPossible e) {
            throw ApiException.invalid(field, field + " cannot be held to: " + e.getMessage());
        } catch (Constraints.Exhausted e) {
            throw ApiException.unavailable(SOON, "requests_out_of_memory", String.valueOf(e.getMessage()));
        } catch (GrammarException e) {
            throw ApiException.invalid(field, field + ": " + e.getMessage());
        }
    }

    /** The field that asks for it. */
    String field() {
        if (calls == null) {
            return "response_format";
        }
        return calls.forced() ? "tool_choice" : "tools";
    }

    private Rule rule() {
        List<Expression> alternatives = new ArrayList<>();
        Expression content = content();
        if (content != null) {
            alternatives.add(content);
        }
        if (calls != null) {
            List<ToolFormat.Function> functions = functions(calls.tools());
            boolean among = !calls.forced() && content == null;
            alternatives.add(
                    among
                            ? calls.format().callsInText(functions, calls.several())
                            : calls.format().calls(functions, calls.several()));
        }
        return new Rule("the answer").is(new Expression.Choice(alternatives));
    }

    private @Nullable Expression content() {
        return switch (format) {
            case ResponseFormat.Text text -> null;
            case ResponseFormat.JsonObject object -> JsonText.OBJECT;
            case ResponseFormat.JsonSchema(Map<String, @Nullable Object> schema) -> {
                try {
                    Rule rule = JsonSchema.rule(schema);
                    var unused = Grammar.of(rule);
                    yield rule;
                } catch (GrammarException e) {
                    throw ApiException.invalid(
                            "response_format", "response_format.json_schema.schema: " + e.getMessage());
                }
            }
        };
    }

    private static List<ToolFormat.Function> functions(List<Tool> tools) {
        List<ToolFormat.Function> functions = new ArrayList<>();
        for (Tool tool : tools) {
            functions.add(new ToolFormat.Function(tool.name(), arguments(tool)));
        }
        return functions;
    }

    /** What a tool's schema says; of one that is not strict and cannot be held to, any object. */
    private static Expression arguments(Tool tool) {
        Map<String, @Nullable Object> parameters = tool.parameters();
        if (parameters == null) {
            return Expression.text("{}");
        }
        try {
            Rule rule = JsonSchema.rule(asObject(parameters));
            var unused = Grammar.of(rule);
            return rule;
        } catch (GrammarException e) {
            if (tool.strict()) {
                throw ApiException.invalid(
                        "tools", "tools: the parameters of " + tool.name() + ", which is strict: " + e.getMessage());
            }
            return JsonText.OBJECT;
        }
    }

    private static Map<String, @Nullable Object> asObject(Map<String, @Nullable Object> schema) {
        boolean says = schema.containsKey("type") || schema.containsKey("$ref") || schema.containsKey("anyOf");
        if (says) {
            return schema;
        }
        Map<String, @Nullable Object> object = new LinkedHashMap<>(schema);
        object.put("type", "object");
        return object;
    }
}
