package dev.plimsoll.server.templates;

import java.util.Iterator;

/** A generator: its items can be taken once, and are made when they are. */
record Generator(Iterator<Value> iterator, String typeName) implements Value.ObjectValue {
    static Generator generator(Iterator<Value> iterator) {
        return new Generator(iterator, "generator");
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
        return "<" + typeName + " object>";
    }
}
