package dev.plimsoll.server.openai.tools;

import java.util.ArrayList;
import java.util.List;

/**
 * Calls between two tags, among text. What is between tags and is no call is text, tags included. A tag within a string of
 * a call ends nothing.
 */
final class TaggedCalls implements ToolCallReader {
    private final String begin;
    private final String end;
    private final StringBuilder held = new StringBuilder();
    private boolean inCall;
    /** Where in what is held no end of the call is. */
    private int searched;

    private boolean called;

    TaggedCalls(String begin, String end) {
        this.begin = begin;
        this.end = end;
    }

    @Override
    public List<Part> add(String text) {
        held.append(text);
        List<Part> parts = new ArrayList<>();
        while (inCall ? takeCall(parts) : takeText(parts)) {
            inCall = !inCall;
        }
        return parts;
    }

    /** Whether a call begins behind the text. */
    private boolean takeText(List<Part> parts) {
        int at = held.indexOf(begin);
        int certain = at >= 0 ? at : held.length() - Markers.partAtEnd(held, begin);
        addText(parts, held.substring(0, certain));
        held.delete(0, at >= 0 ? at + begin.length() : certain);
        return at >= 0;
    }

    /** Whether the call is complete. */
    private boolean takeCall(List<Part> parts) {
        int at = held.indexOf(end, searched);
        while (at >= 0 && CalledFunction.isCut(held.substring(0, at).strip())) {
            searched = at + end.length();
            at = held.indexOf(end, searched);
        }
        if (at < 0) {
            return false;
        }
        searched = 0;
        String inside = held.substring(0, at);
        held.delete(0, at + end.length());
        List<Call> calls = CalledFunction.of(inside.strip());
        if (calls.isEmpty()) {
            addText(parts, begin + inside + end);
        } else {
            called = true;
            parts.addAll(calls);
        }
        return true;
    }

    /** White space between calls is no text. */
    private void addText(List<Part> parts, String text) {
        if (!text.isEmpty() && !(called && text.isBlank())) {
            parts.add(new Text(text));
        }
    }

    @Override
    public List<Part> end() {
        List<Part> parts = new ArrayList<>();
        List<Call> calls = inCall ? CalledFunction.of(held.toString().strip()) : List.of();
        if (calls.isEmpty()) {
            addText(parts, inCall ? begin + held : held.toString());
        } else {
            parts.addAll(calls);
        }
        held.setLength(0);
        inCall = false;
        return parts;
    }
}
