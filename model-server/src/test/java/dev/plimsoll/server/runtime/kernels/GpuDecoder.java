package dev.plimsoll.server.runtime.kernels;

import dev.plimsoll.server.cuda.CublasLt;
import dev.plimsoll.server.cuda.CudaContext;
import dev.plimsoll.server.cuda.CudaDriver;
import dev.plimsoll.server.cuda.CudaModule;
import dev.plimsoll.server.cuda.Nvrtc;
import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.runtime.kernels.KernelImage.Element;
import dev.plimsoll.server.runtime.kernels.ReferenceDecoder.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** A decoder of random weights, on this machine's first GPU and in plain Java. */
final class GpuDecoder implements AutoCloseable {
    final CudaContext context;
    final DenseShape shape;
    final ReferenceDecoder reference;
    final KernelEngine engine;
    private final SplittableRandom random = new SplittableRandom(7);
    private final List<Long> allocated = new ArrayList<>();

    GpuDecoder(DenseShape shape, boolean biases, boolean headNorms, EngineLimits limits) {
        this.shape = shape;
        context = context();
        CudaModule module = new CudaModule(context, image(context, shape.type()));
        List<Weights.Layer> layers = new ArrayList<>();
        List<DenseWeights.Layer> deviceLayers = new ArrayList<>();
        List<Long> keys = new ArrayList<>();
        List<Long> values = new ArrayList<>();
        long cacheBytes = (long) limits.pages() * 16 * shape.keyWidth() * Element.BYTES;
        for (int i = 0; i < shape.layers(); i++) {
            Weights.Layer layer = new Weights.Layer(
                    around(1, 0.1, shape.hidden()),
                    around(0, 1 / Math.sqrt(shape.hidden()), shape.attentionWidth() * shape.hidden()),
                    around(0, 0.3, biases ? shape.attentionWidth() : 0),
                    around(1, 0.1, headNorms ? shape.headDim() : 0),
                    around(1, 0.1, headNorms ? shape.headDim() : 0),
                    around(0, 1 / Math.sqrt(shape.queryWidth()), shape.hidden() * shape.queryWidth()),
                    around(0, 0.3, biases ? shape.hidden() : 0),
                    around(1, 0.1, shape.hidden()),
                    around(0, 1 / Math.sqrt(shape.hidden()), 2 * shape.intermediate() * shape.hidden()),
                    around(0, 0.3, biases ? 2 * shape.intermediate() : 0),
                    around(0, 1 / Math.sqrt(shape.intermediate()), shape.hidden() * shape.intermediate()),
                    around(0, 0.3, biases ? shape.hidden() : 0));
            layers.add(layer);
            deviceLayers.add(new DenseWeights.Layer(
                    upload(layer.inputNorm()),
                    upload(layer.attention()),
                    upload(layer.attentionBias()),
                    upload(layer.queryNorm()),
                    upload(layer.keyNorm()),
                    upload(layer.output()),
                    upload(layer.outputBias()),
                    upload(layer.mlpNorm()),
                    upload(layer.gateUp()),
                    upload(layer.gateUpBias()),
                    upload(layer.down()),
                    upload(layer.downBias())));
            keys.add(poisoned(cacheBytes));
            values.add(poisoned(cacheBytes));
        }
        Weights weights = new Weights(
                around(0, 1, shape.vocabulary() * shape.hidden()),
                layers,
                around(1, 0.1, shape.hidden()),
                around(0, 3 / Math.sqrt(shape.hidden()), shape.vocabulary() * shape.hidden()));
        float[] frequencies = new float[shape.headDim() / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = (float) Math.pow(10_000, -2.0 * i / shape.headDim());
        }
        reference = new ReferenceDecoder(shape, weights, frequencies);
        engine = new KernelEngine(
                context,
                module,
                new CublasLt(context, library("cublasLt")),
                shape,
                new DenseWeights(
                        upload(weights.embedding()), deviceLayers, upload(weights.norm()), upload(weights.head())),
                keys,
                values,
                frequencies,
                limits);
    }

    static CudaContext context() {
        CudaDriver driver = CudaDriver.load().orElseThrow();
        return new CudaContext(driver, driver.gpus().getFirst());
    }

    /** The build's image, or one that is compiled now. */
    static byte[] image(CudaContext context, Element type) {
        return KernelImage.built(type, context.computeCapability())
                .orElseGet(() -> KernelImage.compile(
                        Nvrtc.in(Objects.requireNonNull(library("nvrtc").getParent()))
                                .orElseThrow(),
                        type,
                        context.computeCapability()));
    }

    /** A library of CUDA's beside libtorch. */
    static Path library(String name) {
        Path folder = Path.of(System.getenv("PYTORCH_LIBRARY_PATH")).resolve("../../nvidia");
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("lib" + name + ".so."))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private float[] around(double mean, double deviation, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = value(bits((float) (mean + deviation * Math.sqrt(12) * (random.nextDouble() - 0.5))));
        }
        return values;
    }

    private short bits(float value) {
        if (shape.type() == Element.FLOAT16) {
            return Float.floatToFloat16(value);
        }
        int bits = Float.floatToRawIntBits(value);
        return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
    }

    private float value(short bits) {
        return shape.type() == Element.FLOAT16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
    }

    private long upload(float[] values) {
        if (values.length == 0) {
            return 0;
        }
        MemorySegment host = locked((long) values.length * Short.BYTES);
        for (int i = 0; i < values.length; i++) {
            host.setAtIndex(ValueLayout.JAVA_SHORT, i, bits(values[i]));
        }
        return moved(host);
    }

    /** Memory full of NaN. */
    private long poisoned(long bytes) {
        MemorySegment host = locked(bytes);
        host.fill((byte) 0xff);
        return moved(host);
    }

    private long moved(MemorySegment host) {
        long address = context.allocate(host.byteSize());
        context.copy(address, host.address(), host.byteSize(), 0);
        context.finish(0);
        context.unlockHost(host.address());
        allocated.add(address);
        return address;
    }

    private MemorySegment locked(long bytes) {
        return MemorySegment.ofAddress(context.lockHost(bytes, Runnable::run)).reinterpret(bytes);
    }

    /** Logits of the last step's choices, [choices][vocabulary]. */
    float[][] logits(int choices) {
        MemorySegment host = locked((long) choices * shape.logitStride() * Float.BYTES);
        context.copyToHost(host.address(), engine.logits(), host.byteSize(), engine.stream());
        context.finish(engine.stream());
        float[][] logits = new float[choices][shape.vocabulary()];
        for (int i = 0; i < choices; i++) {
            MemorySegment.copy(
                    host,
                    ValueLayout.JAVA_FLOAT,
                    (long) i * shape.logitStride() * Float.BYTES,
                    logits[i],
                    0,
                    shape.vocabulary());
        }
        context.unlockHost(host.address());
        return logits;
    }

    @Override
    public void close() {
        engine.close();
        allocated.forEach(context::free);
    }
}
