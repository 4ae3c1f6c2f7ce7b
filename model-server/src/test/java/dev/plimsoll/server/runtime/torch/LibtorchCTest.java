package dev.plimsoll.server.runtime.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.device.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Memory that was allocated elsewhere is a tensor like any other. */
class LibtorchCTest {
    private final Torch torch = TestTorch.LOADED;

    @Test
    void memoryIsATensorWithoutACopy() {
        try (Arena arena = Arena.ofConfined();
                PtNDManager manager = (PtNDManager) torch.manager().newSubManager()) {
            MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3, 4, 5, 6);
            int type = TorchType.of(ElementType.FLOAT32);
            PtNDArray tensor = torch.c().wrap(manager, memory.address(), type, Shape.of(2, 3), LibtorchC.Place.CPU);

            assertThat(tensor.getShape().getShape()).containsExactly(2, 3);
            assertThat(tensor.toFloatArray()).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(torch.c().address(tensor)).isEqualTo(memory.address());
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, 5, 7);
            assertThat(tensor.get(1).toFloatArray()).containsExactly(4, 5, 7);
        }
    }

    @Test
    void bfloat16IsNoExceptionToIt() {
        try (Arena arena = Arena.ofConfined();
                PtNDManager manager = (PtNDManager) torch.manager().newSubManager()) {
            MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_SHORT, (short) 0x3f80, (short) 0xc040);
            PtNDArray stored = torch.c()
                    .wrap(
                            manager,
                            memory.address(),
                            TorchType.of(ElementType.BFLOAT16),
                            Shape.of(2),
                            LibtorchC.Place.CPU);
            PtNDArray wide =
                    torch.tensors().tensor(manager, "zeros", new long[] {2}, TorchType.of(ElementType.FLOAT32), "cpu");
            torch.tensors().run("copy", wide, stored);
            assertThat(wide.toFloatArray()).containsExactly(1, -3);
        }
    }

    @Test
    void aFullGpuIsAFailureOfItsOwn() {
        String message = """
                The following operation failed in the TorchScript interpreter.
                RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79 GiB.
                See documentation""";
        assertThat(ScriptModule.told(new EngineException(message)))
                .isInstanceOfSatisfying(PlimsollException.class, failure -> {
                    assertThat(failure.failure().reason()).isEqualTo(Reason.DeviceOutOfMemory);
                    assertThat(failure)
                            .hasMessageStartingWith("CUDA out of memory. Tried to allocate 2.00 GiB.")
                            .hasMessageContaining("memory.gpu")
                            .hasMessageNotContaining("See documentation");
                });
        EngineException other = new EngineException("shapes do not match");
        assertThat(ScriptModule.told(other)).isSameAs(other);
    }

    @Test
    void aGpuThatLibtorchIsNotBuiltForIsToldAsThat() {
        EngineException e = new EngineException(
                "RuntimeError: CUDA error: no kernel image is available for execution on the device");
        assertThat(ScriptModule.told(e))
                .isInstanceOfSatisfying(
                        PlimsollException.class,
                        told -> assertThat(told.failure().reason()).isEqualTo(Reason.EngineFailed))
                .hasMessageStartingWith("libtorch is not built for the compute capability of the node's GPU: use an");
    }
}
