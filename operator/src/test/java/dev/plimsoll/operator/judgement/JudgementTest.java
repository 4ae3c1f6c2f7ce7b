package dev.plimsoll.operator.judgement;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One folder for each topology: what there is, the object that a user gets, its Events, and what kstatus makes of it. */
class JudgementTest {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER, YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    static List<String> cases() throws IOException {
        try (Stream<Path> folders = Files.list(Scene.FOLDER)) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theStatusIsTheGoldens(String name) throws IOException {
        Scene scene = Scene.of(name);
        ModelDeploymentStatus status = Judgement.of(scene.evidence()).status();
        ModelDeployment object = scene.model();
        String events = News.between(object.getStatus(), status).stream()
                .map(news -> (news.warning() ? "Warning " : "Normal ") + news.reason() + ": " + news.message() + "\n")
                .collect(Collectors.joining());
        object.setStatus(status);
        expect(name, "status.yaml", YAML.writeValueAsString(object));
        expect(name, "events", events);
    }

    /** Any order of pods, ReplicaSets and container statuses is the same evidence. */
    @ParameterizedTest
    @MethodSource("cases")
    void theOrderOfFactsDoesNotMatter(String name) {
        ModelDeploymentStatus status = Judgement.of(Scene.of(name).evidence()).status();
        Random random = new Random(name.hashCode());
        for (int i = 0; i < 8; i++) {
            Scene scene = Scene.of(name);
            List<Pod> pods = new ArrayList<>(scene.pods());
            Collections.shuffle(pods, random);
            pods.stream().filter(pod -> pod.getStatus() != null).forEach(pod -> {
                shuffle(pod.getStatus().getContainerStatuses(), random);
                shuffle(pod.getStatus().getConditions(), random);
            });
            List<ReplicaSet> sets = new ArrayList<>(scene.replicaSets());
            Collections.shuffle(sets, random);
            assertThat(Judgement.of(scene.with(sets, pods).evidence()).status()).isEqualTo(status);
        }
    }

    /** Looking twice at the same facts writes nothing the second time. */
    @ParameterizedTest
    @MethodSource("cases")
    void aSecondLookSaysTheSame(String name) {
        Scene scene = Scene.of(name);
        ModelDeploymentStatus first = Judgement.of(scene.evidence()).status();
        Judgement second = Judgement.of(scene.evidence(first, scene.now()));
        assertThat(second.status()).isEqualTo(first);
        assertThat(News.between(first, second.status())).isEmpty();
    }

    /** Nothing is on its way for ever: after two days of the same facts it is done or stalled, and stays so. */
    @ParameterizedTest
    @MethodSource("cases")
    void nothingIsOnItsWayForEver(String name) {
        Scene scene = Scene.of(name);
        ModelDeploymentStatus status = Judgement.of(scene.evidence()).status();
        for (int hour = 1; hour <= 48; hour++) {
            status = Judgement.of(scene.evidence(status, scene.now().plusSeconds(3600L * hour)))
                    .status();
        }
        assertThat(status.conditions())
                .noneMatch(condition -> condition.type().equals(ConditionType.Reconciling)
                        || (condition.type().equals(ConditionType.Progressing)
                                && condition.status() != ConditionStatus.False));
        ModelDeploymentStatus later = Judgement.of(
                        scene.evidence(status, scene.now().plusSeconds(3600L * 49)))
                .status();
        assertThat(later).isEqualTo(status);
        Condition ready = status.conditions().getFirst();
        boolean stalled = status.conditions().stream()
                .anyMatch(condition -> condition.type().equals(ConditionType.Stalled));
        assertThat(stalled).isNotEqualTo(ready.status() == ConditionStatus.True);
    }

    private static <T> void shuffle(List<T> list, Random random) {
        if (list != null && list.size() > 1) {
            Collections.shuffle(list, random);
        }
    }

    private static void expect(String name, String file, String content) throws IOException {
        Path golden = Scene.FOLDER.resolve(name).resolve(file);
        if (Boolean.getBoolean("plimsoll.update")) {
            Files.writeString(golden, content);
        }
        assertThat(golden).exists().content().isEqualTo(content);
    }
}
