package dev.plimsoll.server.generation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Who is next for the engine: the lowest priority number first; among equals, clients take turns, a sequence each, so
 * that a thousand requests of one client delay another's by one. Counts requests and their tokens, not the sequences of
 * a batch. Not safe for use by several threads.
 *
 * @param <S> a sequence that waits
 */
final class AdmissionQueue<S> {
    private final int maxRequests;
    private final long maxTokens;
    private final TreeMap<Integer, LinkedHashMap<String, Deque<Waiting<S>>>> byPriority = new TreeMap<>();
    private int requests;
    private long tokens;

    /**
     * An empty queue.
     *
     * @param maxRequests requests that may wait
     * @param maxTokens tokens that they may hold together
     */
    AdmissionQueue(int maxRequests, long maxTokens) {
        this.maxRequests = maxRequests;
        this.maxTokens = maxTokens;
    }

    /** One sequence of a request. */
    record Part<S>(S sequence, int tokens) {}

    private record Waiting<S>(Request request, Part<S> part) {}

    private static final class Request {
        private int missing;

        Request(int parts) {
            this.missing = parts;
        }
    }

    /**
     * Queues all parts of a request behind those of its client.
     *
     * @return false, with nothing queued, when that would be more than may wait
     */
    boolean offer(int priority, String client, List<Part<S>> parts) {
        long more = parts.stream().mapToLong(Part::tokens).sum();
        if (requests >= maxRequests || (requests > 0 && tokens + more > maxTokens)) {
            return false;
        }
        Request request = new Request(parts.size());
        Deque<Waiting<S>> queue = byPriority
                .computeIfAbsent(priority, p -> new LinkedHashMap<>())
                .computeIfAbsent(client, c -> new ArrayDeque<>());
        parts.forEach(part -> queue.add(new Waiting<>(request, part)));
        requests++;
        tokens += more;
        return true;
    }

    /**
     * The sequence that is next, without taking it.
     *
     * @throws java.util.NoSuchElementException when none waits
     */
    S element() {
        if (byPriority.isEmpty()) {
            throw new NoSuchElementException("nothing waits");
        }
        Deque<Waiting<S>> next = byPriority.firstEntry().getValue().firstEntry().getValue();
        return next.element().part().sequence();
    }

    /**
     * Takes the sequence that is next.
     *
     * @throws java.util.NoSuchElementException when none waits
     */
    S remove() {
        if (byPriority.isEmpty()) {
            throw new NoSuchElementException("nothing waits");
        }
        LinkedHashMap<String, Deque<Waiting<S>>> clients =
                byPriority.firstEntry().getValue();
        Map.Entry<String, Deque<Waiting<S>>> turn = clients.pollFirstEntry();
        Waiting<S> next = turn.getValue().remove();
        if (!turn.getValue().isEmpty()) {
            clients.putLast(turn.getKey(), turn.getValue());
        } else if (clients.isEmpty()) {
            byPriority.pollFirstEntry();
        }
        left(next);
        return next.part().sequence();
    }

    /** Drops the sequences that match, each after it was given to {@code dropped}. */
    void removeIf(Predicate<S> gone, Consumer<S> dropped) {
        for (Iterator<LinkedHashMap<String, Deque<Waiting<S>>>> priorities =
                        byPriority.values().iterator();
                priorities.hasNext(); ) {
            LinkedHashMap<String, Deque<Waiting<S>>> clients = priorities.next();
            clients.values().removeIf(queue -> {
                queue.removeIf(waiting -> {
                    boolean drop = gone.test(waiting.part().sequence());
                    if (drop) {
                        left(waiting);
                        dropped.accept(waiting.part().sequence());
                    }
                    return drop;
                });
                return queue.isEmpty();
            });
            if (clients.isEmpty()) {
                priorities.remove();
            }
        }
    }

    private void left(Waiting<S> waiting) {
        tokens -= waiting.part().tokens();
        if (--waiting.request().missing == 0) {
            requests--;
        }
    }

    boolean isEmpty() {
        return byPriority.isEmpty();
    }

    /** Requests of which some sequence waits. */
    int requests() {
        return requests;
    }

    /** Tokens of the sequences that wait. */
    long tokens() {
        return tokens;
    }
}
