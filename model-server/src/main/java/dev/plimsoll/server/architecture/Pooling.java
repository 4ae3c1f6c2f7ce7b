package dev.plimsoll.server.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.Printable;
import dev.plimsoll.server.checkpoint.SentenceModule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the hidden states of an input's tokens become its one vector.
 *
 * @param normalized whether the vector is divided by its length, which then is 1
 * @see <a href="https://sbert.net/docs/package_reference/sentence_transformer/models.html">sentence-transformers</a>
 */
record Pooling(Kind kind, boolean normalized) {
    /** What sentence-transformers does with a checkpoint that does not say. */
    static final Pooling DEFAULT = new Pooling(Kind.MEAN, false);

    private static final String FLAG = "pooling_mode_";

    /** By the names that sentence-transformers gives them. */
    private static final Map<String, Kind> KINDS = Map.of(
            "mean", Kind.MEAN,
            "mean_tokens", Kind.MEAN,
            "cls", Kind.FIRST,
            "cls_token", Kind.FIRST,
            "lasttoken", Kind.LAST);

    /** Which hidden states count. */
    enum Kind {
        /** The mean over all tokens. */
        MEAN(0),
        /** The first token's, {@code [CLS]}. */
        FIRST(1),
        /** The last token's. */
        LAST(2);

        private final long code;

        /** @param code what the scripts know it by */
        Kind(long code) {
            this.code = code;
        }
    }

    /**
     * What a checkpoint asks for.
     *
     * @throws PlimsollException {@code UnsupportedConfig} naming what would change the vectors and is not implemented
     */
    static Pooling of(List<SentenceModule> modules) {
        if (modules.isEmpty()) {
            return DEFAULT;
        }
        Kind kind = null;
        boolean normalized = false;
        for (SentenceModule module : modules) {
            switch (module.type()) {
                case "Transformer" -> {}
                case "Pooling" -> kind = kind(module, kind);
                case "Normalize" -> normalized = true;
                default -> throw unsupported(SentenceModule.LIST, "module " + Printable.of(module.type()));
            }
        }
        if (kind == null) {
            throw unsupported(SentenceModule.LIST, "a list without the module Pooling");
        }
        return new Pooling(kind, normalized);
    }

    private static Kind kind(SentenceModule module, @Nullable Kind earlier) {
        List<String> names = names(module);
        if (earlier != null || names.size() != 1) {
            throw unsupported(module.file(), "more than one way of pooling");
        }
        Kind kind = KINDS.get(names.getFirst());
        if (kind == null) {
            throw unsupported(module.file(), "pooling by " + Printable.of(names.getFirst()));
        }
        return kind;
    }

    /** A name, or one flag for each; the flag of the mean counts as set when it is missing. */
    private static List<String> names(SentenceModule module) {
        JsonNode settings = module.settings();
        if (settings == null) {
            return List.of("mean_tokens");
        }
        JsonNode name = settings.path("pooling_mode");
        if (name.isTextual()) {
            return List.of(name.textValue());
        }
        List<String> names = new ArrayList<>();
        if (settings.path(FLAG + "mean_tokens").asBoolean(true)) {
            names.add("mean_tokens");
        }
        settings.properties().forEach(flag -> {
            String mode = flag.getKey().startsWith(FLAG) ? flag.getKey().substring(FLAG.length()) : "";
            if (!mode.isEmpty()
                    && !mode.equals("mean_tokens")
                    && flag.getValue().asBoolean()) {
                names.add(mode);
            }
        });
        return names;
    }

    /** Constants of the scripts. */
    Map<String, Object> settings() {
        return Map.of("pooling", kind.code, "normalize", normalized);
    }

    private static PlimsollException unsupported(String file, String what) {
        return new PlimsollException(
                Reason.UnsupportedConfig,
                Printable.of(file) + ": " + what + " is not implemented and would change the vectors: use a checkpoint"
                        + " that pools by cls, mean or lasttoken alone");
    }
}
