package dev.plimsoll.server.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request that cannot be served, in the shape that OpenAI clients expect.
 *
 * @see <a href="https://platform.openai.com/docs/guides/error-codes">error codes</a>
 */
public final class ApiException extends RuntimeException {
    private static final String INVALID = "invalid_request_error";
    private static final String SERVER = "server_error";

    private final int status;
    private final String type;
    private final @Nullable String param;
    private final @Nullable String code;
    private final @Nullable Duration retryAfter;

    private ApiException(
            int status,
            String type,
            @Nullable String param,
            @Nullable String code,
            @Nullable Duration retryAfter,
            String message) {
        super(message);
        this.status = status;
        this.type = type;
        this.param = param;
        this.code = code;
        this.retryAfter = retryAfter;
    }

    private static ApiException of(int status, String type, @Nullable String code, String message) {
        return new ApiException(status, type, null, code, null, message);
    }

    /**
     * A request that is wrong.
     *
     * @param param the field that is; null when none is to blame
     */
    public static ApiException invalid(@Nullable String param, String message) {
        return new ApiException(400, INVALID, param, null, null, message);
    }

    /** More tokens than a sequence holds. */
    public static ApiException contextLength(String param, String message) {
        return new ApiException(400, INVALID, param, "context_length_exceeded", null, message);
    }

    public static ApiException unauthorized(String message) {
        return of(401, INVALID, "invalid_api_key", message);
    }

    public static ApiException modelNotFound(String message) {
        return new ApiException(404, INVALID, "model", "model_not_found", null, message);
    }

    public static ApiException notFound(String message) {
        return of(404, INVALID, "not_found", message);
    }

    public static ApiException methodNotAllowed(String message) {
        return of(405, INVALID, "method_not_allowed", message);
    }

    public static ApiException timeout(String message) {
        return of(408, INVALID, "request_timeout", message);
    }

    public static ApiException tooLarge(String message) {
        return of(413, INVALID, "request_too_large", message);
    }

    /** Too many requests. */
    public static ApiException overloaded(Duration retryAfter, String message) {
        return new ApiException(429, "rate_limit_error", null, "overloaded", retryAfter, message);
    }

    /** Starting or draining, or out of memory for requests. */
    public static ApiException unavailable(Duration retryAfter, String code, String message) {
        return new ApiException(503, SERVER, null, code, retryAfter, message);
    }

    public static ApiException internal(String message) {
        return of(500, SERVER, "internal_error", message);
    }

    /** The answer was not complete when its time was over. */
    public static ApiException late(String message) {
        return of(504, SERVER, "deadline_exceeded", message);
    }

    /** HTTP status. */
    public int status() {
        return status;
    }

    /** What is wrong, in a word, for machines: the code where there is one, else the type. */
    public String cause() {
        return code == null ? type : code;
    }

    /** When to try again; null when that helps nothing. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    public Body body() {
        return new Body(new Body.Details(String.valueOf(getMessage()), type, param, code));
    }

    /** What clients get. */
    public record Body(Details error) {
        /** Null values are part of the shape. */
        @JsonInclude(JsonInclude.Include.ALWAYS)
        public record Details(
                String message,
                String type,
                @Nullable String param,
                @Nullable String code) {}
    }
}
