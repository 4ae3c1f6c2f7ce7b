package dev.plimsoll.server.tokenization;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.plimsoll.server.checkpoint.CheckpointStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@code tokenizer.json}, read once as a stream: what the library is given, and what this server must know of it.
 *
 * @param json without white space, in ASCII: a string of it has a byte for each character
 * @param vocabulary every id is below
 * @param longest characters of the longest token
 * @param added contents of the added tokens
 * @param bytes ids of tokens that stand for one byte ({@code <0x0A>}), where the decoder joins them to characters
 * @param special ids of tokens that are not part of a text
 */
record TokenizerFile(String json, int vocabulary, int longest, Set<String> added, BitSet bytes, BitSet special) {
    static final String NAME = "tokenizer.json";

    /** The largest published ones have 33 MB. */
    private static final int MAX_BYTES = 48 << 20;

    private static final int MAX_ID = 1 << 24;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxNumberLength(64)
                    .maxNameLength(1 << 16)
                    .maxStringLength(MAX_BYTES)
                    .build())
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    /** The same, once the library has read it. */
    TokenizerFile withoutJson() {
        return new TokenizerFile("", vocabulary, longest, added, bytes, special);
    }

    /**
     * Reads the file; null when there is none.
     *
     * @param withAdded whether added tokens are among the library's; without, a text is nothing but text
     */
    static @Nullable TokenizerFile read(CheckpointStore checkpoint, boolean withAdded) throws IOException {
        byte[] file = checkpoint.small(NAME, MAX_BYTES);
        return file == null ? null : new Reading(withAdded).read(file);
    }

    /** One pass over the document: each token is copied, and looked at where it says something of a token. */
    private static final class Reading {
        private final boolean withAdded;
        private final List<String> path = new ArrayList<>();
        private final BitSet bytes = new BitSet();
        private final BitSet special = new BitSet();
        private final Set<String> added = new HashSet<>();
        private int vocabulary;
        private int longest = 1;
        private boolean joinsBytes;
        private int listed;
        private int addedId;

        Reading(boolean withAdded) {
            this.withAdded = withAdded;
        }

        TokenizerFile read(byte[] file) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream(file.length);
            try (JsonParser in = FACTORY.createParser(file);
                    JsonGenerator copy = FACTORY.createGenerator(out)) {
                for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
                    boolean dropped = token == JsonToken.START_ARRAY && !withAdded && isAt("added_tokens");
                    if (dropped) {
                        copy.writeStartArray();
                        in.skipChildren();
                        copy.writeEndArray();
                        leave();
                        continue;
                    }
                    copy.copyCurrentEvent(in);
                    look(token, in);
                }
            }
            return new TokenizerFile(
                    out.toString(StandardCharsets.ISO_8859_1),
                    vocabulary,
                    longest,
                    added,
                    joinsBytes ? bytes : new BitSet(),
                    special);
        }

        private void look(JsonToken token, JsonParser in) throws IOException {
            switch (token) {
                case FIELD_NAME -> path.add(in.currentName());
                case START_OBJECT, START_ARRAY -> path.add(token == JsonToken.START_ARRAY ? "[" : "{");
                case END_OBJECT, END_ARRAY -> {
                    path.removeLast();
                    leave();
                }
                default -> {
                    value(token, in);
                    leave();
                }
            }
        }

        /** Behind the value of a field. */
        private void leave() {
            if (!path.isEmpty()
                    && !path.getLast().equals("[")
                    && !path.getLast().equals("{")) {
                path.removeLast();
            }
        }

        private boolean isAt(String... fields) {
            if (path.size() != fields.length * 2) {
                return false;
            }
            for (int i = 0; i < fields.length; i++) {
                if (!path.get(i * 2 + 1).equals(fields[i])) {
                    return false;
                }
            }
            return true;
        }

        private void value(JsonToken token, JsonParser in) throws IOException {
            String field = path.isEmpty() ? "" : path.getLast();
            boolean inVocabulary = path.size() == 6
                    && path.get(1).equals("model")
                    && path.get(3).equals("vocab")
                    && path.get(4).equals("{");
            boolean inList = path.size() == 6
                    && path.get(1).equals("model")
                    && path.get(3).equals("vocab")
                    && path.get(4).equals("[");
            if (inVocabulary && token == JsonToken.VALUE_NUMBER_INT) {
                known(field, in.getIntValue());
            } else if (inList && token == JsonToken.VALUE_STRING) {
                known(in.getText(), listed++);
            } else if (path.size() == 5 && path.get(1).equals("added_tokens")) {
                addedToken(field, token, in);
            } else if (path.size() > 3 && path.get(1).equals("decoder") && field.equals("type")) {
                joinsBytes |= token == JsonToken.VALUE_STRING && in.getText().equals("ByteFallback");
            }
        }

        private void addedToken(String field, JsonToken token, JsonParser in) throws IOException {
            if (field.equals("content") && token == JsonToken.VALUE_STRING) {
                added.add(in.getText());
                longest = Math.max(longest, in.getText().length());
            } else if (field.equals("id") && token == JsonToken.VALUE_NUMBER_INT) {
                addedId = in.getIntValue();
                known("", addedId);
            } else if (field.equals("special") && token == JsonToken.VALUE_TRUE) {
                special.set(addedId);
            }
        }

        private void known(String text, int id) throws IOException {
            if (id < 0 || id > MAX_ID) {
                throw new IOException("token id " + id + " is not between 0 and " + MAX_ID);
            }
            vocabulary = Math.max(vocabulary, id + 1);
            longest = Math.max(longest, text.length());
            if (text.length() == 6 && text.startsWith("<0x") && text.endsWith(">")) {
                bytes.set(id);
            }
        }
    }
}
