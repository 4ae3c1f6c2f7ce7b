package dev.plimsoll.server.generation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a client hears of a sequence: its tokens, and each end that it is told, of which there is to be one. */
class HeardSequence implements TokenListener {
    final List<Integer> ids = new ArrayList<>();
    String end = "";
    volatile boolean over;
    Runnable onToken = () -> {};

    @Override
    public boolean token(GeneratedToken token) {
        onToken.run();
        return ids.add(token.id());
    }

    @Override
    public void finished(FinishReason reason, @Nullable GeneratedToken endToken) {
        end += reason + (endToken == null ? "" : " " + endToken.id());
        over = true;
    }

    @Override
    public void failed(Exception cause) {
        end += "failed " + cause.getMessage();
    }
}
