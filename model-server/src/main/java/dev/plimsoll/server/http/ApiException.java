package dev.plimsoll.server.http;

import org.jspecify.annotations.Nullable;

/**
 * A request that cannot be served, in the shape that OpenAI clients expect.
 *
 * @see <a href="https://platform.openai.com/docs/guides/error-codes">error codes</a>
 */
final class ApiException extends RuntimeException {
    private final int status;
    private final String type;
    private final @Nullable String param;
    private final @Nullable String code;

    private ApiException(int status, String type, @Nullable String param, @Nullable String code, String message) {
        super(message);
        this.status = status;
        this.type = type;
        this.param = param;
        this.code = code;
    }

    static ApiException invalid(@Nullable String param, String message) {
        return new ApiException(400, "invalid_request_error", param, null, message);
    }

    static ApiException contextLength(String message) {
        return new ApiException(400, "invalid_request_error", "messages", "context_length_exceeded", message);
    }

    static ApiException modelNotFound(String message) {
        return new ApiException(404, "invalid_request_error", "model", "model_not_found", message);
    }

    static ApiException notFound(String message) {
        return new ApiException(404, "invalid_request_error", null, "not_found", message);
    }

    static ApiException tooLarge(String message) {
        return new ApiException(413, "invalid_request_error", null, null, message);
    }

    static ApiException overloaded(String message) {
        return new ApiException(429, "rate_limit_error", null, "overloaded", message);
    }

    static ApiException notReady(String message) {
        return new ApiException(503, "server_error", null, "not_ready", message);
    }

    static ApiException internal(String message) {
        return new ApiException(500, "server_error", null, null, message);
    }

    int status() {
        return status;
    }

    ErrorBody body() {
        return new ErrorBody(new ErrorBody.Details(getMessage(), type, param, code));
    }

    record ErrorBody(Details error) {
        record Details(
                @Nullable String message,
                String type,
                @Nullable String param,
                @Nullable String code) {}
    }
}
