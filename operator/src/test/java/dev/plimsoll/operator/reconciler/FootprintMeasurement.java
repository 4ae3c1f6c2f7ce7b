package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the operator's process takes for a fleet that serves: {@code e2e/measure-operator} runs it, and the requests in
 * {@code manifests/base/operator.yaml} and the heap in {@code pom.xml} follow from what it prints. Settings are the
 * defaults, the jar and the flags are the image's.
 */
@SuppressWarnings("NullAway")
class FootprintMeasurement {
    private static final Path RESULT = Path.of("target/footprint.txt");
    private static final Duration STEADY = Duration.ofSeconds(60);
    private static final long TICKS_PER_SECOND = 100;
    private static final Pattern USED = Pattern.compile("(?:DefNew|Tenured)\\s+total \\d+K, used (\\d+)K");
    private static final int LAYERS = 36;

    @ParameterizedTest
    @ValueSource(ints = {50, 500})
    void ofAFleetThatServes(int fleet) throws Exception {
        List<ReplicaProcess> processes = new ArrayList<>();
        try (ApiServer server = new ApiServer();
                PlanningKubelet _ = new PlanningKubelet(server.admin);
                OperatorProcess operator =
                        new OperatorProcess(server, "measured-" + fleet, java.util.Map.of()).started();
                ExecutorService users = Executors.newFixedThreadPool(8)) {
            List<Workload> models = IntStream.range(0, fleet)
                    .mapToObj(i -> new Workload(server.admin, "model-" + i))
                    .toList();
            models.getFirst().claim("models");
            models.forEach(model -> processes.add(process()));
            double before = cpuSeconds(operator);
            List<Future<?>> applied = new ArrayList<>();
            for (int i = 0; i < fleet; i++) {
                Workload model = models.get(i);
                ReplicaProcess process = processes.get(i);
                applied.add(users.submit(() -> serve(model, process)));
            }
            for (Future<?> one : applied) {
                one.get();
            }
            awaitReady(operator, fleet);
            double made = cpuSeconds(operator) - before;
            Thread.sleep(Duration.ofSeconds(20));
            double begun = cpuSeconds(operator);
            Thread.sleep(STEADY);
            double steady = cpuSeconds(operator) - begun;
            long peak = field(operator, "VmHWM");
            String line =
                    "%4d deployments: peak RSS %d MiB, heap after GC %d MiB, RSS now %d MiB; CPU %.1f s until all were Ready, then %.0f m"
                            .formatted(
                                    fleet,
                                    peak >> 10,
                                    heapAfterGc(operator) >> 10,
                                    field(operator, "VmRSS") >> 10,
                                    made,
                                    1000 * steady / STEADY.toSeconds());
            Files.writeString(RESULT, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            assertThat(ready(operator)).isEqualTo(fleet);
        } finally {
            processes.forEach(ReplicaProcess::close);
        }
    }

    private static ReplicaProcess process() {
        try {
            return new ReplicaProcess();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void serve(Workload model, ReplicaProcess process) {
        model.apply(OperatorTest.SPEC);
        await().atMost(Duration.ofMinutes(3)).until(() -> model.deployment() != null);
        Pod pod = model.pod("a");
        process.says(report(pod));
        model.runs(pod, process, true, "{}");
    }

    /** Of a model as large as people serve: its modules are most of a report. */
    private static String report(Pod pod) {
        String modules = IntStream.range(0, LAYERS)
                .mapToObj(layer -> "{\"name\": \"model.layers." + layer + "\", \"bytes\": 1}")
                .collect(Collectors.joining(", "));
        return Workload.report(pod, "Serving", "Float32")
                .replace("{\"name\": \"model.layers.0\", \"bytes\": 1}", modules);
    }

    private static void awaitReady(OperatorProcess operator, int fleet) {
        await().atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> ready(operator) == fleet);
    }

    private static long ready(OperatorProcess operator) {
        return operator.get("/q/metrics")
                .lines()
                .filter(line ->
                        line.startsWith("plimsoll_model_condition{condition=\"Ready\"") && line.endsWith(" 1.0"))
                .count();
    }

    private static double cpuSeconds(OperatorProcess operator) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + operator.pid() + "/stat"));
        StringTokenizer fields = new StringTokenizer(stat.substring(stat.lastIndexOf(')') + 2));
        IntStream.range(0, 11).forEach(unused -> fields.nextToken());
        return (double) (Long.parseLong(fields.nextToken()) + Long.parseLong(fields.nextToken())) / TICKS_PER_SECOND;
    }

    /** KiB. */
    private static long field(OperatorProcess operator, String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + operator.pid() + "/status")).stream()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    /** KiB of both generations. */
    private static long heapAfterGc(OperatorProcess operator) throws IOException, InterruptedException {
        jcmd(operator, "GC.run");
        String info = jcmd(operator, "GC.heap_info");
        Matcher used = USED.matcher(info);
        long sum = 0;
        while (used.find()) {
            sum += Long.parseLong(used.group(1));
        }
        assertThat(sum).as(info).isPositive();
        return sum;
    }

    private static String jcmd(OperatorProcess operator, String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/jcmd").toString(),
                        Long.toString(operator.pid()),
                        command)
                .redirectErrorStream(true)
                .start();
        String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(jcmd.waitFor()).as(output).isZero();
        return output;
    }
}
