package dev.plimsoll.server.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of {@link OneAnswer} under the options of the image, watched from outside. */
final class ServerProcess {
    private ServerProcess() {}

    /**
     * What became of it.
     *
     * @param peak most that was seen of what was watched
     * @param emulated bytes of its emulated GPUs at the end
     * @param planned bytes of the host
     */
    record Ended(long peak, long emulated, long planned) {}

    /** What to watch of a process: bytes now. */
    interface Watch {
        long bytes(long pid);
    }

    /** Anonymous and shared bytes of a process; 0 when it is gone. */
    static long promised(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "status"))
                            .lines()
                            .filter(line -> line.startsWith("RssAnon:") || line.startsWith("RssShmem:"))
                            .mapToLong(line -> Long.parseLong(line.split("\\s+", 3)[1]))
                            .sum()
                    * 1024;
        } catch (IOException e) {
            return 0;
        }
    }

    /**
     * Runs until it has answered.
     *
     * @param group processes file of a control group to run in; empty for the caller's own
     * @param arguments of {@link OneAnswer}
     */
    static Ended run(String group, Watch watch, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "/bin/sh",
                "-c",
                "[ -z \"$0\" ] || echo $$ > \"$0\"; exec \"$@\"",
                group,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@src/main/jvm/server.options",
                "-classpath",
                System.getProperty("java.class.path"),
                OneAnswer.class.getName()));
        command.addAll(arguments);
        Path output = Files.createTempFile("one-answer", ".log");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().put("MALLOC_ARENA_MAX", "2");
            builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
            Process process = builder.start();
            long peak = 0;
            while (!process.waitFor(10, TimeUnit.MILLISECONDS)) {
                peak = Math.max(peak, watch.bytes(process.pid()));
            }
            String said = Files.readString(output);
            assertThat(process.exitValue()).as(said).isZero();
            return new Ended(peak, told(said, OneAnswer.ANSWERED), told(said, OneAnswer.PLANNED));
        } finally {
            Files.delete(output);
        }
    }

    private static long told(String said, String what) {
        return said.lines()
                .filter(line -> line.startsWith(what))
                .mapToLong(line -> Long.parseLong(line.substring(what.length())))
                .findFirst()
                .orElseThrow();
    }
}
