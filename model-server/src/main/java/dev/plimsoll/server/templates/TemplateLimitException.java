package dev.plimsoll.server.templates;

/** A template that wants more time, text, items or depth than {@link RenderLimits} allow. */
public final class TemplateLimitException extends TemplateException {
    private static final long serialVersionUID = 1;

    TemplateLimitException(String message) {
        super(message);
    }
}
