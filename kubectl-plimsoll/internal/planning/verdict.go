package planning

import (
	"context"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"plimsoll.dev/kubectl-plimsoll/internal/api"
)

// judge reads the operator's verdict on a probe: whether an operator has looked, and whether it knows yet.
func (p Planner) judge(object any) (outcome Outcome, seen, known bool, err error) {
	stored, isObject := object.(*unstructured.Unstructured)
	if !isObject {
		return Outcome{}, false, false, nil
	}
	model, err := api.Read(stored)
	if err != nil || !model.IsSeen() {
		return Outcome{}, false, false, err
	}
	ready := model.Condition("Ready")
	rollout := model.Status.Rollout
	switch {
	case rollout != nil && rollout.Phase == "Paused":
		return Outcome{Fits: true, Message: "fits"}, true, true, nil
	case model.Condition("Stalled").Status == "True":
		return refused(model.Condition("Stalled")), true, true, nil
	case rollout != nil && rollout.Phase == "Refused":
		return refused(ready), true, true, nil
	case rollout != nil && rollout.Reason == "PlanFailed":
		return Outcome{}, true, false, noPlan{withoutAdvice(rollout.Message)}
	case ready.Status == "False" && rollout != nil && rollout.Phase == "Planning":
		p.Progress(ready.Message)
	case rollout != nil:
		p.Progress(rollout.Message)
	}
	return Outcome{}, true, false, nil
}

func refused(condition api.Condition) Outcome {
	return Outcome{Reason: condition.Reason, Message: condition.Message}
}

// noPlan is a planning pod that ended and told nothing.
type noPlan struct{ words string }

func (n noPlan) Error() string {
	return n.words
}

// withoutAdvice leaves out to look into the log of a pod that is gone.
func withoutAdvice(words string) string {
	before, _, _ := strings.Cut(words, ": see kubectl logs")
	return before
}

// tail is how many lines of a log are told.
var tail = int64(5)

// lastWords are the end of the log of a probe's pod, which goes with the probe.
func (p Planner) lastWords(ctx context.Context, probe *unstructured.Unstructured) string {
	of := p.Cluster.CoreV1().Pods(probe.GetNamespace())
	pods, err := of.List(ctx, metav1.ListOptions{LabelSelector: api.DeploymentLabel + "=" + probe.GetName()})
	if err != nil || len(pods.Items) == 0 {
		return "not to be had"
	}
	log, err := of.GetLogs(pods.Items[0].Name, &corev1.PodLogOptions{Container: api.Server, TailLines: &tail}).DoRaw(ctx)
	if err != nil {
		return "not to be had: " + err.Error()
	}
	var lines []string
	for _, line := range strings.Split(string(log), "\n") {
		if line = api.Clean(line); strings.TrimSpace(line) != "" {
			lines = append(lines, "  "+line)
		}
	}
	return strings.Join(lines, "\n")
}
