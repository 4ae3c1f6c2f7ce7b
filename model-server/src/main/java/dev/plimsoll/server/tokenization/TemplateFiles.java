package dev.plimsoll.server.tokenization;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.checkpoint.CheckpointStore;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
    private static final String ENDING = ".jinja";
    private static final String MORE = "additional_chat_templates";
    private static final String TOKENS = "special_tokens_map.json";
    private static final int MAX_TEMPLATES = 64;

    static TemplateFiles read(Path folder) {
        CheckpointStore checkpoint = CheckpointStore.local(folder);
        JsonNode config = new SmallFile(checkpoint, CONFIG).json();
        Map<String, String> tokens = new LinkedHashMap<>();
        addTokens(new SmallFile(checkpoint, TOKENS).json(), tokens);
        addTokens(config, tokens);
        addNamed(config.path("extra_special_tokens"), tokens);
        Map<String, String> sources = files(folder, checkpoint);
        if (!sources.isEmpty()) {
            return new TemplateFiles(sources, sources.containsKey(DEFAULT) ? JINJA : MORE, tokens);
        }
        sources = templates(config.path("chat_template"));
        if (!sources.isEmpty()) {
            return new TemplateFiles(sources, CONFIG, tokens);
        }
        JsonNode json = new SmallFile(checkpoint, JSON).json();
        return new TemplateFiles(templates(json.path("chat_template")), JSON, tokens);
    }

    private static Map<String, String> files(Path folder, CheckpointStore checkpoint) {
        Map<String, String> sources = new TreeMap<>();
        String unnamed = new SmallFile(checkpoint, JINJA).text();
        if (unnamed != null) {
            sources.put(DEFAULT, unnamed);
        }
        for (String file : more(folder.resolve(MORE))) {
            String source = new SmallFile(checkpoint, MORE + "/" + file).text();
            if (source != null) {
                sources.put(file.substring(0, file.length() - ENDING.length()), source);
            }
        }
        return sources;
    }

    private static List<String> more(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + ENDING)) {
            for (Path file : files) {
                names.add(String.valueOf(file.getFileName()));
                if (names.size() > MAX_TEMPLATES) {
                    throw new PlimsollException(
                            Reason.InvalidCheckpoint, MORE + " holds more than " + MAX_TEMPLATES + " templates");
                }
            }
        } catch (IOException e) {
            throw new PlimsollException(Reason.ReadFailed, "cannot list " + folder + ": " + e, e);
        }
        return names;
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
