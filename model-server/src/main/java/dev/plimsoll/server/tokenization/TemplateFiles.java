package dev.plimsoll.server.tokenization;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a checkpoint's files say about chats, read as transformers reads them.
 *
 * @param sources templates by name; {@code default} is the one without a name
 * @param origin the file that they are from
 * @param specialTokens by the name that templates know them by, such as {@code bos_token}
 */
record TemplateFiles(Map<String, String> sources, String origin, Map<String, String> specialTokens) {
    static final String DEFAULT = "default";

    private static final String CONFIG = "tokenizer_config.json";
    private static final String JINJA = "chat_template.jinja";
    private static final String JSON = "chat_template.json";
    private static final String MORE = "additional_chat_templates";
    private static final String TOKENS = "special_tokens_map.json";
    private static final int MAX_TEMPLATES = 64;

    static TemplateFiles read(Path checkpoint) {
        JsonNode config = SmallFile.json(checkpoint.resolve(CONFIG));
        Map<String, String> tokens = new LinkedHashMap<>();
        addTokens(SmallFile.json(checkpoint.resolve(TOKENS)), tokens);
        addTokens(config, tokens);
        addNamed(config.path("extra_special_tokens"), tokens);
        Map<String, String> sources = files(checkpoint);
        if (!sources.isEmpty()) {
            return new TemplateFiles(sources, sources.containsKey(DEFAULT) ? JINJA : MORE, tokens);
        }
        sources = templates(config.path("chat_template"));
        if (!sources.isEmpty()) {
            return new TemplateFiles(sources, CONFIG, tokens);
        }
        JsonNode json = SmallFile.json(checkpoint.resolve(JSON));
        return new TemplateFiles(templates(json.path("chat_template")), JSON, tokens);
    }

    private static Map<String, String> files(Path checkpoint) {
        Map<String, String> sources = new TreeMap<>();
        if (Files.isRegularFile(checkpoint.resolve(JINJA))) {
            sources.put(DEFAULT, SmallFile.text(checkpoint.resolve(JINJA)));
        }
        Path folder = checkpoint.resolve(MORE);
        if (!Files.isDirectory(folder)) {
            return sources;
        }
        try (DirectoryStream<Path> more = Files.newDirectoryStream(folder, "*.jinja")) {
            for (Path file : more) {
                String name = String.valueOf(file.getFileName());
                sources.put(name.substring(0, name.length() - ".jinja".length()), SmallFile.text(file));
                if (sources.size() > MAX_TEMPLATES) {
                    throw new PlimsollException(
                            Reason.InvalidCheckpoint, MORE + " holds more than " + MAX_TEMPLATES + " templates");
                }
            }
        } catch (IOException e) {
            throw new PlimsollException(Reason.ReadFailed, "cannot list " + folder + ": " + e, e);
        }
        return sources;
    }

    /** One template, or a list of those with a name. */
    private static Map<String, String> templates(JsonNode node) {
        Map<String, String> sources = new TreeMap<>();
        if (node.isTextual()) {
            sources.put(DEFAULT, node.textValue());
        }
        if (node.isArray() && node.size() <= MAX_TEMPLATES) {
            for (JsonNode each : node) {
                if (each.path("name").isTextual() && each.path("template").isTextual()) {
                    sources.put(
                            each.path("name").textValue(), each.path("template").textValue());
                }
            }
        }
        return sources;
    }

    private static void addTokens(JsonNode config, Map<String, String> tokens) {
        for (String name :
                new String[] {"bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"
                }) {
            add(name, config.path(name), tokens);
        }
    }

    private static void addNamed(JsonNode extra, Map<String, String> tokens) {
        if (extra.isObject()) {
            extra.properties().forEach(entry -> add(entry.getKey(), entry.getValue(), tokens));
        }
    }

    /** A token is a text, or an object that says more of it. */
    private static void add(String name, JsonNode token, Map<String, String> tokens) {
        JsonNode text = token.isObject() ? token.path("content") : token;
        if (text.isTextual()) {
            tokens.put(name, text.textValue());
        }
    }
}
