package dev.plimsoll.server.runtime.torch;

/** A list that an attribute of a module is until a method sets it. Java's own lists do not say what is in them. */
public enum EmptyList {
    OF_TENSORS("List[Tensor]", "build_tensorlist"),
    OF_INTS("List[int]", "build_intlist");

    private final String type;
    private final String builder;

    EmptyList(String type, String builder) {
        this.type = type;
        this.builder = builder;
    }

    /** Its type in TorchScript. */
    String type() {
        return type;
    }

    /** The function by which a pickle says the type of its elements. */
    String builder() {
        return builder;
    }
}
