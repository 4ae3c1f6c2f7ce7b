package dev.plimsoll.server.templates;

/** A function of the interpreter, or a method bound to its value. */
record Function(String name, Body body) implements Value.Callable {
    interface Body {
        Value call(Arguments arguments);
    }

    @Override
    public Value call(Arguments arguments) {
        return body.call(arguments);
    }

    @Override
    public String typeName() {
        return "builtin_function_or_method";
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return "<built-in function " + name + ">";
    }
}
