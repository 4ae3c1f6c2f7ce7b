package dev.plimsoll.server.generation;

import java.util.List;

/**
 * The sequences of a request, as whoever submitted them sees them.
 *
 * @param wake tells the engine's thread that they go on, or do not
 */
record Submitted(List<Sequence> sequences, Runnable wake) implements Handle {
    @Override
    public void cancel() {
        sequences.forEach(Sequence::cancel);
    }

    @Override
    public void pause() {
        sequences.forEach(sequence -> sequence.pause(true));
        wake.run();
    }

    @Override
    public void resume() {
        sequences.forEach(sequence -> sequence.pause(false));
        wake.run();
    }
}
