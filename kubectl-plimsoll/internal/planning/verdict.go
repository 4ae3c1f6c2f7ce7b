package planning

import (
	"errors"

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
		return Outcome{}, true, false, errors.New(rollout.Message)
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
