package dev.plimsoll.operator.status;

import dev.plimsoll.api.report.DeviceReport;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Modules in words: how many layers are on what, and names folded into ranges. */
final class Layers {
    private static final Pattern LAYER = Pattern.compile("(.*\\.(?:layers|layer|h))\\.(\\d{1,9})");

    private Layers() {}

    /** Such as {@code 22/32 layers on GPU, 10 host}. */
    static String describe(List<DeviceReport> devices, boolean loading) {
        long gpu = count(devices, false);
        long host = count(devices, true);
        boolean emulated = devices.stream().anyMatch(device -> device.kind() == DeviceReport.Kind.Emulated);
        String onGpu = gpu + "/" + (gpu + host) + " layers on GPU" + (emulated ? " (emulated)" : "");
        String text = gpu == 0 && host > 0
                ? host + "/" + host + " layers on host"
                : host == 0 ? onGpu : onGpu + ", " + host + " host";
        return loading ? text + " (loading)" : text;
    }

    private static long count(List<DeviceReport> devices, boolean onHost) {
        return devices.stream()
                .filter(device -> (device.kind() == DeviceReport.Kind.Host) == onHost)
                .flatMap(device -> device.modules().stream())
                .filter(module -> LAYER.matcher(module.name()).matches())
                .count();
    }

    /** Consecutive layers as one name: {@code model.layers.0-21}. */
    static List<String> fold(List<String> modules) {
        List<String> folded = new ArrayList<>();
        String prefix = "";
        int first = 0;
        int last = 0;
        for (String module : modules) {
            Matcher layer = LAYER.matcher(module);
            boolean isLayer = layer.matches();
            int number = isLayer ? Integer.parseInt(layer.group(2)) : 0;
            if (isLayer && layer.group(1).equals(prefix) && number == last + 1) {
                last = number;
                folded.set(folded.size() - 1, prefix + "." + first + "-" + last);
            } else {
                prefix = isLayer ? layer.group(1) : "";
                first = number;
                last = number;
                folded.add(module);
            }
        }
        return folded;
    }
}
