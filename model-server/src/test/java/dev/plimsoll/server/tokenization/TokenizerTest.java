package dev.plimsoll.server.tokenization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.server.PlimsollException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against what the reference library made of small tokenizers of each kind (e2e/model/tokenizer_goldens.py). */
class TokenizerTest {
    private static final Path FOLDER = Path.of("src/test/resources/tokenizers");
    private static final Map<String, Tokenizer> OPEN = new HashMap<>();

    private static Tokenizer tokenizer(String kind) {
        return OPEN.computeIfAbsent(kind, name -> Objects.requireNonNull(Tokenizer.open(FOLDER.resolve(name))));
    }

    @AfterAll
    static void close() {
        OPEN.values().forEach(Tokenizer::close);
        OPEN.clear();
    }

    private static JsonNode goldens() throws IOException {
        return new ObjectMapper().readTree(FOLDER.resolve("goldens.json").toFile());
    }

    private static int[] ints(JsonNode ids) {
        return ids.valueStream().mapToInt(JsonNode::intValue).toArray();
    }

    @Test
    void idsAreTheReferences() throws IOException {
        JsonNode encoded = goldens().path("encoded");
        assertThat(encoded).hasSizeGreaterThan(100);
        for (JsonNode expected : encoded) {
            Tokenizer tokenizer = tokenizer(expected.path("tokenizer").textValue());
            String text = expected.path("text").textValue();
            assertThat(tokenizer.encode(text, false, 1000))
                    .as("%s", expected)
                    .containsExactly(ints(expected.path("ids")));
            assertThat(tokenizer.encode(text, true, 1000))
                    .as("%s", expected)
                    .containsExactly(ints(expected.path("special")));
        }
    }

