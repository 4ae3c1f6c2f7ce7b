package dev.plimsoll.server.runtime.kernels;

import dev.plimsoll.server.cuda.CublasLt;
import dev.plimsoll.server.cuda.Nvrtc;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The kernels, compiled for one element type and one compute capability. The build puts images into resources; for other
 * GPUs NVRTC makes one.
 */
public final class KernelImage {
    /** What the build compiles for; GPUs of the same major number and a larger minor one load these images, too. */
    public static final List<Integer> CAPABILITIES = List.of(80, 90);

    /** Older GPUs lack instructions that the kernels are made of. */
    public static final int LEAST_CAPABILITY = 80;

    private static final String FOLDER = "/dev/plimsoll/server/kernels/";
    private static final String SOURCE = "kernels.cu";
    private static final List<String> INCLUDED = List.of(
            "types.cuh",
            "mbarrier.cuh",
            "wgmma.cuh",
            "layers.cu",
            "attention.cu",
            "prompt.cu",
            "prompt_wgmma.cu",
            "sampling.cu",
            "products.cu");

    private KernelImage() {}

    /** What weights, cache and activations are stored as. */
    public enum Element {
        BFLOAT16("bfloat16", CublasLt.Type.BFLOAT16, "-DELEMENT_BFLOAT16"),
        FLOAT16("float16", CublasLt.Type.FLOAT16, "-DELEMENT_FLOAT16");

        /** Bytes of one. */
        static final int BYTES = 2;

        private final String text;
        private final CublasLt.Type product;
        private final String option;

        Element(String text, CublasLt.Type product, String option) {
            this.text = text;
            this.product = product;
            this.option = option;
        }

        CublasLt.Type product() {
            return product;
        }
    }

    /** Name of an image in the folder of resources. */
    public static String file(Element element, int capability) {
        return element.text + "-sm_" + capability + ".cubin";
    }

    /** An image of the build that such a GPU loads; empty where it made none. */
    public static Optional<byte[]> built(Element element, int capability) {
        return CAPABILITIES.stream()
                .filter(built -> built / 10 == capability / 10 && built <= capability)
                .findFirst()
                .flatMap(built -> resource(file(element, built)));
    }

    private static Optional<byte[]> resource(String name) {
        try (InputStream image = KernelImage.class.getResourceAsStream(FOLDER + name)) {
            return image == null ? Optional.empty() : Optional.of(image.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compiles the sources; takes seconds. */
    public static byte[] compile(Nvrtc compiler, Element element, int capability) {
        Map<String, String> headers =
                INCLUDED.stream().collect(Collectors.toMap(Function.identity(), KernelImage::source));
        return compiler.compile(SOURCE, source(SOURCE), headers, capability, List.of(element.option));
    }

    private static String source(String name) {
        byte[] bytes = resource(name).orElseThrow(() -> new IllegalStateException(FOLDER + name + " is missing"));
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * Compiles all images, as a step of the build.
     *
     * @param arguments the folder that holds NVRTC, and the one for the images
     */
    public static void main(String[] arguments) throws IOException {
        Nvrtc compiler = Nvrtc.in(Path.of(arguments[0])).orElseThrow();
        for (int capability : CAPABILITIES) {
            for (Element element : Element.values()) {
                Files.write(
                        Path.of(arguments[1]).resolve(file(element, capability)),
                        compile(compiler, element, capability));
            }
        }
    }
}
