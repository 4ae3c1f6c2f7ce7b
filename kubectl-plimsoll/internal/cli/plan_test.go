package cli

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"plimsoll.dev/kubectl-plimsoll/internal/api"
	"plimsoll.dev/kubectl-plimsoll/internal/planning"
)

const file = `
apiVersion: plimsoll.dev/v1alpha1
kind: ModelDeployment
metadata:
  name: %s
  labels: {argocd.argoproj.io/instance: models}
spec:
  model: {uri: pvc://models/x}
  %s
`

func all(t *testing.T) []unstructured.Unstructured {
	t.Helper()
	list, err := server.models.Resource(api.Resource).Namespace("default").List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return list.Items
}

func TestWhatTheAPIServerRefusesIsNotPlanned(t *testing.T) {
	for spec, words := range map[string]string{
		"dtpye: Float16": `unknown field "spec.dtpye"`,
		"dtype: Float7":  "Unsupported value",
		"placement: {policy: HostOnly}\n  gpu: {count: 1}": "gpu has no effect with placement.policy HostOnly",
	} {
		piped(t.Context(), fmt.Sprintf(file, "m", spec), "plan", "-f", "-").is(t, exitUsage, words)
	}
	piped(t.Context(), fmt.Sprintf(file, "not.a.name", "dtype: Float16"), "plan", "-f", "-").is(t, exitUsage, "metadata.name must start")
	piped(t.Context(), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}", "plan", "-f", "-").is(t, exitUsage, "ConfigMap c", "no ModelDeployment in what was given")
	piped(t.Context(), fmt.Sprintf(file, "m", "dtype: Float16"), "plan", "-f", "-", "-o", "yaml").is(t, exitUsage, "it takes json")
	plimsoll(t, "plan", "-f", "/no/such/file").is(t, exitUsage, "/no/such/file")
	plimsoll(t, "plan").is(t, exitUsage, "which file?")
	if left := all(t); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// What is planned is another object, of which no pod is made, and which is gone when the user goes.
func TestPlanningTouchesNothingThatServesAndLeavesNothing(t *testing.T) {
	serving := store(t, "serving", "qwen")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan said)
	go func() {
		ended <- piped(ctx, fmt.Sprintf(file, "qwen", "dtype: Float16\n  replicas: 3\n  suspend: true"), "plan", "-f", "-")
	}()
	var probe *unstructured.Unstructured
	eventually(t, "something to be planned", func() bool {
		for _, each := range all(t) {
			if strings.HasPrefix(each.GetName(), "plan-qwen-") {
				probe = &each
			}
		}
		return probe != nil
	})
	stop()
	(<-ended).is(t, exitFailed, "stopped")

	read, err := api.Read(probe)
	if err != nil {
		t.Fatal(err)
	}
	replicas, _, _ := unstructured.NestedInt64(probe.Object, "spec", "replicas")
	if replicas != 0 || !read.Spec.Rollout.Paused || read.Spec.Suspend || read.Spec.Dtype != "Float16" {
		t.Errorf("planned: %v", probe.Object["spec"])
	}
	if read.Spec.Server.Image != "plimsoll/model-server:1" {
		t.Errorf("planned with image %q, and another serves", read.Spec.Server.Image)
	}
	if labels := probe.GetLabels(); len(labels) != 1 || labels["app.kubernetes.io/managed-by"] != "kubectl-plimsoll" {
		t.Errorf("labels %v", labels)
	}
	left := all(t)
	if len(left) != 1 || left[0].GetResourceVersion() != serving.GetResourceVersion() {
		t.Errorf("left: %v", left)
	}
}

func TestWhatAKilledPluginLeftIsDeletedInTime(t *testing.T) {
	serving := store(t, "serving", "qwen")
	probe, err := planning.Probe(serving, nil)
	if err != nil {
		t.Fatal(err)
	}
	left, err := server.models.Resource(api.Resource).Namespace("default").Create(t.Context(), probe, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	planning.Sweep(t.Context(), server.models, "default", time.Now())
	if len(all(t)) != 2 {
		t.Errorf("%s may still be waited for", left.GetName())
	}
	planning.Sweep(t.Context(), server.models, "default", time.Now().Add(2*time.Hour))
	if there := all(t); len(there) != 1 || there[0].GetName() != "qwen" {
		t.Errorf("left: %v", there)
	}
}
