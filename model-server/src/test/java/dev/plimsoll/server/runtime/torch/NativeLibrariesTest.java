package dev.plimsoll.server.runtime.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Libraries that do not belong together are refused before one of them is loaded. */
class NativeLibrariesTest {
    @TempDir
    Path folder;

    @BeforeEach
    void librariesThatBelongTogether() throws IOException {
        Files.createFile(folder.resolve("libtorch.so"));
        Files.createFile(folder.resolve("libdjl_torch.so"));
        version(NativeLibraries.builtFor() + "-20250812");
    }

    @Test
    void theVersionOfTheJniLibraryIsTaken() {
        assertThat(NativeLibraries.builtFor()).matches("\\d+\\.\\d+\\.\\d+");
        assertThatCode(() -> NativeLibraries.check(folder.toString())).doesNotThrowAnyException();
    }

    @Test
    void anotherVersionOfLibtorchIsRefusedWithTheOneToUse() throws IOException {
        version("2.11.0");
        refused(folder.toString(), "is 2.11.0", "use libtorch " + NativeLibraries.builtFor());
    }

    @Test
    void anUnknownVersionIsRefused() throws IOException {
        Files.delete(folder.resolve("pytorch.properties"));
        refused(folder.toString(), "is unknown (no pytorch.properties)");
    }

    @Test
    void aMissingLibraryIsNamed() throws IOException {
        Files.delete(folder.resolve("libdjl_torch.so"));
        refused(folder.toString(), folder.resolve("libdjl_torch.so") + " does not exist");
    }

    @Test
    void aFolderMustBeSet() {
        refused(null, "PYTORCH_LIBRARY_PATH is not set");
        refused(" ", "PYTORCH_LIBRARY_PATH is not set");
    }

    @Test
    void gpusNeedLibtorchForCuda() throws IOException {
        assertThatThrownBy(() -> NativeLibraries.requireCuda(13000, folder.toString(), "cpu"))
                .isInstanceOf(PlimsollException.class)
                .hasMessageContaining(folder.resolve("libtorch_cuda.so") + " does not exist")
                .hasMessageContaining("built for CPUs alone");
        Files.createFile(folder.resolve("libtorch_cuda.so"));
        assertThatCode(() -> NativeLibraries.requireCuda(13000, folder.toString(), "cu128"))
                .doesNotThrowAnyException();
        assertThatCode(() -> NativeLibraries.requireCuda(12040, folder.toString(), "cu128"))
                .as("a driver serves every minor version")
                .doesNotThrowAnyException();
    }

    @Test
    void aDriverThatIsTooOldIsRefusedWithWhatItSupports() throws IOException {
        Files.createFile(folder.resolve("libtorch_cuda.so"));
        assertThatThrownBy(() -> NativeLibraries.requireCuda(11040, folder.toString(), "cu128"))
                .isInstanceOfSatisfying(
                        PlimsollException.class,
                        refused -> assertThat(refused.failure().reason()).isEqualTo(Reason.EngineFailed))
                .hasMessage("libtorch is built for CUDA 12.8, the node's driver supports CUDA 11.4: update the driver,"
                        + " or use an image for an older CUDA");
    }

    private void version(String version) throws IOException {
        Files.writeString(folder.resolve("pytorch.properties"), "version=" + version + "\n");
    }

    private static void refused(@Nullable String path, String... words) {
        assertThatThrownBy(() -> NativeLibraries.check(path))
                .isInstanceOfSatisfying(PlimsollException.class, refused -> {
                    assertThat(refused.failure().reason()).isEqualTo(Reason.EngineFailed);
                    assertThat(refused.getMessage()).contains(words);
                });
    }
}
