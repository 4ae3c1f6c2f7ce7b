package dev.plimsoll.server.templates;

import java.util.Iterator;

/** Fails when its first item is asked for, as a generator of Python does. */
record FailingIterator(TemplateException failure) implements Iterator<Value> {
    @Override
    public boolean hasNext() {
        throw failure;
    }

    @Override
    public Value next() {
        throw failure;
    }
}
