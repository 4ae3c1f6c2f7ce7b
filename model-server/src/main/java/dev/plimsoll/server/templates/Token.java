package dev.plimsoll.server.templates;

import org.jspecify.annotations.Nullable;

/**
 * A token of a template.
 *
 * @param text of a name, an operator, a string without its quotes and escapes, a number, or of what lies outside tags
 * @param value of a number; null for others
 */
record Token(Kind kind, String text, @Nullable Value value, int line) {
    enum Kind {
        DATA,
        BLOCK_BEGIN,
        BLOCK_END,
        VARIABLE_BEGIN,
        VARIABLE_END,
        NAME,
        STRING,
        NUMBER,
        OPERATOR,
        END
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    /** For messages. */
    String described() {
        return switch (kind) {
            case DATA -> "template data / text";
            case BLOCK_BEGIN -> "begin of statement block";
            case BLOCK_END -> "end of statement block";
            case VARIABLE_BEGIN -> "begin of print statement";
            case VARIABLE_END -> "end of print statement";
            case STRING -> "string";
            case END -> "end of template";
            case NAME, NUMBER, OPERATOR -> text;
        };
    }
}
