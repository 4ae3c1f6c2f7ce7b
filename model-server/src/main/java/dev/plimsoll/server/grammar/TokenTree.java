package dev.plimsoll.server.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tokens by what they begin with, in the order of a walk: each node with its byte, its depth, where the nodes below it
 * end, and which tokens end at it.
 */
@SuppressWarnings("ArrayRecordComponent")
record TokenTree(byte[] labels, byte[] depths, int[] ends, int[] firstToken, int[] ids) {
    /** A walk takes milliseconds, but for grammars that are made to be slow. */
    private static final long MAX_NANOS = 2_000_000_000L;

    private static final int LOOKS_AT_THE_CLOCK = 64;

    record Token(int id, byte[] bytes) {}

    static TokenTree of(List<Token> tokens) {
        List<Token> sorted = new ArrayList<>(tokens);
        sorted.sort((a, b) -> Arrays.compareUnsigned(a.bytes(), b.bytes()));
        int nodes = 0;
        byte[] last = {};
        for (Token token : sorted) {
            nodes += token.bytes().length - common(last, token.bytes());
            last = token.bytes();
        }
        TokenTree tree = new TokenTree(
                new byte[nodes], new byte[nodes], new int[nodes], new int[nodes + 1], new int[sorted.size()]);
        tree.fill(sorted);
        return tree;
    }

    private static int common(byte[] one, byte[] other) {
        int mismatch = Arrays.mismatch(one, other);
        return mismatch < 0 ? one.length : mismatch;
    }

    private void fill(List<Token> sorted) {
        int[] path = new int[257];
        byte[] last = {};
        int node = 0;
        int count = 0;
        for (Token token : sorted) {
            byte[] bytes = token.bytes();
            int shared = common(last, bytes);
            for (int depth = last.length; depth > shared; depth--) {
                ends[path[depth]] = node;
            }
            for (int depth = shared + 1; depth <= bytes.length; depth++) {
                labels[node] = bytes[depth - 1];
                depths[node] = (byte) depth;
                firstToken[node] = count;
                path[depth] = node++;
            }
            ids[count++] = token.id();
            last = bytes;
        }
        for (int depth = last.length; depth > 0; depth--) {
            ends[path[depth]] = node;
        }
        firstToken[node] = count;
    }

    /**
     * Sets the bits of those tokens that an automaton takes from a state.
     *
     * @throws GrammarException when that takes too long
     */
    void walk(Automaton automaton, State from, long[] bits) {
        State[] states = new State[257];
        states[0] = from;
        long begin = System.nanoTime();
        int looks = 0;
        for (int node = 0; node < labels.length; ) {
            if (++looks % LOOKS_AT_THE_CLOCK == 0 && System.nanoTime() - begin > MAX_NANOS) {
                throw new GrammarException("it can be read in too many ways at once: what may come next takes too long"
                        + " to find; make patterns and alternatives simpler");
            }
            int depth = depths[node] & 0xff;
            State state = automaton.next(states[depth - 1], labels[node] & 0xff);
            if (state == State.DEAD) {
                node = ends[node];
                continue;
            }
            states[depth] = state;
            for (int i = firstToken[node]; i < firstToken[node + 1]; i++) {
                bits[ids[i] / Long.SIZE] |= 1L << ids[i];
            }
            node++;
        }
    }
}
