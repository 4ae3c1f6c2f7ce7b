package dev.plimsoll.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The committed role is the one that the code states, and it is a small one. */
class PermissionsTest {
    private static final Path COMMITTED = Path.of("../manifests/base/operator-role.yaml");

    @Test
    void theCommittedRoleIsGenerated() throws IOException {
        String generated = "# Generated from dev.plimsoll.operator.Permissions; -Dplimsoll.update=true rewrites it.\n"
                + Serialization.asYaml(Permissions.role());
        if (Boolean.getBoolean("plimsoll.update")) {
            Files.writeString(COMMITTED, generated);
        }
        assertThat(Files.readString(COMMITTED))
                .as("run with -Dplimsoll.update=true to rewrite " + COMMITTED)
                .isEqualTo(generated);
    }

    @Test
    void noSecretIsReadAndNothingIsAllowedWholesale() {
        assertThat(Permissions.role().getRules())
                .flatExtracting(PolicyRule::getResources)
                .doesNotContain("secrets", "*")
                .doesNotHaveDuplicates();
        assertThat(Permissions.role().getRules())
                .flatExtracting(PolicyRule::getVerbs)
                .doesNotContain("*", "deletecollection", "impersonate", "escalate", "bind");
    }
}
