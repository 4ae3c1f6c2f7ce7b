package dev.plimsoll.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Packages depend only on those before them; the model server is another world. */
@AnalyzeClasses(packages = "dev.plimsoll.operator", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule PACKAGES_DEPEND_ON_EARLIER_ONES = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("desired")
            .definedBy("..operator.desired..")
            .layer("observe")
            .definedBy("..operator.observe..")
            .layer("status")
            .definedBy("..operator.status..")
            .layer("reconciler")
            .definedBy("..operator.reconciler..")
            .whereLayer("observe")
            .mayOnlyBeAccessedByLayers("status", "reconciler")
            .whereLayer("status")
            .mayOnlyBeAccessedByLayers("reconciler")
            .whereLayer("reconciler")
            .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule THE_SERVER_IS_ANOTHER_WORLD =
            noClasses().should().dependOnClassesThat().resideInAPackage("dev.plimsoll.server..");
}
