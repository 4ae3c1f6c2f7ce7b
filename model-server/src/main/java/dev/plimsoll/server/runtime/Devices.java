package dev.plimsoll.server.runtime;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.placement.DeviceId;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The GPUs that a process may use, known before the engine is loaded.
 *
 * @param emulated bytes of each emulated GPU
 */
public record Devices(List<Long> emulated) {
    private static final Pattern EMULATED = Pattern.compile("emulated:([1-9][0-9]?)x([0-9.]+[A-Za-z]*)");

    /**
     * Reads {@code PLIMSOLL_DEVICES}: nothing, or {@code emulated:2x1Gi} for two emulated GPUs of 1 GiB each.
     *
     * @throws PlimsollException {@code EngineFailed} for anything else
     */
    public static Devices parse(@Nullable String setting) {
        if (setting == null || setting.isBlank()) {
            return new Devices(List.of());
        }
        Matcher matcher = EMULATED.matcher(setting);
        try {
            if (matcher.matches()) {
                long bytes = ByteSize.bytes(new Quantity(matcher.group(2)));
                if (bytes == 0) {
                    throw invalid(setting, null);
                }
                return new Devices(IntStream.range(0, Integer.parseInt(matcher.group(1)))
                        .mapToObj(i -> bytes)
                        .toList());
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw invalid(setting, e);
        }
        throw invalid(setting, null);
    }

    private static PlimsollException invalid(String setting, @Nullable Exception cause) {
        String message = "PLIMSOLL_DEVICES is '" + setting
                + "': leave it unset, or set it to emulated:COUNTxSIZE such as" + " emulated:2x1Gi";
        return cause == null
                ? new PlimsollException(Reason.EngineFailed, message)
                : new PlimsollException(Reason.EngineFailed, message, cause);
    }

    /** Opens the host and every GPU, in order. */
    public List<Device> open(Torch torch, long hostBytes) {
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < emulated.size(); i++) {
            devices.add(new CpuDevice(torch, DeviceId.gpu(i), DeviceReport.Kind.Emulated, emulated.get(i)));
        }
        devices.add(new CpuDevice(torch, DeviceId.HOST, DeviceReport.Kind.Host, hostBytes));
        return devices;
    }
}
