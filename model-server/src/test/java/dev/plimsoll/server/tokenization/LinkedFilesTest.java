package dev.plimsoll.server.tokenization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.server.PlimsollException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file whose text reaches clients is not read from outside the checkpoint, whatever links say. */
class LinkedFilesTest {
    @TempDir
    Path outside;

    @TempDir
    Path checkpoint;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chat_template.jinja",
                "chat_template.json",
                "tokenizer_config.json",
                "special_tokens_map.json",
                "additional_chat_templates/rag.jinja"
            })
    void templatesDoNotLeadOut(String file) throws Exception {
        Path secret = Files.writeString(outside.resolve("secret"), "{\"chat_template\": \"s3cret\"}");
        Files.createDirectories(checkpoint.resolve(file).getParent());
        Files.createSymbolicLink(checkpoint.resolve(file), secret);
        assertThatThrownBy(() -> ChatTemplate.open(checkpoint))
                .isInstanceOf(PlimsollException.class)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void aTokenizerDoesNotLeadOut() throws Exception {
        Path real = Path.of("src/test/resources/tokenizers/gpt2/tokenizer.json").toAbsolutePath();
        Files.createSymbolicLink(checkpoint.resolve("tokenizer.json"), real);
        assertThatThrownBy(() -> Tokenizer.open(checkpoint)).isInstanceOf(PlimsollException.class);
    }

    @Test
    void aFolderOfTemplatesDoesNotLeadOut() throws Exception {
        Files.writeString(outside.resolve("rag.jinja"), "s3cret");
        Files.createSymbolicLink(checkpoint.resolve("additional_chat_templates"), outside);
        assertThatThrownBy(() -> ChatTemplate.open(checkpoint)).isInstanceOf(PlimsollException.class);
    }

    @Test
    void linksWithinTheCheckpointAreFollowed() throws Exception {
        Files.writeString(checkpoint.resolve("blob"), "{{ messages[0].content }}");
        Files.createSymbolicLink(checkpoint.resolve("chat_template.jinja"), Path.of("blob"));
        assertThat(ChatTemplate.open(checkpoint)).isNotNull();
    }
}
