package dev.plimsoll.server.templates;

/** A template's own refusal of its input, by {@code raise_exception}; the message is the template's. */
public final class TemplateRefusal extends TemplateException {
    private static final long serialVersionUID = 1;

    TemplateRefusal(String words) {
        super(words);
    }
}
