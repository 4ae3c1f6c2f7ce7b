package dev.plimsoll.server.templates;

import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A compiled template. Safe for use by several threads. */
public final class Template {
    private static final int MAX_SOURCE = 4 << 20;

    private final List<Statement> statements;

    private Template(List<Statement> statements) {
        this.statements = statements;
    }

    /**
     * Compiles a source.
     *
     * @throws TemplateSyntaxException when it is no template, or larger or deeper than any template is
     */
    public static Template compile(String source) {
        if (source.length() > MAX_SOURCE) {
            throw new TemplateSyntaxException("longer than " + MAX_SOURCE + " characters", 1);
        }
        return new Template(new Parser(source).template());
    }

    /**
     * Renders.
     *
     * @param variables what the template sees, beside its own functions
     * @param limits what it may take
     * @param now what {@code strftime_now} tells
     * @throws TemplateRefusal when the template refuses them
     * @throws TemplateLimitException when it wants more than the limits
     * @throws TemplateException when it fails otherwise
     */
    public String render(Map<String, Value> variables, RenderLimits limits, Supplier<LocalDateTime> now) {
        Budget budget = new Budget(limits);
        Map<String, Value> names = new HashMap<>(Globals.of(budget, now));
        names.putAll(variables);
        Interpreter interpreter = new Interpreter(budget, Scope.of(names).inner());
        return interpreter.render(statements);
    }
}
