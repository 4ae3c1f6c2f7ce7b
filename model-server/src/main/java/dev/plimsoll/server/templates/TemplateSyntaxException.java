package dev.plimsoll.server.templates;

/** A source that is no template. */
public final class TemplateSyntaxException extends TemplateException {
    private static final long serialVersionUID = 1;

    private final int line;

    TemplateSyntaxException(String message, int line) {
        super("line " + line + ": " + message);
        this.line = line;
    }

    /** Line of the source, from 1. */
    public int line() {
        return line;
    }
}
