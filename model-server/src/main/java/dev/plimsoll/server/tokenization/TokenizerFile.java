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
 * @param addedBegin where in it the list of added tokens begins, with its colon
 * @param addedEnd behind that list; the same where there is none
 * @param vocabulary every id is below
 * @param longest characters of the longest token
 * @param added contents of the added tokens
 * @param bytes ids of tokens that stand for one byte ({@code <0x0A>}), where the decoder joins them to characters
 * @param special ids of tokens that are not part of a text
 * @param tokens how each token is written
 * @param writing in which way
 */
record TokenizerFile(
        String json,
        int addedBegin,
        int addedEnd,
        int vocabulary,
        int longest,
        Set<String> added,
        BitSet bytes,
        BitSet special,
        TokenBytes tokens,
        TokenBytes.Writing writing) {
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
        return new TokenizerFile("", 0, 0, vocabulary, longest, added, bytes, special, tokens, writing);
    }

    /** What the library is given where a text is to be nothing but text: it knows no added tokens. */
    String jsonWithoutAdded() {
        return addedBegin == addedEnd ? json : json.substring(0, addedBegin) + ":[]" + json.substring(addedEnd);
    }

    /** Reads the file; null when there is none. */
    static @Nullable TokenizerFile read(CheckpointStore checkpoint) throws IOException {
        byte[] file = checkpoint.small(NAME, MAX_BYTES);
        return file == null ? null : new Reading().read(file);
    }

    /** One pass over the document: each token is copied, and looked at where it says something of a token. */
    private static final class Reading {
        /** Before names in a path: a token may be called as an object or a list begins. */
        private static final String NAME_MARK = ".";

        private final List<String> path = new ArrayList<>();
        private final BitSet bytes = new BitSet();
        private final BitSet special = new BitSet();
        private final Set<String> added = new HashSet<>();
        private int addedBegin;
        private int addedEnd;
        private int vocabulary;
        private int longest = 1;
        private final TokenBytes tokens = new TokenBytes();
        private boolean joinsBytes;
        private boolean byteLevel;
        private boolean metaspace;
        private String addedContent = "";
        private boolean addedSpecial;
        private int listed;
        private int addedId;

        TokenizerFile read(byte[] file) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream(file.length);
            try (JsonParser in = FACTORY.createParser(file);
                    JsonGenerator copy = FACTORY.createGenerator(out)) {
                for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
                    boolean begins = token == JsonToken.START_ARRAY && isAt("added_tokens");
                    if (begins) {
                        addedBegin = written(copy, out);
                    }
                    copy.copyCurrentEvent(in);
                    look(token, in);
                    if (token == JsonToken.END_ARRAY && path.size() == 1 && addedEnd < addedBegin) {
                        addedEnd = written(copy, out);
                    }
                }
            }
            return new TokenizerFile(
                    out.toString(StandardCharsets.ISO_8859_1),
                    addedBegin,
                    addedEnd,
                    vocabulary,
                    longest,
                    added,
                    joinsBytes ? bytes : new BitSet(),
                    special,
                    tokens.whole(),
                    writing());
        }

        private static int written(JsonGenerator copy, ByteArrayOutputStream out) throws IOException {
            copy.flush();
            return out.size();
        }

        private TokenBytes.Writing writing() {
            if (byteLevel) {
                return TokenBytes.Writing.BYTE_LEVEL;
            }
            return metaspace ? TokenBytes.Writing.METASPACE : TokenBytes.Writing.UNKNOWN;
        }

        private void look(JsonToken token, JsonParser in) throws IOException {
            switch (token) {
                case FIELD_NAME -> path.add(NAME_MARK + in.currentName());
                case START_OBJECT, START_ARRAY -> path.add(token == JsonToken.START_ARRAY ? "[" : "{");
                case END_OBJECT, END_ARRAY -> {
                    if (token == JsonToken.END_OBJECT
                            && path.size() == 4
                            && path.get(1).equals(NAME_MARK + "added_tokens")) {
                        addedTokenEnds();
                    }
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
            if (!path.isEmpty() && path.getLast().startsWith(NAME_MARK)) {
                path.removeLast();
            }
        }

        private boolean isAt(String... fields) {
            if (path.size() != fields.length * 2) {
                return false;
            }
            for (int i = 0; i < fields.length; i++) {
                if (!path.get(i * 2 + 1).equals(NAME_MARK + fields[i])) {
                    return false;
                }
            }
            return true;
        }

        private void value(JsonToken token, JsonParser in) throws IOException {
            boolean named = !path.isEmpty() && path.getLast().startsWith(NAME_MARK);
            String field = named ? path.getLast().substring(NAME_MARK.length()) : "";
            boolean inVocabulary = path.size() == 6
                    && path.get(1).equals(NAME_MARK + "model")
                    && path.get(3).equals(NAME_MARK + "vocab")
                    && path.get(4).equals("{");
            boolean inList = path.size() == 6
                    && path.get(1).equals(NAME_MARK + "model")
                    && path.get(3).equals(NAME_MARK + "vocab")
                    && path.get(4).equals("[");
            if (inVocabulary && token == JsonToken.VALUE_NUMBER_INT) {
                vocabularyToken(field, in.getIntValue());
            } else if (inList && token == JsonToken.VALUE_STRING) {
                vocabularyToken(in.getText(), listed++);
            } else if (path.size() == 5 && path.get(1).equals(NAME_MARK + "added_tokens")) {
                addedToken(field, token, in);
            } else if (path.size() > 3
                    && path.get(1).equals(NAME_MARK + "decoder")
                    && token == JsonToken.VALUE_STRING) {
                decoder(field, in.getText());
            }
        }

        private void decoder(String field, String value) {
            if (field.equals("type")) {
                joinsBytes |= value.equals("ByteFallback");
                byteLevel |= value.equals("ByteLevel");
                metaspace |= value.equals("Metaspace");
            }
            metaspace |= field.equals("String") && value.equals("\u2581");
        }

        private void addedToken(String field, JsonToken token, JsonParser in) throws IOException {
            if (field.equals("content") && token == JsonToken.VALUE_STRING) {
                added.add(in.getText());
                longest = Math.max(longest, in.getText().length());
                addedContent = in.getText();
            } else if (field.equals("id") && token == JsonToken.VALUE_NUMBER_INT) {
                addedId = in.getIntValue();
                known("", addedId);
            } else if (field.equals("special") && token == JsonToken.VALUE_TRUE) {
                addedSpecial = true;
            }
        }

        /** Behind what is said of an added token, in whatever order. */
        private void addedTokenEnds() {
            tokens.put(addedId, addedContent, true);
            special.set(addedId, addedSpecial || special.get(addedId));
            addedSpecial = false;
        }

        private void vocabularyToken(String text, int id) throws IOException {
            known(text, id);
            tokens.put(id, text, false);
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
