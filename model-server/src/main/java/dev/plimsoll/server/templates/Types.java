package dev.plimsoll.server.templates;

/** Python's names of types. */
final class Types {
    private Types() {}

    static String name(Value value) {
        return switch (value) {
            case Value.None none -> "NoneType";
            case Value.Bool bool -> "bool";
            case Value.Int integer -> "int";
            case Value.Real real -> "float";
            case Value.Str str -> str.markup() ? "Markup" : "str";
            case Value.ListValue list -> "list";
            case Value.TupleValue tuple -> "tuple";
            case Value.ObjectValue object -> object.typeName();
            case Value.Callable callable -> callable.typeName();
        };
    }
}
