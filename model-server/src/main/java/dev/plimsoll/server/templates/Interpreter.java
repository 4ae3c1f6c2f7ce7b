package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Statement.Target;
import dev.plimsoll.server.templates.Value.Str;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Runs statements: prints, assigns, loops and calls. One rendering is one interpreter, used by one thread. */
final class Interpreter {
    /** How a body ended. */
    private enum Flow {
        NORMAL,
        BREAK,
        CONTINUE
    }

    private final Budget budget;
    private final Evaluator evaluator;
    private final Scope top;
    private boolean autoescape;

    Interpreter(Budget budget, Scope top) {
        this.budget = budget;
        this.top = top;
        this.evaluator = new Evaluator(budget);
    }

    String render(List<Statement> statements) {
        return text(statements, top);
    }

    /** What a body prints. */
    String text(List<Statement> body, Scope scope) {
        Output out = new Output(budget);
        run(body, scope, out);
        return out.toString();
    }

    /** What a body prints, as the value that a macro, a call or a set block has. */
    Str value(List<Statement> body, Scope scope) {
        return new Str(text(body, scope), autoescape);
    }

    Budget budget() {
        return budget;
    }

    Evaluator evaluator() {
        return evaluator;
    }

    private Flow run(List<Statement> statements, Scope scope, Output out) {
        for (Statement statement : statements) {
            Flow flow = run(statement, scope, out);
            if (flow != Flow.NORMAL) {
                return flow;
            }
        }
        return Flow.NORMAL;
    }

    private Flow run(Statement statement, Scope scope, Output out) {
        budget.step();
        switch (statement) {
            case Statement.Data data -> out.append(data.text());
            case Statement.Print print -> print(evaluator.value(print.value(), scope), out);
            case Statement.Assign assign -> assign(assign.target(), evaluator.value(assign.value(), scope), scope);
            case Statement.AssignBlock block -> {
                Output inside = new Output(budget);
                Flow flow = run(block.body(), scope.inner(), inside);
                if (flow != Flow.NORMAL) {
                    return flow;
                }
                Value text = new Str(inside.toString(), autoescape);
                Value value = block.filter() == null ? text : evaluator.filtered(block.filter(), text, scope);
                assign(block.target(), value, scope);
            }
            case Statement.If choice -> {
                return choose(choice, scope, out);
            }
            case Statement.For loop -> {
                return new ForLoop(loop, scope, null, 0).run(evaluator.value(loop.items(), scope), out);
            }
            case Statement.Break end -> {
                return Flow.BREAK;
            }
            case Statement.Continue next -> {
                return Flow.CONTINUE;
            }
            case Statement.Macro macro -> scope.set(macro.code().name(), new MacroValue(macro.code(), scope, this));
            case Statement.CallBlock call -> {
                MacroValue caller = new MacroValue(call.caller(), scope, this);
                print(evaluator.call(call.call(), caller, scope), out);
            }
            case Statement.FilterBlock block -> {
                Output inside = new Output(budget);
                Flow flow = run(block.body(), scope.inner(), inside);
                if (flow != Flow.NORMAL) {
                    return flow;
                }
                out.append(Text.ofString(
                        evaluator.filtered(block.filter(), new Str(inside.toString(), autoescape), scope)));
            }
            case Statement.With with -> {
                Scope inner = scope.inner();
                List<Value> values = new ArrayList<>();
                with.bindings().forEach(binding -> values.add(evaluator.value(binding.value(), scope)));
                for (int i = 0; i < values.size(); i++) {
                    assign(with.bindings().get(i).target(), values.get(i), inner);
                }
                return run(with.body(), inner, out);
            }
            case Statement.Block block -> run(block.body(), top.inner(), out);
            case Statement.Generation generation -> out.append(text(generation.body(), scope.inner()));
            case Statement.Autoescape escape -> {
                boolean before = autoescape;
                autoescape = Truth.of(evaluator.value(escape.on(), scope));
                Flow flow = run(escape.body(), scope.inner(), out);
                autoescape = before;
                return flow;
            }
            case Statement.Load load -> throw TemplateException.type("no loader for this environment specified");
        }
        return Flow.NORMAL;
    }

    private void print(Value value, Output out) {
        out.append(autoescape ? Markup.of(value, budget).text() : Text.str(value, budget));
    }

    private Flow choose(Statement.If choice, Scope scope, Output out) {
        for (Statement.Branch branch : choice.branches()) {
            if (Truth.of(evaluator.value(branch.test(), scope))) {
                return run(branch.body(), scope, out);
            }
        }
        return run(choice.otherwise(), scope, out);
    }

    private void assign(Target target, Value value, Scope scope) {
        switch (target) {
            case Target.Name name -> scope.set(name.name(), value);
            case Target.NamespaceAttribute attribute -> {
                if (!(scope.get(attribute.namespace()) instanceof Namespace namespace)) {
                    throw new TemplateException("cannot assign attribute on non-namespace object");
                }
                namespace.set(attribute.attribute(), value);
            }
            case Target.Unpacked unpacked -> {
                List<Value> items = Iteration.list(value, budget);
                int wanted = unpacked.targets().size();
                if (items.size() != wanted) {
                    throw TemplateException.value(
                            items.size() > wanted
                                    ? "too many values to unpack (expected " + wanted + ")"
                                    : "not enough values to unpack (expected " + wanted + ", got " + items.size()
                                            + ")");
                }
                for (int i = 0; i < wanted; i++) {
                    assign(unpacked.targets().get(i), items.get(i), scope);
                }
            }
        }
    }

    /** One level of a loop; a recursive one calls itself for the levels below. */
    private final class ForLoop {
        private final Statement.For loop;
        private final Scope scope;
        private final LoopValue.Recursion recursion;
        private final int depth;

        ForLoop(
                Statement.For loop,
                Scope scope,
                LoopValue.@org.jspecify.annotations.Nullable Recursion recursion,
                int depth) {
            this.loop = loop;
            this.scope = scope;
            this.depth = depth;
            this.recursion = recursion != null ? recursion : this::below;
        }

        private Value below(Value items, int level) {
            budget.enterCall();
            Output out = new Output(budget);
            new ForLoop(loop, scope, recursion, level).run(items, out);
            budget.leaveCall();
            return new Str(out.toString(), autoescape);
        }

        /** As in Jinja2, {@code else} also follows where no iteration came to the end of the body. */
        Flow run(Value items, Output out) {
            Integer length = loop.filter() == null ? Iteration.lengthOrNull(items) : null;
            LoopValue state = new LoopValue(
                    filtered(Iteration.of(items, budget)), length, loop.recursive() ? recursion : null, depth, budget);
            boolean ended = false;
            while (state.hasNext()) {
                Scope inner = scope.inner();
                Value item = state.next();
                inner.set("loop", state);
                assign(loop.target(), item, inner);
                Flow flow = Interpreter.this.run(loop.body(), inner, out);
                ended |= flow == Flow.NORMAL;
                if (flow == Flow.BREAK) {
                    break;
                }
            }
            return ended ? Flow.NORMAL : Interpreter.this.run(loop.otherwise(), scope.inner(), out);
        }

        private Iterator<Value> filtered(Iterator<Value> items) {
            Expression filter = loop.filter();
            if (filter == null) {
                return items;
            }
            return new Lazy(items, item -> {
                Scope inner = scope.inner();
                assign(loop.target(), item, inner);
                return Truth.of(evaluator.value(filter, inner)) ? item : null;
            });
        }
    }
}
