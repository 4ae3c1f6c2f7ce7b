package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.DeviceReport.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Modules in words: how many layers are on what, and names folded into ranges. */
final class Layers {
    private static final Pattern LAYER = Pattern.compile("(.*\\.(?:layers|layer|h))\\.(\\d{1,9})");

    private static final int LONGEST = 128;

    private Layers() {}

    /** Such as {@code 22/36 layers on GPU, 10 host, 4 disk}. */
    static String describe(List<DeviceReport> devices, boolean loading) {
        long gpu = count(devices, Kind.Cuda) + count(devices, Kind.Emulated);
        long host = count(devices, Kind.Host);
        long disk = count(devices, Kind.Disk);
        long all = gpu + host + disk;
        String text = all > 0 && host == all
                ? all + "/" + all + " layers on host"
                : gpu + "/" + all + " layers on GPU" + emulated(devices) + other(host, "host") + other(disk, "disk");
        return loading ? text + " (loading)" : text;
    }

    private static String emulated(List<DeviceReport> devices) {
        return devices.stream().anyMatch(device -> device.kind().equals(Kind.Emulated)) ? " (emulated)" : "";
    }

    private static String other(long layers, String tier) {
        return layers == 0 ? "" : ", " + layers + " " + tier;
    }

    private static long count(List<DeviceReport> devices, Kind kind) {
        return devices.stream()
                .filter(device -> device.kind().equals(kind))
                .flatMap(device -> device.modules().stream())
                .filter(module -> LAYER.matcher(module.name()).matches())
                .count();
    }

    /** Consecutive layers as one name: {@code model.layers.0-21}; at most {@code most} names, then how many more. */
    static List<String> fold(List<String> modules, int most) {
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
                folded.set(folded.size() - 1, Text.line(prefix + "." + first + "-" + last, LONGEST));
            } else {
                prefix = isLayer ? layer.group(1) : "";
                first = number;
                last = number;
                folded.add(Text.line(module, LONGEST));
            }
        }
        return folded.size() <= most
                ? folded
                : Stream.concat(folded.stream().limit(most), Stream.of("and " + (folded.size() - most) + " more"))
                        .toList();
    }
}
