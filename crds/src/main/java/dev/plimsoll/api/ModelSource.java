package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * Which checkpoint to serve, and under which name.
 *
 * @param uri where the checkpoint directory is
 * @param servedName the model name that OpenAI clients use; null means the resource's name
 * @param directReads whether weights are read past the page cache of the node
 */
@ValidationRule(
        value = "self.uri.matches('^(pvc://[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*(/[^/]+)*/?"
                + "|file:///[^/]+(/[^/]+)*/?)$')",
        fieldPath = ".uri",
        message = "model.uri must be pvc://CLAIM/PATH (a PersistentVolumeClaim of the same namespace)"
                + " or file:///PATH (a folder on the node, where the operator allows it)")
@ValidationRule(
        value = "!self.uri.matches('(^|/)[.][.]?(/|$)')",
        fieldPath = ".uri",
        message = "model.uri must not contain the path segments '.' or '..'")
@ValidationRule(
        value = "!self.uri.matches('[[:cntrl:]]')",
        fieldPath = ".uri",
        message = "model.uri must not contain control characters")
@ValidationRule(
        value = "!self.uri.matches('^pvc://[^/]{254}')",
        fieldPath = ".uri",
        message = "model.uri names a PersistentVolumeClaim whose name is longer than a name may be: at most 253"
                + " characters")
@JsonIgnoreProperties(ignoreUnknown = true)
public record ModelSource(
        @Required @Size(max = 1024) @JsonPropertyDescription("""
                The checkpoint directory in Hugging Face layout (config.json, safetensors). pvc://CLAIM/PATH reads a \
                PersistentVolumeClaim of the same namespace; file:///PATH reads a folder of the node and is refused \
                unless the operator allows it.""")
        String uri,

        @Size(min = 1, max = 256)
        @JsonPropertyDescription("The model name that OpenAI clients use. Default: the resource's name.")
        @Nullable
        String servedName,

        @Default("false") @JsonPropertyDescription("""
                Read weights past the node's page cache (O_DIRECT), so that a load neither fills it nor evicts what \
                other processes hold there. Cost: files that are in the cache already are read from storage all the \
                same, which is slower, and weights that live on disk are at each step. Where the file system allows \
                no direct reads they go through the cache, and the server's log says so. Default: false.""") boolean directReads) {

    /** Read through the page cache. */
    public ModelSource(String uri, @Nullable String servedName) {
        this(uri, servedName, false);
    }
}
