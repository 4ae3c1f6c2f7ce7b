package dev.plimsoll.server.openai.tools;

import java.util.ArrayList;
import java.util.List;

/**
 * Calls to the end of an answer: behind a marker, or, since markers that are special tokens do not show in the text, as
 * an answer that is JSON from its first character on. What turns out to be no call is text.
 */
final class TrailingCalls implements ToolCallReader {
    private final String marker;
    private final StringBuilder held = new StringBuilder();
    private boolean begun;
    private boolean inCalls;
    private boolean marked;

    TrailingCalls(String marker) {
        this.marker = marker;
    }

    @Override
    public List<Part> add(String text) {
        held.append(text);
        if (inCalls) {
            return List.of();
        }
        List<Part> parts = new ArrayList<>();
        int at = held.indexOf(marker);
        if (at >= 0) {
            addText(parts, held.substring(0, at));
            held.delete(0, at + marker.length());
            inCalls = true;
            marked = true;
            return parts;
        }
        String start = held.toString().stripLeading();
        if (!begun && (start.isEmpty() || start.startsWith("{") || start.startsWith("["))) {
            inCalls = !start.isEmpty() && !marker.startsWith(start);
            return parts;
        }
        int certain = held.length() - Markers.partAtEnd(held, marker);
        addText(parts, held.substring(0, certain));
        held.delete(0, certain);
        return parts;
    }

    private void addText(List<Part> parts, String text) {
        if (!text.isEmpty()) {
            begun = true;
            parts.add(new Text(text));
        }
    }

    @Override
    public List<Part> end() {
        List<Part> parts = new ArrayList<>();
        for (String line : lines()) {
            List<Call> calls = inCalls ? CalledFunction.of(line.strip()) : List.of();
            if (calls.isEmpty()) {
                parts.clear();
                addText(parts, (marked ? marker : "") + held);
                break;
            }
            parts.addAll(calls);
        }
        held.setLength(0);
        return parts;
    }

    /** One JSON value, or several of them apart by semicolons, as Llama writes more than one call. */
    private List<String> lines() {
        String whole = held.toString();
        return inCalls && CalledFunction.of(whole.strip()).isEmpty()
                ? List.of(whole.split(";\\s*(?=\\{)", -1))
                : List.of(whole);
    }
}
