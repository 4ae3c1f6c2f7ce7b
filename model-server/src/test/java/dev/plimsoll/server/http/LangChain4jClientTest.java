package dev.plimsoll.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** LangChain4j's client: what it sends is taken, what it gets it understands. */
class LangChain4jClientTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonObjectSchema WEATHER = JsonObjectSchema.builder()
            .addEnumProperty("city", List.of("Lyon", "Oslo"))
            .addEnumProperty("unit", List.of("celsius", "fahrenheit"))
            .addIntegerProperty("days")
            .required("city", "unit", "days")
            .additionalProperties(false)
            .build();

    private static RandomApi api;

    @BeforeAll
    static void open() {
        api = new RandomApi();
    }

    @AfterAll
    static void close() {
        api.close();
    }

    private static OpenAiChatModel model(int maxTokens) {
        return OpenAiChatModel.builder()
                .baseUrl(api.url())
                .apiKey("any")
                .modelName(RandomApi.NAME)
                .maxCompletionTokens(maxTokens)
                .strictJsonSchema(true)
                .build();
    }

    @Test
    void anAnswerAndItsCounts() {
        ChatResponse answer = model(20)
                .chat(ChatRequest.builder()
                        .messages(UserMessage.from("Who are you?"))
                        .build());
        assertThat(answer.tokenUsage().outputTokenCount()).isBetween(1, 20);
    }

    @Test
    void anAnswerFitsItsSchema() throws Exception {
        ChatResponse answer = model(6000)
                .chat(ChatRequest.builder()
                        .messages(UserMessage.from("How is the weather?"))
                        .responseFormat(ResponseFormat.builder()
                                .type(ResponseFormatType.JSON)
                                .jsonSchema(JsonSchema.builder()
                                        .name("Weather")
                                        .rootElement(WEATHER)
                                        .build())
                                .build())
                        .build());
        assertIsWeather(answer.aiMessage().text());
    }

    private static void assertIsWeather(String json) throws Exception {
        JsonNode weather = JSON.readTree(json);
        assertThat(weather.path("city").isTextual()).isTrue();
        assertThat(weather.path("unit").asText()).isIn("celsius", "fahrenheit");
        assertThat(weather.path("days").isIntegralNumber()).isTrue();
    }

    private static ChatRequest.Builder withTool(UserMessage message) {
        return ChatRequest.builder()
                .messages(message)
                .toolSpecifications(ToolSpecification.builder()
                        .name("weather")
                        .description("The weather to come")
                        .parameters(WEATHER)
                        .build());
    }

    @Test
    void aToolIsCalledAndItsResultIsTaken() throws Exception {
        UserMessage question = UserMessage.from("How is the weather in Lyon?");
        ChatResponse answer = model(6000)
                .chat(withTool(question).toolChoice(ToolChoice.REQUIRED).build());
        ToolExecutionRequest call = answer.aiMessage().toolExecutionRequests().getFirst();
        assertThat(call.name()).isEqualTo("weather");
        assertIsWeather(call.arguments());
        ChatResponse next = model(20)
                .chat(ChatRequest.builder()
                        .messages(question, answer.aiMessage(), ToolExecutionResultMessage.from(call, "Rain"))
                        .build());
        assertThat(next.tokenUsage().inputTokenCount())
                .isGreaterThan(answer.tokenUsage().outputTokenCount());
    }

    @Test
    void aStreamIsGathered() throws Exception {
        OpenAiStreamingChatModel model = OpenAiStreamingChatModel.builder()
                .baseUrl(api.url())
                .apiKey("any")
                .modelName(RandomApi.NAME)
                .maxCompletionTokens(6000)
                .build();
        StringBuilder pieces = new StringBuilder();
        CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
        model.chat(
                ChatRequest.builder()
                        .messages(UserMessage.from("JSON, please."))
                        .responseFormat(ResponseFormat.builder()
                                .type(ResponseFormatType.JSON)
                                .jsonSchema(JsonSchema.builder()
                                        .name("Weather")
                                        .rootElement(WEATHER)
                                        .build())
                                .build())
                        .build(),
                new StreamingChatResponseHandler() {
                    @Override
                    public void onPartialResponse(String piece) {
                        pieces.append(piece);
                    }

                    @Override
                    public void onCompleteResponse(ChatResponse response) {
                        whole.complete(response);
                    }

                    @Override
                    public void onError(Throwable error) {
                        whole.completeExceptionally(error);
                    }
                });
        ChatResponse response = whole.get(60, TimeUnit.SECONDS);
        assertThat(response.aiMessage().text()).hasToString(pieces.toString());
        assertIsWeather(pieces.toString());
    }

    @Test
    void errorsAreTheClientsOwn() {
        ChatRequest wrong = ChatRequest.builder()
                .messages(UserMessage.from("x"))
                .temperature(9.0)
                .build();
        assertThatThrownBy(() -> model(20).chat(wrong))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("temperature must be a number from 0 to 2");
    }
}
