package dev.plimsoll.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.completions.CompletionCreateParams;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** OpenAI's own client for Java: what it sends is taken, what it gets it understands. */
class OpenAiJavaClientTest {
    private static RandomApi api;
    private static OpenAIClient client;

    /** What an answer is to be. */
    @SuppressWarnings("unused")
    static final class Person {
        public String name = "";
        public long age;
        public Mood mood = Mood.CALM;
        public List<Boolean> answers = List.of();

        enum Mood {
            CALM,
            ANGRY
        }
    }

    @BeforeAll
    static void open() {
        api = new RandomApi();
        client = OpenAIOkHttpClient.builder()
                .baseUrl(api.url())
                .apiKey("any")
                .maxRetries(3)
                .build();
    }

    @AfterAll
    static void close() {
        client.close();
        api.close();
    }

    private static ChatCompletionCreateParams.Builder chat() {
        return ChatCompletionCreateParams.builder()
                .model(RandomApi.NAME)
                .addSystemMessage("Be brief.")
                .addUserMessage("Who are you?")
                .maxCompletionTokens(6000);
    }

    @Test
    void anAnswerAndItsCounts() {
        ChatCompletion answer = client.chat()
                .completions()
                .create(chat().maxCompletionTokens(20).build());
        assertThat(answer.choices()).hasSize(1);
        assertThat(answer.choices().getFirst().message().content()).isPresent();
        assertThat(answer.usage().orElseThrow().completionTokens()).isBetween(1L, 20L);
    }

    @Test
    void aStreamIsGathered() {
        ChatCompletionAccumulator gathered = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> chunks = client.chat()
                .completions()
                .createStreaming(chat().maxCompletionTokens(50).build())) {
            chunks.stream().forEach(gathered::accumulate);
        }
        assertThat(gathered.chatCompletion().choices().getFirst().finishReason().toString())
                .isIn("stop", "length");
    }

    @Test
    void anAnswerIsReadIntoItsClass() {
        var answer = client.chat()
                .completions()
                .create(chat().responseFormat(Person.class).build());
        Person person = answer.choices().getFirst().message().content().orElseThrow();
        assertThat(person.mood).isNotNull();
        assertThat(person.answers).isNotNull();
    }

    @Test
    void aToolIsCalledWhenItMustBe() {
        var answer = client.chat()
                .completions()
                .create(chat().addTool(Person.class)
                        .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
                        .parallelToolCalls(false)
                        .build());
        var calls = answer.choices().getFirst().message().toolCalls().orElseThrow();
        assertThat(calls).hasSize(1);
        assertThat(calls.getFirst().asFunction().function().arguments(Person.class).mood)
                .isNotNull();
    }

    @Test
    void completionsOfSeveralPrompts() {
        var answer = client.completions()
                .create(CompletionCreateParams.builder()
                        .model(RandomApi.NAME)
                        .promptOfArrayOfStrings(List.of("one", "two"))
                        .n(2)
                        .maxTokens(3)
                        .echo(true)
                        .build());
        assertThat(answer.choices()).hasSize(4);
        assertThat(answer.choices().getFirst().text()).startsWith("one");
        assertThat(answer.choices().getLast().text()).startsWith("two");
    }

    @Test
    void aServerThatIsNotReadyIsAskedAgain() {
        api.unready = 1;
        assertThat(client.chat()
                        .completions()
                        .create(chat().maxCompletionTokens(1).build())
                        .choices())
                .hasSize(1);
        assertThat(api.unready).isZero();
    }

    @Test
    void errorsAreTheClientsOwn() {
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(chat().putAdditionalBodyProperty("no_such_field", com.openai.core.JsonValue.from(1))
                                .build()))
                .isInstanceOfSatisfying(BadRequestException.class, error -> assertThat(error.param())
                        .contains("no_such_field"));
        assertThatThrownBy(() ->
                        client.chat().completions().create(chat().model("other").build()))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void models() {
        assertThat(client.models().list().data())
                .extracting(model -> model.id())
                .containsExactly(RandomApi.NAME);
        assertThat(client.models().retrieve(RandomApi.NAME).id()).isEqualTo(RandomApi.NAME);
    }
}
