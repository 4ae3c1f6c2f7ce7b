package dev.plimsoll.server.templates;

/** A template that cannot be rendered with what it was given; the message says why, in Jinja2's words where it has some. */
public class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public TemplateException(String message) {
        super(message);
    }

    static TemplateException type(String message) {
        return new TemplateException("TypeError: " + message);
    }

    static TemplateException value(String message) {
        return new TemplateException("ValueError: " + message);
    }

    static TemplateException undefined(String message) {
        return new TemplateException("UndefinedError: " + message);
    }

    static TemplateException security(String message) {
        return new TemplateException("SecurityError: " + message);
    }
}
