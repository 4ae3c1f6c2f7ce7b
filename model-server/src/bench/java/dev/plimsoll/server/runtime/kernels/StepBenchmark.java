package dev.plimsoll.server.runtime.kernels;

import dev.plimsoll.server.cuda.CublasLt;
import dev.plimsoll.server.cuda.CudaContext;
import dev.plimsoll.server.cuda.CudaDriver;
import dev.plimsoll.server.cuda.CudaModule;
import dev.plimsoll.server.cuda.Nvrtc;
import dev.plimsoll.server.engine.BlockTable;
import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.engine.StepInput;
import dev.plimsoll.server.engine.StepOutput;
import dev.plimsoll.server.runtime.kernels.KernelImage.Element;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Milliseconds of steps of a Qwen2.5-3B shape with random weights on this machine's first GPU, each beside what is asked
 * of it: decode steps at a context of 640 whose ids the host reads, one behind; prompts from their beginning to their id.
 */
final class StepBenchmark {
    private static final int LAYERS = 36;
    private static final DenseShape SHAPE = new DenseShape(
            Element.BFLOAT16,
            2048,
            11008,
            16,
            2,
            128,
            151936,
            Collections.nCopies(LAYERS, 0),
            1 / Math.sqrt(128),
            1e-6,
            DenseShape.Activation.SILU);
    private static final EngineLimits LIMITS =
            new EngineLimits(128, 4096, 4096, 128 * 256, SHAPE.vocabulary(), 0, 0, KernelEngine.STEPS_IN_FLIGHT);
    private static final int CONTEXT = 640;
    private static final int STEPS = 200;

    private final CudaContext context;
    private final MemorySegment noise;
    private final KernelEngine engine;
    private final List<BlockTable> tables = new ArrayList<>();

    private StepBenchmark(Path cuda) throws IOException {
        CudaDriver driver = CudaDriver.load().orElseThrow();
        context = new CudaContext(driver, driver.gpus().getFirst());
        long start = System.nanoTime();
        byte[] image = KernelImage.built(SHAPE.type(), context.computeCapability())
                .orElseGet(() -> KernelImage.compile(
                        Nvrtc.in(library(cuda, "nvrtc").getParent()).orElseThrow(),
                        SHAPE.type(),
                        context.computeCapability()));
        CudaModule module = new CudaModule(context, image);
        say("kernels", start);
        noise = noise();
        start = System.nanoTime();
        List<DenseWeights.Layer> layers = IntStream.range(0, LAYERS)
                .mapToObj(i -> new DenseWeights.Layer(
                        random(SHAPE.hidden()),
                        random((long) SHAPE.attentionWidth() * SHAPE.hidden()),
                        random(SHAPE.attentionWidth()),
                        0,
                        0,
                        random((long) SHAPE.hidden() * SHAPE.queryWidth()),
                        0,
                        random(SHAPE.hidden()),
                        random(2L * SHAPE.intermediate() * SHAPE.hidden()),
                        0,
                        random((long) SHAPE.hidden() * SHAPE.intermediate()),
                        0))
                .toList();
        long embedding = random((long) SHAPE.vocabulary() * SHAPE.hidden());
        long elements = (long) LIMITS.pages() * 16 * SHAPE.keyWidth();
        List<Long> keys = Stream.generate(() -> random(elements)).limit(LAYERS).toList();
        List<Long> values =
                Stream.generate(() -> random(elements)).limit(LAYERS).toList();
        say("weights and cache", start);
        start = System.nanoTime();
        CublasLt cublas = new CublasLt(context, library(cuda, "cublasLt"));
        say("cuBLAS", start);
        start = System.nanoTime();
        float[] frequencies = new float[SHAPE.headDim() / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = (float) Math.pow(1e6, -2.0 * i / SHAPE.headDim());
        }
        engine = new KernelEngine(
                context,
                module,
                cublas,
                SHAPE,
                new DenseWeights(embedding, layers, random(SHAPE.hidden()), embedding),
                keys,
                values,
                frequencies,
                LIMITS);
        say("engine", start);
        start = System.nanoTime();
        engine.warmUp();
        say("graphs of " + KernelEngine.buckets(LIMITS.maxSequences()), start);
        for (int i = 0; i < LIMITS.maxSequences(); i++) {
            BlockTable table = new BlockTable();
            engine.cache().extend(table, i == 0 ? 4096 : 1024);
            tables.add(table);
        }
    }

    private static void say(String what, long since) {
        System.out.printf("%s: %.0f ms%n", what, (System.nanoTime() - since) / 1e6);
    }

