package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Statement.Target;
import dev.plimsoll.server.templates.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses a template into statements. */
final class Parser {
    private static final int MAX_DEPTH = 100;

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private final FilterParser filters;
    private final TargetParser targets;
    private int depth;
    private int loops;

    Parser(String source) {
        this.tokens = new TokenStream(new Lexer(source).tokens());
        this.expressions = new ExpressionParser(tokens);
        this.filters = expressions.filters();
        this.targets = new TargetParser(tokens);
    }

    /** The whole template. */
    List<Statement> template() {
        List<Statement> statements = statements();
        if (!tokens.is(Kind.END)) {
            throw unknownTag(tokens.current());
        }
        if (!filters.unknown().isEmpty()) {
            throw filters.unknown().getFirst();
        }
        return statements;
    }

    /** Statements up to the end, or to a tag that begins with one of the names, which is then the current token. */
    private List<Statement> statements(String... ends) {
        List<Statement> statements = new ArrayList<>();
        while (!tokens.is(Kind.END)) {
            Token token = tokens.next();
            switch (token.kind()) {
                case DATA -> statements.add(new Statement.Data(token.text()));
                case VARIABLE_BEGIN -> {
                    statements.add(new Statement.Print(expressions.tuple(false, true, null)));
                    tokens.expect(Kind.VARIABLE_END);
                }
                default -> {
                    if (tokens.is(Kind.NAME)
                            && List.of(ends).contains(tokens.current().text())) {
                        return statements;
                    }
                    statement(statements);
                    tokens.expect(Kind.BLOCK_END);
                }
            }
        }
        return statements;
    }

    /** The body of a tag: behind its end, up to one of the names, which is taken. */
    private List<Statement> body(String... ends) {
        tokens.skipOperator(":");
        tokens.expect(Kind.BLOCK_END);
        depth++;
        if (depth > MAX_DEPTH) {
            throw tokens.fail("blocks nest deeper than " + MAX_DEPTH);
        }
        List<Statement> statements = statements(ends);
        depth--;
        if (tokens.is(Kind.END)) {
            throw tokens.fail("Unexpected end of template. Jinja was looking for the following tags: "
                    + String.join(" or ", ends));
        }
        return statements;
    }

    private List<Statement> bodyTo(String end) {
        List<Statement> statements = body(end);
        tokens.next();
        return statements;
    }

    private void statement(List<Statement> into) {
        Token tag = tokens.expect(Kind.NAME);
        switch (tag.text()) {
            case "set" -> into.add(set());
            case "if" -> into.add(when());
            case "for" -> into.add(filters.conditionally(false, this::loop));
            case "break", "continue" -> {
                if (loops == 0) {
                    throw new TemplateSyntaxException("'" + tag.text() + "' outside loop", tag.line());
                }
                into.add(tag.isName("break") ? new Statement.Break() : new Statement.Continue());
            }
            case "macro" -> {
                String name = tokens.expect(Kind.NAME).text();
                into.add(new Statement.Macro(macro(name, "endmacro")));
            }
            case "call" -> into.add(call());
            case "filter" -> {
                Expression.Filtered filter = piped(filters.filter(null));
                into.add(new Statement.FilterBlock(filter, filters.conditionally(false, () -> bodyTo("endfilter"))));
            }
            case "with" -> into.add(with());
            case "generation" -> into.add(new Statement.Generation(apart("endgeneration")));
            case "block" -> into.add(block());
            case "autoescape" -> {
                Expression on = expressions.expression();
                into.add(new Statement.Autoescape(on, bodyTo("endautoescape")));
            }
            case "print" -> print(into);
            case "include", "import", "extends", "from" -> {
                while (!tokens.is(Kind.BLOCK_END) && !tokens.is(Kind.END)) {
                    tokens.next();
                }
                into.add(new Statement.Load());
            }
            default -> throw unknownTag(tag);
        }
    }

    private static TemplateSyntaxException unknownTag(Token tag) {
        return new TemplateSyntaxException("Encountered unknown tag '" + tag.described() + "'.", tag.line());
    }

    private void print(List<Statement> into) {
        boolean first = true;
        while (!tokens.is(Kind.BLOCK_END)) {
            if (!first) {
                tokens.expectOperator(",");
            }
            first = false;
            into.add(new Statement.Print(expressions.expression()));
        }
    }

