package dev.plimsoll.operator.page.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the page shows of each golden object. */
class SheetTest {
    private static final Path GOLDENS = Path.of("src/test/resources/judgement");
    private static final long MI = 1L << 20;

    static List<String> cases() throws IOException {
        try (Stream<Path> folders = Files.list(GOLDENS)) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    private static ModelDeployment golden(String name) throws IOException {
        return Serialization.unmarshal(
                Files.readString(GOLDENS.resolve(name).resolve("status.yaml")), ModelDeployment.class);
    }

    private static Sheet sheet(String name) throws IOException {
        return Sheet.of(golden(name), Troubleshooting.parse(Files.readString(Path.of("../docs/troubleshooting.md"))));
    }

    /** What Ready says is said, what is not True is named once and in its own words, and the reason is explained. */
    @ParameterizedTest
    @MethodSource("cases")
    void whatIsWrongIsSaidInTheWordsOfTheStatus(String name) throws IOException {
        ModelDeployment model = golden(name);
        Sheet sheet = sheet(name);
        Condition ready = model.getStatus().conditions().getFirst();
        assertThat(ready.type()).isEqualTo(ConditionType.Ready);
        assertThat(sheet.card().message()).isEqualTo(ready.message());
        assertThat(sheet.card().ready()).isEqualTo(ready.status().name());
        if (ready.status() != ConditionStatus.True) {
            assertThat(sheet.troubles().getFirst().message()).isEqualTo(ready.message());
        }
        for (Condition condition : model.getStatus().conditions()) {
            if (condition.status() != ConditionStatus.True && !condition.type().equals(ConditionType.Progressing)) {
                assertThat(sheet.card().message() + sheet.troubles())
                        .as(condition.type().value())
                        .contains(condition.message());
            }
        }
        assertThat(sheet.troubles()).doesNotHaveDuplicates();
        assertThat(sheet.conditions()).isEqualTo(model.getStatus().conditions());
    }

    /** Every measured byte of every replica is in a hull. */
    @ParameterizedTest
    @MethodSource("cases")
    void whatIsMeasuredIsDrawn(String name) throws IOException {
        JsonNode pods = new ObjectMapper().valueToTree(golden(name).getStatus().pods());
        List<ReplicaView> replicas = sheet(name).replicas();
        assertThat(replicas).hasSize(pods.size());
        for (int i = 0; i < pods.size(); i++) {
            List<Hull> hulls = replicas.get(i).hulls();
            for (JsonNode device : pods.get(i).path("devices")) {
                JsonNode process = device.at("/measured/process");
                if (!process.isMissingNode()) {
                    assertThat(hulls).anySatisfy(hull -> {
                        assertThat(hull.device()).isEqualTo(device.get("name").asText());
                        assertThat(hull.measured()).isEqualTo(Amount.of(new Quantity(process.asText())));
                    });
                }
            }
            JsonNode peak = pods.get(i).at("/host/peak");
            if (!peak.isMissingNode()) {
                assertThat(hulls.getLast().peak()).isEqualTo(Amount.of(new Quantity(peak.asText())));
            }
        }
    }

    @Test
    void aReplicaThatServesLiesBelowItsLoadLine() throws IOException {
        Sheet sheet = sheet("serving");
        Hull gpu = sheet.replicas().getFirst().hulls().getFirst();
        assertThat(gpu.words())
                .isEqualTo("800Mi measured, 790Mi planned (+1.3%), budget 1Gi: 224Mi below the load line");
        assertThat(gpu.level()).isEqualTo(Level.Below);
        assertThat(gpu.parts())
                .containsExactly(
                        new Part("weights", "weights", Amount.of(700 * MI), Amount.of(700 * MI)),
                        new Part("kvCache", "KV cache", Amount.of(80 * MI), Amount.of(80 * MI)),
                        new Part("workspace", "workspace", Amount.of(10 * MI), null),
                        new Part("context", "context", Amount.of(0), null),
                        new Part("untold", "not told apart", null, Amount.of(20 * MI)));
        Hull host = sheet.replicas().getFirst().hulls().getLast();
        assertThat(host.words())
                .isEqualTo("500Mi measured, 600Mi at most, 500Mi planned, budget 2Gi: 1.41Gi below the load line");
        assertThat(sheet.replicas().getFirst().places())
                .containsExactly(
                        Place.of("gpu:0", "Emulated", List.of("model.embed_tokens", "model.layers.0-1", "lm_head")));
        assertThat(sheet.replicas().getFirst().places().getFirst().layers()).containsExactly(new Place.Range(0, 1));
        assertThat(sheet.card().hull()).isEqualTo(gpu);
        assertThat(sheet.troubles()).isEmpty();
        assertThat(sheet.planned()).isEmpty();
    }

    @Test
    void whatDoesNotFitIsRefusedWithWhatWouldFit() throws IOException {
        Sheet sheet = sheet("a-first-spec-that-does-not-fit");
        Trouble trouble = sheet.troubles().getFirst();
        assertThat(trouble.fixes()).containsExactly("memory.gpu 2Gi");
        assertThat(trouble.help()).contains("`placement.policy: Auto` leaves layers on the host");
        assertThat(sheet.card().stalled()).isTrue();
        assertThat(sheet.planned()).extracting(Hull::device).containsExactly("gpu:0", "host");
        assertThat(sheet.planned().getFirst().words()).isEqualTo("nothing is measured, budget 1Gi");
    }

    @Test
    void aLoadTellsHowFarItIs() throws IOException {
        Sheet sheet = sheet("loading");
        assertThat(sheet.card().percent()).isEqualTo(35);
        assertThat(sheet.replicas().getFirst().hulls().getFirst().parts())
                .contains(new Part("untold", "not told apart", null, Amount.of(100 * MI)));
    }

    @Test
    void whatIsAtItsLoadLineIsNotBelowIt() throws IOException {
        Hull host = sheet("over-budget").replicas().getFirst().hulls().getLast();
        assertThat(host.level()).isEqualTo(Level.At);
        assertThat(host.words()).endsWith("budget 2Gi: at the load line");
    }

    /** What a status says that no operator wrote is shown or left out, and breaks nothing. */
    @Test
    void whatNobodyHasLookedAtAndWhatCannotBeReadAreShownForWhatTheyAre() throws IOException {
        ModelDeployment model = golden("serving");
        model.setStatus(null);
        Sheet unseen = Sheet.of(model, new Troubleshooting(java.util.Map.of()));
        assertThat(unseen.card().ready()).isEqualTo("Unknown");
        assertThat(unseen.card().message()).isEqualTo("no operator has looked at it yet");
        assertThat(unseen.planned().getFirst().words()).isEqualTo("nothing is measured, budget 1Gi");
        assertThat(Amount.of(new Quantity("many"))).isNull();
        assertThat(Place.of("gpu:0", "Cuda", List.of("a.layers.999999999999", "h.0", "x.h.3", "and 4 more"))
                        .layers())
                .containsExactly(new Place.Range(3, 3));
    }
}
