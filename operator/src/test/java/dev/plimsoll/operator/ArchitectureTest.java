package dev.plimsoll.operator;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;

/** Packages depend only on those before them; what follows from evidence alone touches neither a clock nor a network. */
@AnalyzeClasses(packages = "dev.plimsoll.operator", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule PACKAGES_DEPEND_ON_EARLIER_ONES = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("desired")
            .definedBy("..operator.desired..")
            .layer("replicas")
            .definedBy("..operator.replicas..")
            .layer("rollout")
            .definedBy("..operator.rollout..")
            .layer("nodes")
            .definedBy("..operator.nodes..")
            .layer("reports")
            .definedBy("..operator.reports..")
            .layer("judgement")
            .definedBy("..operator.judgement..")
            .layer("page")
            .definedBy("..operator.page..")
            .layer("reconciler")
            .definedBy("..operator.reconciler..")
            .whereLayer("replicas")
            .mayOnlyBeAccessedByLayers("rollout", "nodes", "reports", "judgement", "reconciler")
            .whereLayer("rollout")
            .mayOnlyBeAccessedByLayers("nodes", "judgement", "reconciler")
            .whereLayer("nodes")
            .mayOnlyBeAccessedByLayers("reconciler")
            .whereLayer("reports")
            .mayOnlyBeAccessedByLayers("reconciler")
            .whereLayer("judgement")
            .mayOnlyBeAccessedByLayers("reconciler")
            .whereLayer("page")
            .mayOnlyBeAccessedByLayers("reconciler")
            .whereLayer("reconciler")
            .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule WHAT_IS_JUDGED_IS_PURE = ArchRuleDefinition.noClasses()
            .that()
            .resideInAnyPackage(
                    "..operator.desired..",
                    "..operator.replicas..",
                    "..operator.rollout..",
                    "..operator.nodes..",
                    "..operator.judgement..",
                    "..operator.page.view..")
            .should()
            .dependOnClassesThat(new DescribedPredicate<JavaClass>("reach the world") {
                @Override
                public boolean test(JavaClass used) {
                    return used.getName().equals("java.time.Clock")
                            || used.getPackageName().startsWith("java.net.http")
                            || used.getPackageName().startsWith("io.javaoperatorsdk")
                            || used.getName().equals("io.fabric8.kubernetes.client.KubernetesClient");
                }
            });
}
