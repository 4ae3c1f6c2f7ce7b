package planning

import (
	"context"
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"plimsoll.dev/kubectl-plimsoll/internal/api"
)

const (
	managedBy = "app.kubernetes.io/managed-by"
	manager   = "kubectl-plimsoll"
	// plansAnnotation says which deployment a probe stands for.
	plansAnnotation = "plimsoll.dev/plans-for"
	// longestName leaves room for what the API server adds; names have at most 52 characters.
	longestName = 40
	// abandoned is how old a probe must be for nobody to wait for it any more.
	abandoned = time.Hour
	// farewell is how long deleting may take once the user has gone.
	farewell = 10 * time.Second
)

// Check has the API server judge a ModelDeployment as if it were applied, and gives it back with its defaults.
// What stands under its name already is told, too; nil where nothing does.
func Check(ctx context.Context, models dynamic.Interface, wanted *unstructured.Unstructured) (checked, standing *unstructured.Unstructured, err error) {
	of := models.Resource(api.Resource).Namespace(wanted.GetNamespace())
	fresh := asNew(wanted)
	standing, err = of.Get(ctx, wanted.GetName(), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		checked, err = of.Create(ctx, fresh, metav1.CreateOptions{
			DryRun: dryRun, FieldValidation: metav1.FieldValidationStrict, FieldManager: manager,
		})
		return checked, nil, err
	}
	if err != nil {
		return nil, nil, err
	}
	fresh.SetResourceVersion(standing.GetResourceVersion())
	checked, err = of.Update(ctx, fresh, metav1.UpdateOptions{
		DryRun: dryRun, FieldValidation: metav1.FieldValidationStrict, FieldManager: manager,
	})
	return checked, standing, err
}

// Probe is the ModelDeployment that is planned in place of the wanted one: the same pods, none of them made. It carries
// no label of the wanted one, by which others would take it for theirs.
func Probe(checked, standing *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	probe := &unstructured.Unstructured{Object: map[string]any{"spec": checked.DeepCopy().Object["spec"]}}
	probe.SetGroupVersionKind(api.Kind)
	probe.SetNamespace(checked.GetNamespace())
	name := checked.GetName()
	probe.SetGenerateName("plan-" + name[:min(len(name), longestName)] + "-")
	probe.SetLabels(map[string]string{managedBy: manager})
	probe.SetAnnotations(map[string]string{plansAnnotation: name})
	unstructured.RemoveNestedField(probe.Object, "spec", "suspend")
	if err := errors.Join(
		unstructured.SetNestedField(probe.Object, true, "spec", "rollout", "paused"),
		unstructured.SetNestedField(probe.Object, int64(0), "spec", "replicas"),
		keepImage(probe, standing),
	); err != nil {
		return nil, err
	}
	return probe, nil
}

// keepImage takes the image that the operator would take: that of the pods that serve, unless the spec says otherwise.
func keepImage(probe, standing *unstructured.Unstructured) error {
	spec, err := api.Read(probe)
	if err != nil || standing == nil {
		return err
	}
	serving, err := api.Read(standing)
	if err != nil || serving.Status.Rollout == nil || serving.Status.Rollout.Image == "" ||
		spec.Spec.Server.Image != "" || spec.Spec.Rollout.OnOperatorUpgrade == "RollOut" {
		return err
	}
	return unstructured.SetNestedField(probe.Object, serving.Status.Rollout.Image, "spec", "server", "image")
}

// Sweep deletes what plugins left that were killed: the user's right to it is the API server's to judge.
func Sweep(ctx context.Context, models dynamic.Interface, namespace string, now time.Time) {
	of := models.Resource(api.Resource).Namespace(namespace)
	left, err := of.List(ctx, metav1.ListOptions{LabelSelector: managedBy + "=" + manager})
	if err != nil {
		return
	}
	for _, probe := range left.Items {
		if probe.GetAnnotations()[plansAnnotation] != "" && now.Sub(probe.GetCreationTimestamp().Time) > abandoned {
			_ = remove(ctx, models, &probe)
		}
	}
}

func remove(ctx context.Context, models dynamic.Interface, probe *unstructured.Unstructured) error {
	uid := probe.GetUID()
	policy := metav1.DeletePropagationBackground
	err := models.Resource(api.Resource).Namespace(probe.GetNamespace()).Delete(ctx, probe.GetName(),
		metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}, PropagationPolicy: &policy})
	if err == nil || apierrors.IsNotFound(err) {
		return nil
	}
	return fmt.Errorf("%s could not be deleted, please do: kubectl -n %s delete mdep %s (%w)",
		probe.GetName(), probe.GetNamespace(), probe.GetName(), err)
}
