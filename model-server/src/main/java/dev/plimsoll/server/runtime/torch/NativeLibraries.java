package dev.plimsoll.server.runtime.torch;

import ai.djl.util.ClassLoaderUtils;
import ai.djl.util.Utils;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder that {@code PYTORCH_LIBRARY_PATH} names: libtorch, DJL's JNI library, and {@code pytorch.properties} with
 * libtorch's version. A libtorch of another version than the JNI library was built for misbehaves silently, so it is
 * refused before it is loaded.
 */
public final class NativeLibraries {
    private static final String PATH = "PYTORCH_LIBRARY_PATH";
    /** {@code cu128} is CUDA 12.8. */
    private static final Pattern CUDA_FLAVOR = Pattern.compile("cu([0-9]{2})([0-9])");

    private NativeLibraries() {}

    /**
     * Checks the folder that is set, and tells DJL the version it holds.
     *
     * @throws PlimsollException {@code EngineFailed} naming what is missing or does not belong together
     */
    static void check() {
        check(Utils.getEnvOrSystemProperty(PATH));
        System.setProperty("PYTORCH_VERSION", builtFor());
    }

    static void check(@Nullable String path) {
        if (path == null || path.isBlank()) {
            throw failed(PATH + " is not set: set it to the folder that holds libtorch and libdjl_torch.so");
        }
        Path folder = Path.of(path);
        for (String file : List.of("libtorch.so", "libdjl_torch.so")) {
            if (!Files.isRegularFile(folder.resolve(file))) {
                throw failed(folder.resolve(file) + " does not exist: " + PATH + " must name the folder that holds it");
            }
        }
        String built = builtFor();
        String found = version(folder.resolve("pytorch.properties"));
        if (!found.equals(built)) {
            throw failed("libtorch in " + folder + " is " + found + ", the JNI library was built for " + built
                    + ": use libtorch " + built);
        }
    }

    /**
     * Checks that libtorch can use GPUs, and that the driver is new enough for it.
     *
     * @param driver newest CUDA version that the driver supports: 12.8 is 12080
     * @throws PlimsollException {@code EngineFailed} saying what to replace
     */
    public static void requireCuda(int driver) {
        requireCuda(driver, Utils.getEnvOrSystemProperty(PATH), Utils.getEnvOrSystemProperty("PYTORCH_FLAVOR"));
    }

    static void requireCuda(int driver, @Nullable String path, @Nullable String flavor) {
        Path library = Path.of(path == null ? "" : path).resolve("libtorch_cuda.so");
        if (!Files.isRegularFile(library)) {
            throw failed(library + " does not exist: this libtorch is built for CPUs alone; use the image for CUDA");
        }
        Matcher built = CUDA_FLAVOR.matcher(flavor == null ? "" : flavor);
        // A driver serves every minor version of the major one that it was made for.
        if (built.matches() && Integer.parseInt(built.group(1)) > driver / 1000) {
            throw failed("libtorch is built for CUDA " + built.group(1) + "." + built.group(2)
                    + ", the node's driver supports CUDA " + driver / 1000 + "." + driver % 1000 / 10
                    + ": update the driver, or use an image for an older CUDA");
        }
    }

    /** A library of CUDA's, beside libtorch or in the wheels' layout; empty where there is none. */
    public static Optional<Path> cuda(String pattern) {
        Path libtorch = Path.of(Objects.requireNonNullElse(Utils.getEnvOrSystemProperty(PATH), ""));
        PathMatcher matcher = libtorch.getFileSystem().getPathMatcher("glob:" + pattern);
        for (Path folder : List.of(libtorch, libtorch.resolve("../../nvidia"))) {
            try (Stream<Path> files = Files.isDirectory(folder) ? Files.walk(folder, 3) : Stream.empty()) {
                Optional<Path> found = files.filter(file -> matcher.matches(file.getFileName()))
                        .filter(file -> !file.toString().contains(".alt."))
                        .min(Comparator.naturalOrder());
                if (found.isPresent()) {
                    return found;
                }
            } catch (IOException e) {
                throw failed(folder + " cannot be read: " + e);
            }
        }
        return Optional.empty();
    }

    /** {@code 2.7.1} of {@code jni_version=2.7.1-0.35.1}. */
    static String builtFor() {
        try (InputStream in = Utils.openUrl(ClassLoaderUtils.getResource("jnilib/pytorch.properties"))) {
            Properties properties = new Properties();
            properties.load(in);
            String version = properties.getProperty("jni_version", "");
            return release(version);
        } catch (IOException e) {
            throw new PlimsollException(Reason.EngineFailed, "jnilib/pytorch.properties cannot be read: " + e, e);
        }
    }

    private static String version(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Properties properties = new Properties();
            properties.load(in);
            return release(properties.getProperty("version", "unknown"));
        } catch (IOException e) {
            return "unknown (no " + file.getFileName() + ")";
        }
    }

    /** {@code 2.7.1} of {@code 2.7.1-20250812}. */
    private static String release(String version) {
        return version.contains("-") ? version.substring(0, version.indexOf('-')) : version;
    }

    private static PlimsollException failed(String message) {
        return new PlimsollException(Reason.EngineFailed, message);
    }
}
