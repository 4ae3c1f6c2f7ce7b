package dev.plimsoll.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.List;

/** Packages depend only on those before them; libtorch is behind few; the operator is another world. */
@AnalyzeClasses(packages = "dev.plimsoll.server", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final List<String> ORDER = List.of(
            "checkpoint",
            "device",
            "architecture",
            "placement",
            "foreign",
            "cuda",
            "memory",
            "loading",
            "engine",
            "runtime.torch",
            "runtime.copying",
            "runtime.devices",
            "runtime.kernels",
            "runtime.execution",
            "generation",
            "grammar",
            "templates",
            "tokenization",
            "openai",
            "lifecycle",
            "http",
            "cli");

    @ArchTest
    static final ArchRule PACKAGES_DEPEND_ON_EARLIER_ONES = layers();

    @ArchTest
    static final ArchRule DJL_STAYS_INSIDE = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "..runtime.torch..",
                    "..runtime.copying..",
                    "..runtime.devices..",
                    "..runtime.execution..",
                    "..tokenization..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..");

    @ArchTest
    static final ArchRule KERNELS_RUN_WITHOUT_LIBTORCH = noClasses()
            .that()
            .resideInAPackage("dev.plimsoll.server.runtime.kernels..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..runtime.torch..", "..runtime.copying..", "..runtime.devices..");

    @ArchTest
    static final ArchRule THE_ENGINE_KNOWS_NO_DEVICE = noClasses()
            .that()
            .resideInAPackage("dev.plimsoll.server.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..server.cuda..", "..server.device..", "..server.loading..", "..server.memory..");

    @ArchTest
    static final ArchRule GRAMMARS_KNOW_NOTHING_OF_MODELS = noClasses()
            .that()
            .resideInAPackage("dev.plimsoll.server.grammar..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages("dev.plimsoll.server.grammar..", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule THE_OPERATOR_IS_ANOTHER_WORLD =
            noClasses().should().dependOnClassesThat().resideInAPackage("dev.plimsoll.operator..");

    private static ArchRule layers() {
        LayeredArchitecture layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
        for (String name : ORDER) {
            layers = layers.layer(name).definedBy("dev.plimsoll.server." + name + "..");
        }
        for (int i = 0; i < ORDER.size(); i++) {
            List<String> later = ORDER.subList(i + 1, ORDER.size());
            layers = later.isEmpty()
                    ? layers.whereLayer(ORDER.get(i)).mayNotBeAccessedByAnyLayer()
                    : layers.whereLayer(ORDER.get(i)).mayOnlyBeAccessedByLayers(later.toArray(String[]::new));
        }
        return layers;
    }
}
