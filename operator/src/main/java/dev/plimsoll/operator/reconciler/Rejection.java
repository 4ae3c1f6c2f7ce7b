package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.desired.NameTakenException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.dependent.workflow.WorkflowReconcileResult;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.Set;

/** What the API server refused for good; what may pass at another try stays an exception, and is tried again. */
final class Rejection {
    private static final int UNPROCESSABLE = 422;
    private static final Set<Integer> FOR_GOOD =
            Set.of(HttpURLConnection.HTTP_BAD_REQUEST, HttpURLConnection.HTTP_FORBIDDEN, UNPROCESSABLE);

    private Rejection() {}

    static Optional<Failure> of(Context<ModelDeployment> context) {
        Optional<WorkflowReconcileResult> made =
                context.managedWorkflowAndDependentResourceContext().getWorkflowReconcileResult();
        Optional<String> refusal = made.stream()
                .flatMap(result -> result.getErroredDependents().values().stream())
                .flatMap(error -> words(error).stream())
                .findFirst();
        if (refusal.isEmpty()) {
            made.ifPresent(WorkflowReconcileResult::throwAggregateExceptionIfErrorsPresent);
        }
        return refusal.map(words -> Failure.of(Reason.PodsRejected, "the pods cannot be made: " + words));
    }

    private static Optional<String> words(Exception error) {
        return switch (error) {
            case NameTakenException taken -> Optional.of(String.valueOf(taken.getMessage()));
            case KubernetesClientException refused
            when FOR_GOOD.contains(refused.getCode()) ->
                Optional.of(
                        refused.getStatus() == null
                                ? String.valueOf(refused.getMessage())
                                : refused.getStatus().getMessage());
            default -> Optional.empty();
        };
    }
}
