// Package diagnosis says what is wrong with a ModelDeployment, and what would change that, from what its status says.
package diagnosis

import (
	"strings"

	"plimsoll.dev/kubectl-plimsoll/internal/api"
)

// State is how a deployment is.
type State string

// The states. What is on its way gets well by itself.
const (
	Well     State = "Well"
	OnItsWay State = "OnItsWay"
	Wrong    State = "Wrong"
)

// Finding is something that is wrong.
type Finding struct {
	Reason  string `json:"reason"`
	Message string `json:"message"`
	// Section of docs/troubleshooting.md that is about it.
	Section string `json:"section"`
}

// Diagnosis is what is wrong, and what to do.
type Diagnosis struct {
	Name      string    `json:"name"`
	Namespace string    `json:"namespace"`
	State     State     `json:"state"`
	Message   string    `json:"message"`
	Findings  []Finding `json:"findings,omitempty"`
	// Fixes are changes each of which would do.
	Fixes []Fix `json:"fixes,omitempty"`
	// Looks are commands that show more.
	Looks []string `json:"looks,omitempty"`
}

var inOrder = words("AsSpecified ScalingUp ScaledToZero Suspended")

var passing = words("Planning Waiting Starting PodPending Loading WarmingUp RollingOut ScalingUp Ending Complete")

// following are reasons that only say what follows from others.
var following = words("NoReplica NotLoaded NotReported NotPlanned Stalled ScaledToZero Suspended")

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(list) {
		set[word] = true
	}
	return set
}

// Of judges a deployment by its status.
func Of(model api.ModelDeployment) Diagnosis {
	found := Diagnosis{
		Name:      model.Metadata.Name,
		Namespace: model.Metadata.Namespace,
		State:     Well,
		Message:   model.Condition("Ready").Message,
	}
	if !model.IsSeen() {
		found.State = OnItsWay
		found.Message = "no operator has looked at the spec as it is; where that lasts, none runs: " +
			"kubectl get pods --all-namespaces -l app.kubernetes.io/name=plimsoll-operator"
		return found
	}
	for _, finding := range findings(model) {
		found.add(finding)
	}
	switch {
	case len(found.Findings) > 0:
		found.State = Wrong
	case model.Condition("Ready").Status != "True" || model.Condition("Reconciling").Status == "True":
		found.State = OnItsWay
	}
	for _, finding := range found.Findings {
		for _, fix := range fixes(model, finding) {
			found.addFix(fix)
		}
		for _, look := range looks(model, finding) {
			found.addLook(look)
		}
	}
	return found
}

func findings(model api.ModelDeployment) []Finding {
	var all []Finding
	ready, stalled := model.Condition("Ready"), model.Condition("Stalled")
	isStalled := stalled.Status == "True"
	wrongNow := func(condition api.Condition) bool {
		return condition.Status != "True" && !inOrder[condition.Reason] && (isStalled || !passing[condition.Reason])
	}
	if wrongNow(ready) || (ready.Status == "True" && !inOrder[ready.Reason]) {
		all = append(all, of(ready.Reason, ready.Message))
	}
	if isStalled {
		all = append(all, of(stalled.Reason, stalled.Message))
	}
	if going := model.Condition("Reconciling"); going.Status == "True" && !passing[going.Reason] && !inOrder[going.Reason] {
		all = append(all, of(going.Reason, going.Message))
	}
	for _, condition := range model.Status.Conditions {
		if condition.Type != "Ready" && condition.Type != "Progressing" && condition.Status != "True" &&
			!following[condition.Reason] && !passing[condition.Reason] {
			all = append(all, of(condition.Reason, condition.Message))
		}
	}
	for _, pod := range model.Status.Pods {
		if pod.Failure != nil {
			all = append(all, of(pod.Failure.Reason, "pod "+pod.Name+": "+pod.Failure.Message))
		}
	}
	for _, pod := range model.Status.FailedPods {
		if ready.Status != "True" {
			all = append(all, failed(pod))
		}
	}
	return all
}

func of(reason, message string) Finding {
	return Finding{Reason: reason, Message: message, Section: "docs/troubleshooting.md#" + strings.ToLower(reason)}
}

// failed is a pod that is no more; of the kubelet's words for why, only one is a reason of its own.
func failed(pod api.FailedPod) Finding {
	if pod.Reason == "Evicted" {
		return of(pod.Reason, "pod "+pod.Name+" failed for good: "+pod.Message)
	}
	return of("PodFailed", "pod "+pod.Name+" failed for good: "+pod.Reason+": "+pod.Message)
}

// add takes what has not been said yet, in these or in more words.
func (d *Diagnosis) add(finding Finding) {
	for _, said := range d.Findings {
		if said.Reason == finding.Reason && (says(said.Message, finding.Message) || says(finding.Message, said.Message)) {
			return
		}
	}
	d.Findings = append(d.Findings, finding)
}

// says is whether one sentence holds another, whoever it is about.
func says(longer, shorter string) bool {
	if about, after, aboutPod := strings.Cut(shorter, ": "); aboutPod && strings.HasPrefix(about, "pod ") {
		shorter = after
	}
	return strings.Contains(longer, shorter)
}

func (d *Diagnosis) addFix(fix Fix) {
	for _, there := range d.Fixes {
		if there.Command == fix.Command {
			return
		}
	}
	d.Fixes = append(d.Fixes, fix)
}

func (d *Diagnosis) addLook(look string) {
	for _, there := range d.Looks {
		if there == look {
			return
		}
	}
	d.Looks = append(d.Looks, look)
}
