package dev.plimsoll.server.architecture;

import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** How far each layer looks back: tokens, itself included; 0 means to the beginning. */
final class Windows {
    private static final String SLIDING = "sliding_attention";
    private static final String FULL = "full_attention";

    private Windows() {}

    static List<Integer> none(int layers) {
        return Collections.nCopies(layers, 0);
    }

    /** One window for all layers, for families that know no {@code layer_types}: those may only say the same. */
    static List<Integer> everywhere(Config config, int layers, int window) {
        String type = window > 0 ? SLIDING : FULL;
        if (!config.layerTypes(layers, i -> type).stream().allMatch(type::equals)) {
            throw Config.unsupported("layer_types other than " + type + " with this model_type");
        }
        return Collections.nCopies(layers, window);
    }

    /** Qwen: {@code sliding_window}, if it is used, from layer {@code max_window_layers} on. */
    static List<Integer> behind(Config config, int layers) {
        int window = config.flag("use_sliding_window", false) ? config.optional("sliding_window", 4096) : 0;
        int first = config.optional("max_window_layers", 28);
        return byType(config, layers, window, i -> window > 0 && i >= first ? SLIDING : FULL);
    }

    /** Gemma: {@code sliding_window} in every other layer, beginning with the first. */
    static List<Integer> alternating(Config config, int layers) {
        return byType(config, layers, config.optional("sliding_window", 4096), i -> i % 2 == 0 ? SLIDING : FULL);
    }

    private static List<Integer> byType(Config config, int layers, int window, IntFunction<String> otherwise) {
        List<String> types = config.layerTypes(layers, otherwise);
        return IntStream.range(0, layers)
                .mapToObj(i -> switch (types.get(i)) {
                    case FULL -> 0;
                    case SLIDING -> required(window);
                    default -> throw Config.unsupported("layer type '" + types.get(i) + "'");
                })
                .toList();
    }

    private static int required(int window) {
        if (window == 0) {
            throw Config.invalid("layer_types asks for " + SLIDING + ", sliding_window is not set");
        }
        return window;
    }
}
