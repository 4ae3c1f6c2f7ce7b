package dev.plimsoll.server.runtime.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.server.runtime.kernels.KernelImage.Element;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KernelImageTest {
    @ParameterizedTest
    @EnumSource
    void theBuildHasImagesForGpusOfTwoGenerations(Element element) {
        for (int capability : KernelImage.CAPABILITIES) {
            byte[] image = KernelImage.built(element, capability).orElseThrow();
            assertThat(new String(image, StandardCharsets.ISO_8859_1))
                    .startsWith("\u007fELF")
                    .contains(
                            "embed",
                            "add_norm",
                            "gather",
                            "rotate_64",
                            "rotate_128",
                            "decode_64_4",
                            "decode_128_8",
                            "prompt_64",
                            "prompt_128",
                            "gated_silu",
                            "adjust",
                            "choose");
        }
    }

    /** The same image serves a larger minor number, and none serves another major one. */
    @ParameterizedTest
    @CsvSource({"80, 80", "86, 80", "89, 80", "90, 90", "75,", "100,", "120,"})
    void aGpuLoadsTheImageOfItsGeneration(int capability, Integer built) {
        byte[] none = {};
        byte[] expected = built == null
                ? none
                : KernelImage.built(Element.BFLOAT16, built).orElseThrow();
        assertThat(KernelImage.built(Element.BFLOAT16, capability).orElse(none)).isEqualTo(expected);
    }
}
