package dev.plimsoll.server.runtime.torch;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SequencedMap;

/** A TorchScript module written by Java. */
public final class ScriptModule implements AutoCloseable {
    private final PtSymbolBlock block;

    private ScriptModule(PtSymbolBlock block) {
        this.block = block;
    }

    /** Writes the archive and loads it; for the parameters see {@link TorchScriptArchive#write}. */
    public static ScriptModule load(
            PtNDManager manager, List<String> methods, SequencedMap<String, Object> attributes, List<String> bound) {
        byte[] archive = TorchScriptArchive.write(methods, attributes, bound);
        try (ByteArrayInputStream in = new ByteArrayInputStream(archive)) {
            return new ScriptModule(JniUtils.loadModule(manager, in, false, false));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Calls a method that returns nothing. */
    public void run(String method, Object... arguments) {
        call(method, arguments).close();
    }

    /** Calls a method that returns a tensor, which the manager then owns. */
    public PtNDArray tensor(PtNDManager manager, String method, Object... arguments) {
        try (IValue result = call(method, arguments)) {
            return result.toTensor(manager);
        }
    }

    private IValue call(String method, Object... arguments) {
        IValue[] values = new IValue[arguments.length];
        try {
            for (int i = 0; i < arguments.length; i++) {
                values[i] = value(arguments[i]);
            }
            return IValueUtils.runMethod(block, method, values);
        } catch (EngineException e) {
            throw told(e);
        } finally {
            for (IValue value : values) {
                if (value != null) {
                    value.close();
                }
            }
        }
    }

    /** libtorch has one kind of error; a full GPU, and one that it was not built for, are worth their own. */
    static RuntimeException told(EngineException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("no kernel image is available")) {
            return new PlimsollException(
                    Reason.EngineFailed,
                    "libtorch is not built for the compute capability of the node's GPU: use an image whose libtorch is,"
                            + " or choose other nodes with scheduling.nodeSelector",
                    e);
        }
        if (!message.contains("CUDA out of memory")) {
            return e;
        }
        String what = message.substring(message.indexOf("CUDA out of memory"))
                .lines()
                .findFirst()
                .orElse(message);
        return new PlimsollException(
                Reason.DeviceOutOfMemory,
                what + " Set memory.gpu to what this process may take when others use the GPU, or use a larger one, or"
                        + " fewer or shorter sequences",
                e);
    }

    private static IValue value(Object argument) {
        return switch (argument) {
            case PtNDArray tensor -> IValue.from(tensor);
            case Long number -> IValue.from(number.longValue());
            case Integer number -> IValue.from(number.longValue());
            case String text -> IValue.from(text);
            case long[] numbers -> IValue.listFrom(numbers);
            case List<?> tensors ->
                IValue.listFrom(tensors.stream().map(NDArray.class::cast).toArray(PtNDArray[]::new));
            default -> throw new IllegalArgumentException("no TorchScript type for " + argument);
        };
    }

    @Override
    public void close() {
        block.close();
    }
}
