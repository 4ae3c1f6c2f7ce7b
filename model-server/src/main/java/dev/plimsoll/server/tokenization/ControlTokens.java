package dev.plimsoll.server.tokenization;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts marks around the added tokens in what a client wrote, so that behind the template they can be told from those that
 * the template wrote. The marks are noncharacters of Unicode, and are taken out of the client's text before.
 */
final class ControlTokens {
    static final char BEGIN = '\uFDD0';
    static final char END = '\uFDD1';

    private final Map<Character, List<String>> byFirst = new HashMap<>();

    ControlTokens(Set<String> added) {
        for (String token : added) {
            if (!token.isBlank()) {
                byFirst.computeIfAbsent(token.charAt(0), first -> new ArrayList<>())
                        .add(token);
            }
        }
        byFirst.values()
                .forEach(tokens ->
                        tokens.sort(Comparator.comparingInt(String::length).reversed()));
    }

    ChatInput marked(ChatInput input) {
        return new ChatInput(
                maps(input.messages()),
                input.tools() == null ? null : maps(input.tools()),
                input.documents() == null ? null : maps(input.documents()),
                map(input.variables()),
                input.addGenerationPrompt(),
                input.continueFinalMessage());
    }

    private List<Map<String, Object>> maps(List<? extends Map<String, ?>> maps) {
        List<Map<String, Object>> marked = new ArrayList<>();
        maps.forEach(each -> marked.add(map(each)));
        return marked;
    }

    private Map<String, Object> map(Map<?, ?> map) {
        Map<String, Object> marked = new LinkedHashMap<>();
        map.forEach((key, value) -> marked.put(String.valueOf(key), value(value)));
        return marked;
    }

    private @Nullable Object value(@Nullable Object value) {
        return switch (value) {
            case CharSequence text -> text(text.toString());
            case Map<?, ?> map -> map(map);
            case Collection<?> list -> {
                List<@Nullable Object> marked = new ArrayList<>();
                list.forEach(item -> marked.add(value(item)));
                yield marked;
            }
            case null -> null;
            default -> value;
        };
    }

    String text(String given) {
        String text = given.replace(String.valueOf(BEGIN), "").replace(String.valueOf(END), "");
        StringBuilder marked = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            String token = tokenAt(text, at);
            if (token == null) {
                marked.append(text.charAt(at));
                at++;
            } else {
                marked.append(BEGIN).append(token).append(END);
                at += token.length();
            }
        }
        return marked.toString();
    }

    private @Nullable String tokenAt(String text, int at) {
        for (String token : byFirst.getOrDefault(text.charAt(at), List.of())) {
            if (text.startsWith(token, at)) {
                return token;
            }
        }
        return null;
    }
}
