package dev.plimsoll.api.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What runs the steps of a model.
 *
 * @param name {@value #KERNELS}, Plimsoll's own on an NVIDIA GPU, or {@value #LIBTORCH}; others may come
 * @param maxBatchedTokens tokens of one step, of decoding sequences and of prompts together
 * @param reason why no kernels run them; absent when they do
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record EngineReport(
        String name, int maxBatchedTokens, @Nullable String reason) {
    public static final String KERNELS = "kernels";
    public static final String LIBTORCH = "libtorch";
}