    /** Also behind tokens that are written as JSON's own characters are. */
    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "qwen", "llama2", "unigram", "wordpiece"})
    void everyTokenOfTheVocabularyIsCounted(String kind) throws IOException {
        JsonNode file = new ObjectMapper()
                .readTree(FOLDER.resolve(kind).resolve("tokenizer.json").toFile());
        int added = file.path("added_tokens")
                .valueStream()
                .mapToInt(token -> token.path("id").intValue() + 1)
                .max()
                .orElse(0);
        assertThat(tokenizer(kind).vocabulary())
                .isEqualTo(Math.max(added, file.at("/model/vocab").size()));
    }

    @Test
    void bytesOfTokensAreTheReferencesTexts() throws IOException {
        int compared = 0;
        for (JsonNode expected : goldens().path("decoded")) {
            String kind = expected.path("tokenizer").textValue();
            String text = expected.path("text").textValue();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            boolean known = true;
            for (int id : ints(expected.path("ids"))) {
                byte[] token = tokenizer(kind).bytes(id);
                known &= token != null || tokenizer(kind).isSpecial(id);
                bytes.writeBytes(token == null ? new byte[0] : token);
            }
            assertThat(known).as("%s", expected).isEqualTo(!kind.equals("wordpiece") || text.isEmpty());
            if (known && !text.contains("\ufffd")) {
                String joined = bytes.toString(StandardCharsets.UTF_8);
                assertThat(joined.equals(text) || joined.equals(" " + text))
                        .as("%s is %s", expected, joined)
                        .isTrue();
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(100);
    }

    @Test
    void textsAreTheReferences() throws IOException {
        JsonNode decoded = goldens().path("decoded");
        assertThat(decoded).hasSizeGreaterThan(200);
        for (JsonNode expected : decoded) {
            Tokenizer tokenizer = tokenizer(expected.path("tokenizer").textValue());
            int[] ids = ints(expected.path("ids"));
            assertThat(tokenizer.text(ids))
                    .as("%s", expected)
                    .isEqualTo(expected.path("text").textValue());
            assertThat(streamed(tokenizer, ids))
                    .as("%s", expected)
                    .isEqualTo(expected.path("text").textValue());
        }
    }

    private static String streamed(Tokenizer tokenizer, int[] ids) {
        TextStream stream = new TextStream(tokenizer, List.of());
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(stream.add(id));
        }
        return text.append(stream.end()).toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama3", "qwen", "llama2", "mistral", "gemma", "unigram", "wordpiece"})
    void aStreamIsTheWholeText(String kind) {
        Tokenizer tokenizer = tokenizer(kind);
        Random random = new Random(kind.hashCode());
        int[] emoji = tokenizer.encode("\uD83D\uDEA2 \uD83D\uDC68\u200D\uD83D\uDC69 \u8239 \u00E9t\u00E9", false, 1000);
        for (int round = 0; round < 150; round++) {
            List<Integer> ids = new ArrayList<>();
            int size = random.nextInt(1, round % 10 == 0 ? 300 : 60);
            while (ids.size() < size) {
                int choice = random.nextInt(10);
                if (choice == 0) {
                    int length = random.nextInt(emoji.length + 1);
                    for (int i = 0; i < length; i++) {
                        ids.add(emoji[i]);
                    }
                } else {
                    int highest = choice < 6 ? Math.min(300, tokenizer.vocabulary()) : tokenizer.vocabulary();
                    ids.add(random.nextInt(highest));
                }
            }
            int[] tokens = ids.stream().mapToInt(Integer::intValue).toArray();
            assertThat(streamed(tokenizer, tokens)).as("%s", ids).isEqualTo(tokenizer.text(tokens));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama2", "mistral", "gemma", "unigram", "wordpiece"})
    void aContinuationIsWhatThePromptLacks(String kind) {
        Tokenizer tokenizer = tokenizer(kind);
        String whole = "the ship carries a load line, and it sits deep today; the owner wanted ships to come home.";
        int[] ids = tokenizer.encode(whole, false, 1000);
        for (int cut = 1; cut < ids.length; cut++) {
            int[] prompt = java.util.Arrays.copyOf(ids, cut);
            TextStream stream = TextStream.after(tokenizer, prompt, List.of(), Set.of());
            StringBuilder text = new StringBuilder();
            for (int i = cut; i < ids.length; i++) {
                text.append(stream.add(ids[i]));
            }
            text.append(stream.end());
            assertThat(tokenizer.text(prompt) + text).as("cut at %d", cut).isEqualTo(tokenizer.text(ids));
        }
    }

    @Test
    void aStreamEndsAtTheFirstStop() {
        Tokenizer tokenizer = tokenizer("llama2");
        TextStream stream = new TextStream(tokenizer, List.of("line \u8239 X", " sits"));
        StringBuilder text = new StringBuilder();
        for (int id : tokenizer.encode("load line \u8239 here it sits today", false, 1000)) {
            text.append(stream.add(id));
        }
        assertThat(text.append(stream.end())).hasToString("load line \u8239 here it");
        assertThat(stream.isStopped()).isTrue();
    }

    @Test
    void aTextThatCannotFitIsRefusedBeforeItIsEncoded() {
        Tokenizer tokenizer = tokenizer("gpt2");
        String prose = "how deep it sits today, ".repeat(200_000);
        assertThatThrownBy(() -> tokenizer.encode(prose, true, 4096))
                .isInstanceOf(TextTooLong.class)
                .hasMessageContaining("at most 4096 tokens");
        assertThatThrownBy(() -> tokenizer.encode(prose, true, 400_000)).isInstanceOf(TextTooLong.class);
        assertThatThrownBy(() -> tokenizer.encode("how deep it sits today", true, 2))
                .isInstanceOf(TextTooLong.class);
    }

    @Test
    void aLongTextThatFitsIsEncodedAsAWhole() {
        Tokenizer tokenizer = tokenizer("gpt2");
        String prose = "how deep it sits today, ".repeat(8000);
        int[] ids = tokenizer.encode(prose, false, 200_000);
        assertThat(tokenizer.text(ids)).isEqualTo(prose);
    }

    @Test
    void manyLargeTextsAtOnceAreAllRefused() throws Exception {
        Tokenizer tokenizer = tokenizer("llama2");
        String prose = "how deep it sits today, ".repeat(60_000);
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            List<Callable<String>> calls = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                calls.add(() -> {
                    try {
                        return "encoded " + tokenizer.encode(prose, true, 100_000).length;
                    } catch (TextTooLong e) {
                        return "refused";
                    }
                });
            }
            for (var answer : threads.invokeAll(calls)) {
                assertThat(answer.get()).isEqualTo("refused");
            }
        }
    }

    @Test
    void halfACharacterIsNone() {
        Tokenizer tokenizer = tokenizer("gpt2");
        assertThat(tokenizer.text(tokenizer.encode("a\uD83Db", false, 100))).isEqualTo("a\uFFFDb");
    }

    @Test
    void theVocabularyHoldsAddedTokens() {
        Tokenizer tokenizer = tokenizer("qwen");
        int highest = tokenizer.encode("</tool_call>", false, 10)[0];
        assertThat(tokenizer.vocabulary()).isEqualTo(highest + 1);
        assertThat(tokenizer.added()).contains("<|im_start|>", "<tool_call>");
    }

    @Test
    void whatIsNoTokenizerIsRefused(@TempDir Path folder) throws IOException {
        assertThat(Tokenizer.open(folder)).isNull();
        for (String broken :
                List.of("", "{", "[]", "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}}}", "\u00ff")) {
            Files.writeString(folder.resolve("tokenizer.json"), broken);
            assertThatThrownBy(() -> Tokenizer.open(folder))
                    .isInstanceOf(PlimsollException.class)
                    .hasMessageContaining("tokenizer.json");
        }
    }
}
