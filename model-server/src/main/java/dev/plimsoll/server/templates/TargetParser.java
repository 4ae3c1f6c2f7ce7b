package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Statement.Target;
import dev.plimsoll.server.templates.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses what is assigned to. */
record TargetParser(TokenStream tokens) {
    private static final Set<String> CONSTANTS = Set.of("true", "false", "none", "True", "False", "None");

    /** Names to assign to, with commas between. */
    Target all(@Nullable String end, boolean withNamespace) {
        List<Target> targets = new ArrayList<>();
        boolean tuple = false;
        while (true) {
            targets.add(one(withNamespace));
            if (!tokens.skipOperator(",")) {
                break;
            }
            tuple = true;
            if (tokens.is(Kind.BLOCK_END) || tokens.isName("in") || (end != null && tokens.isOperator(end))) {
                break;
            }
        }
        return tuple ? new Target.Unpacked(targets) : targets.getFirst();
    }

    /** One name, or several in parentheses. */
    Target one(boolean withNamespace) {
        if (tokens.skipOperator("(")) {
            Target inside = all(")", withNamespace);
            tokens.expectOperator(")");
            return inside;
        }
        Token token = tokens.next();
        if (token.kind() != Kind.NAME || CONSTANTS.contains(token.text())) {
            throw new TemplateSyntaxException("can't assign to " + Text.quoted(token.described()), token.line());
        }
        if (withNamespace && tokens.skipOperator(".")) {
            return new Target.NamespaceAttribute(
                    token.text(), tokens.expect(Kind.NAME).text());
        }
        return new Target.Name(token.text());
    }
}