    private static Path library(Path cuda, String name) {
        try (Stream<Path> files = Files.walk(cuda)) {
            return files.filter(file -> file.getFileName().toString().startsWith("lib" + name + ".so."))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** bfloat16 around zero. */
    private MemorySegment noise() {
        long bytes = 8L << 20;
        MemorySegment memory =
                MemorySegment.ofAddress(context.lockHost(bytes, Runnable::run)).reinterpret(bytes);
        Random random = new Random(1);
        for (long i = 0; i < bytes / Short.BYTES; i++) {
            memory.setAtIndex(ValueLayout.JAVA_SHORT, i, (short)
                    (Float.floatToRawIntBits((float) (0.02 * random.nextGaussian())) >>> 16));
        }
        return memory;
    }

    private long random(long elements) {
        long bytes = elements * Element.BYTES;
        long address = context.allocate(bytes);
        for (long at = 0; at < bytes; at += noise.byteSize()) {
            context.copy(address + at, noise.address(), Math.min(noise.byteSize(), bytes - at), 0);
        }
        context.finish(0);
        return address;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    /** Milliseconds a step, median and slowest of a hundred. */
    private double[] decode(int rows, int context, SamplingParameters parameters) {
        StepInput input = new StepInput(LIMITS);
        StepOutput output = new StepOutput(LIMITS);
        double[] times = new double[STEPS];
        long last = 0;
        for (int i = 0; i < STEPS + 10; i++) {
            input.clear();
            for (int row = 0; row < rows; row++) {
                input.decode(
                        i == 0 ? 100 + row : StepInput.chosenBy(row),
                        context - 100 + i,
                        tables.get(row),
                        parameters,
                        context - 100);
            }
            engine.begin(input);
            if (i > 0) {
                engine.await(output);
            }
            long now = System.nanoTime();
            if (i >= 10) {
                times[i - 10] = (now - last) / 1e6;
            }
            last = now;
        }
        engine.await(output);
        double middle = median(times);
        return new double[] {
            middle, times[STEPS * 99 / 100], Arrays.stream(times).average().orElseThrow()
        };
    }

    private double prompts(int count, int tokens) {
        int[] ids = new Random(5).ints(tokens, 0, SHAPE.vocabulary()).toArray();
        StepInput input = new StepInput(LIMITS);
        StepOutput output = new StepOutput(LIMITS);
        double[] times = new double[20];
        for (int i = -5; i < times.length; i++) {
            long start = System.nanoTime();
            input.clear();
            for (int row = 0; row < count; row++) {
                input.prompt(ids, 0, tokens, tables.get(row), true, SamplingParameters.greedy(), tokens);
            }
            engine.step(input, output);
            if (i >= 0) {
                times[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        return median(times);
    }

    /** Sequences decode beside a chunk of a prompt of which so many tokens were read. */
    private double mixed(int rows, int before, int tokens) {
        int[] ids = new Random(5).ints(before + tokens, 0, SHAPE.vocabulary()).toArray();
        SamplingParameters greedy = SamplingParameters.greedy();
        StepInput input = new StepInput(LIMITS);
        StepOutput output = new StepOutput(LIMITS);
        double[] times = new double[STEPS];
        for (int i = -20; i < times.length; i++) {
            long start = System.nanoTime();
            input.clear();
            for (int row = 0; row < rows; row++) {
                input.decode(100 + row, CONTEXT - 1, tables.get(1 + row), greedy, CONTEXT - 100);
            }
            input.prompt(ids, before, before + tokens, tables.getFirst(), false, greedy, before + tokens + 1);
            engine.step(input, output);
            if (i >= 0) {
                times[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        return median(times);
    }

    private static void row(String what, double milliseconds, double bar, String more) {
        System.out.printf(
                "| %s | %.2f | %s | %s | %s |%n",
                what,
                milliseconds,
                bar > 0 ? "%.2f".formatted(bar) : "",
                bar > 0 ? "%.2f".formatted(milliseconds / bar) : "",
                more);
    }

    /** {@code StepBenchmark CUDA}: the folder below which CUDA's libraries lie. */
    public static void main(String[] arguments) throws IOException {
        StepBenchmark benchmark = new StepBenchmark(Path.of(arguments[0]));
        SamplingParameters greedy = SamplingParameters.greedy();
        SamplingParameters nucleus = new SamplingParameters(1, 0, 0.95f, 0, 0, 0, 1, Map.of(), 1, -1);
        SamplingParameters many = new SamplingParameters(0.7f, 50, 0.9f, 0.01f, 0.1f, 0.1f, 1.1f, Map.of(5, 1f), 1, -1);
        SamplingParameters told = new SamplingParameters(1, 0, 0.95f, 0, 0, 0, 1, Map.of(), 1, 5);
        System.out.println("| step | ms | bar | of it | p99, mean |\n|---|---|---|---|---|");
        int[] rows = {1, 8, 32, 128};
        double[] bars = {2.8, 3.1, 3.5, 4.7};
        double[] sampledBars = {2.9, 3.2, 3.7, 5.0};
        for (int i = 0; i < rows.length; i++) {
            double[] times = benchmark.decode(rows[i], CONTEXT, greedy);
            row("decode " + rows[i], times[0], bars[i], "%.2f, %.2f".formatted(times[1], times[2]));
        }
        for (int i = 0; i < rows.length; i++) {
            double[] times = benchmark.decode(rows[i], CONTEXT, nucleus);
            row("decode " + rows[i] + ", top_p", times[0], sampledBars[i], "%.2f, %.2f".formatted(times[1], times[2]));
        }
        for (int count : new int[] {1, 32}) {
            row("decode " + count + ", everything", benchmark.decode(count, CONTEXT, many)[0], 0, "");
            row("decode " + count + ", 5 logprobs", benchmark.decode(count, CONTEXT, told)[0], 0, "");
        }
        row("decode 1 at 4,000", benchmark.decode(1, 3800, greedy)[0], 0, "");
        row("prompt 128", benchmark.prompts(1, 128), 7, "");
        row("prompt 512", benchmark.prompts(1, 512), 10, "");
        row("prompt 2048", benchmark.prompts(1, 2048), 0, "");
        row("prompt 3500", benchmark.prompts(1, 3500), 42, "");
        row("32 prompts of 128", benchmark.prompts(32, 128), 45, "");
        for (int tokens : new int[] {64, 112, 128, 192, 240, 496}) {
            row("decode 16 beside " + tokens + " of a prompt", benchmark.mixed(16, 320, tokens), 0, "");
        }
        benchmark.engine.close();
    }
}
