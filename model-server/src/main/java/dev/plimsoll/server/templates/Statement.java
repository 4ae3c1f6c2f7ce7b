package dev.plimsoll.server.templates;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node of a template that prints, assigns or decides. */
sealed interface Statement {
    record Data(String text) implements Statement {}

    record Print(Expression value) implements Statement {}

    record Assign(Target target, Expression value) implements Statement {}

    /** {@code {% set x | filter %}...{% endset %}}. */
    record AssignBlock(Target target, Expression.@Nullable Filtered filter, List<Statement> body)
            implements Statement {}

    record If(List<Branch> branches, List<Statement> otherwise) implements Statement {}

    record Branch(Expression test, List<Statement> body) {}

    record For(
            Target target,
            Expression items,
            @Nullable Expression filter,
            boolean recursive,
            List<Statement> body,
            List<Statement> otherwise)
            implements Statement {}

    record Break() implements Statement {}

    record Continue() implements Statement {}

    record Macro(MacroCode code) implements Statement {}

    /** {@code {% call(a) macro(b) %}...{% endcall %}}. */
    record CallBlock(Expression.Call call, MacroCode caller) implements Statement {}

    record FilterBlock(Expression.Filtered filter, List<Statement> body) implements Statement {}

    record With(List<Binding> bindings, List<Statement> body) implements Statement {}

    record Binding(Target target, Expression value) {}

    /** A body with names of its own: {@code block}. */
    record Block(List<Statement> body) implements Statement {}

    /** {@code {% generation %}...{% endgeneration %}}: what the assistant said. */
    record Generation(List<Statement> body) implements Statement {}

    record Autoescape(Expression on, List<Statement> body) implements Statement {}

    /** {@code include}, {@code import} or {@code extends}: there is nothing to load from. */
    record Load() implements Statement {}

    /** Where a value goes. */
    sealed interface Target {
        record Name(String name) implements Target {}

        record Unpacked(List<Target> targets) implements Target {}

        /** {@code namespace.attribute}. */
        record NamespaceAttribute(String namespace, String attribute) implements Target {}
    }

    /**
     * A macro, or the body of a call block.
     *
     * @param defaults of the last parameters
     * @param catchesPositional whether its body uses {@code varargs}
     * @param catchesNamed whether its body uses {@code kwargs}
     * @param usesCaller whether its body uses {@code caller}
     */
    record MacroCode(
            String name,
            List<String> parameters,
            List<Expression> defaults,
            List<Statement> body,
            boolean catchesPositional,
            boolean catchesNamed,
            boolean usesCaller) {}
}
