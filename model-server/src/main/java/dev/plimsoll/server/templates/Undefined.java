package dev.plimsoll.server.templates;

/**
 * What a name, an attribute or an item is that does not exist: prints as nothing, is empty and false, and fails when used
 * otherwise.
 *
 * @param message of that failure
 * @param security whether it stands for something that exists and is not allowed
 */
record Undefined(String message, boolean security) implements Value.ObjectValue {
    static Undefined named(String name) {
        return new Undefined(Text.quoted(name) + " is undefined", false);
    }

    static Undefined saying(String message) {
        return new Undefined(message, false);
    }

    /** Of an attribute or item that {@code owner} lacks. */
    static Undefined of(Value owner, Value name) {
        String type = owner instanceof Value.None ? "None" : Types.name(owner) + " object";
        if (name instanceof Value.Str str) {
            return saying(Text.quoted(type) + " has no attribute " + Text.quoted(str.text()));
        }
        return saying(type + " has no element " + Text.shortRepr(name));
    }

    static Undefined unsafe(Value owner, String name) {
        return new Undefined(
                "access to attribute " + Text.quoted(name) + " of " + Text.quoted(Types.name(owner))
                        + " object is unsafe.",
                true);
    }

    TemplateException failure() {
        return security ? TemplateException.security(message) : TemplateException.undefined(message);
    }

    @Override
    public String toString() {
        return "Undefined";
    }

    @Override
    public String typeName() {
        return "Undefined";
    }
}