    private Statement set() {
        Target target = targets.all("=", true);
        if (tokens.skipOperator("=")) {
            return new Statement.Assign(target, expressions.tuple(false, true, null));
        }
        Expression.Filtered filter = tokens.skipOperator("|") ? piped(filters.filter(null)) : null;
        return new Statement.AssignBlock(target, filter, filters.conditionally(false, () -> bodyTo("endset")));
    }

    private Expression.Filtered piped(Expression.Filtered first) {
        Expression.Filtered filter = first;
        while (tokens.skipOperator("|")) {
            filter = filters.filter(filter);
        }
        return filter;
    }

    private Statement when() {
        List<Statement.Branch> branches = new ArrayList<>();
        while (true) {
            branches.add(filters.conditionally(
                    true,
                    () -> new Statement.Branch(expressions.tuple(false, false, null), body("elif", "else", "endif"))));
            String end = tokens.next().text();
            if (end.equals("endif")) {
                return new Statement.If(branches, List.of());
            }
            if (end.equals("else")) {
                return new Statement.If(branches, filters.conditionally(true, () -> bodyTo("endif")));
            }
        }
    }

    private Statement loop() {
        Target target = targets.all(null, false);
        tokens.expectName("in");
        Expression items = expressions.tuple(false, false, "recursive");
        Expression filter = tokens.skipName("if") ? expressions.expression() : null;
        boolean recursive = tokens.skipName("recursive");
        loops++;
        List<Statement> body = body("endfor", "else");
        loops--;
        List<Statement> otherwise = tokens.next().text().equals("else") ? bodyTo("endfor") : List.of();
        return new Statement.For(target, items, filter, recursive, body, otherwise);
    }

    private Statement.MacroCode macro(String name, String end) {
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        List<Statement> body = new ArrayList<>();
        int outerLoops = loops;
        loops = 0;
        Set<String> names = expressions.namesIn(() -> {
            signature(parameters, defaults);
            body.addAll(filters.conditionally(false, () -> bodyTo(end)));
        });
        loops = outerLoops;
        return code(name, parameters, defaults, body, names);
    }

    private static Statement.MacroCode code(
            String name, List<String> parameters, List<Expression> defaults, List<Statement> body, Set<String> names) {
        return new Statement.MacroCode(
                name,
                parameters,
                defaults,
                body,
                names.contains("varargs"),
                names.contains("kwargs"),
                names.contains("caller"));
    }

    private void signature(List<String> parameters, List<Expression> defaults) {
        tokens.expectOperator("(");
        while (!tokens.skipOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            Token parameter = tokens.expect(Kind.NAME);
            if (parameters.contains(parameter.text())) {
                throw new TemplateSyntaxException(
                        "duplicate argument " + Text.quoted(parameter.text()), parameter.line());
            }
            if (tokens.skipOperator("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw tokens.fail("non-default argument follows default argument");
            }
            parameters.add(parameter.text());
        }
    }

    private Statement call() {
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        if (tokens.isOperator("(")) {
            signature(parameters, defaults);
        }
        Expression callee = expressions.expression();
        if (!(callee instanceof Expression.Call call)) {
            throw tokens.fail("expected call");
        }
        List<Statement> body = new ArrayList<>();
        Set<String> names = expressions.namesIn(() -> body.addAll(apart("endcall")));
        return new Statement.CallBlock(call, code("caller", parameters, defaults, body, names));
    }

    /** A body that is a function of its own: no loop goes through it. */
    private List<Statement> apart(String end) {
        int outerLoops = loops;
        loops = 0;
        List<Statement> body = filters.conditionally(false, () -> bodyTo(end));
        loops = outerLoops;
        return body;
    }

    private Statement with() {
        List<Statement.Binding> bindings = new ArrayList<>();
        while (!tokens.is(Kind.BLOCK_END)) {
            if (!bindings.isEmpty()) {
                tokens.expectOperator(",");
            }
            Target target = targets.one(false);
            tokens.expectOperator("=");
            bindings.add(new Statement.Binding(target, expressions.expression()));
        }
        return new Statement.With(bindings, filters.conditionally(false, () -> bodyTo("endwith")));
    }

    private Statement block() {
        String name = tokens.expect(Kind.NAME).text();
        tokens.skipName("scoped");
        tokens.skipName("required");
        List<Statement> body = apart("endblock");
        tokens.skipName(name);
        return new Statement.Block(body);
    }
}
