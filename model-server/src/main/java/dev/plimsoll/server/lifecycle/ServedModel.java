package dev.plimsoll.server.lifecycle;

import dev.plimsoll.api.report.Phase;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.checkpoint.GenerationDefaults;
import dev.plimsoll.server.generation.Scheduler;
import dev.plimsoll.server.tokenization.ChatEncoder;
import dev.plimsoll.server.tokenization.Tokenizer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A model as those see it who pass requests on to it: what it is called, what it can do, what takes its requests, in
 * which phase it is.
 */
public interface ServedModel {
    /** Model name for clients. */
    String name();

    Architecture.Task task();

    /** Rows of the embedding: every token id is below. */
    int vocabulary();

    /** Tokens of one sequence, prompt and answer together. */
    int maxSequenceTokens();

    /** Null when the checkpoint has none: then prompts are token ids. */
    @Nullable
    Tokenizer tokenizer();

    /** Makes token ids of conversations; null when the checkpoint has no tokenizer or no chat template. */
    @Nullable
    ChatEncoder chats();

    /** What a request that says nothing is sampled with, and the tokens that end a text. */
    GenerationDefaults generationDefaults();

    /** Requests are taken in {@link Phase#Serving} alone. */
    Phase phase();

    /** What takes requests; null before it is ready. */
    @Nullable
    Scheduler scheduler();

    /** When the process began. */
    Instant startedAt();
}
