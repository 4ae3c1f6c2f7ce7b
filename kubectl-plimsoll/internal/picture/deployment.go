package picture

import (
	"fmt"
	"strings"

	"plimsoll.dev/kubectl-plimsoll/internal/api"
)

// widest and narrowestBar are what a bar may measure; what is left of a line is for figures.
const (
	widest       = 48
	narrowestBar = 12
	figures      = 46
)

func (p Page) barWidth() int {
	return min(widest, max(narrowestBar, p.Width-figures))
}

// hull draws one, with its figures and what more there is to say of it.
func (p Page) hull(h hull, of api.Bytes, more string) {
	line := fmt.Sprintf("  %-6s [%s] %s", h.name, p.bar(h, p.barWidth()), h.amounts(of))
	if h.plan.Known {
		line += ", plan " + h.plan.String()
	}
	if more != "" {
		line += " (" + more + ")"
	}
	p.Line("%s", line)
}

// Brief draws a deployment in few lines: how it is, and its fullest devices against their lines.
func (p Page) Brief(model api.ModelDeployment) {
	p.head(model)
	if gpu, pod := fullest(model); pod != "" {
		p.hull(gpu, api.Of(gpu.total()), "")
	}
	if host := fullestHost(model); host.budget.Known {
		p.hull(host, api.Of(host.total()), "")
	}
	if model.Condition("Ready").Status != "True" {
		p.loads(model)
		p.Text(2, model.Condition("Ready").Message)
	}
}

// Whole draws a deployment with every pod and device that its status tells of, and says what is wrong.
func (p Page) Whole(model api.ModelDeployment) {
	p.head(model)
	ready := model.Condition("Ready")
	p.Text(2, ready.Message)
	p.checkpoint(model)
	measured := false
	for _, pod := range model.Status.Pods {
		p.Blank()
		p.pod(model, pod)
		measured = measured || len(pod.Devices) > 0
	}
	if model.Status.HiddenPods > 0 {
		p.Line("  and %d more pods", model.Status.HiddenPods)
	}
	if !measured && model.Status.Plan != nil {
		p.Blank()
		p.planned(model)
	}
	p.failed(model)
	p.wrong(model, ready.Message)
}

func (p Page) head(model api.ModelDeployment) {
	ready := model.Condition("Ready")
	mark := map[string]string{"True": "Ready", "False": "Not ready"}[ready.Status]
	color := map[string]int{"True": green, "False": red}[ready.Status]
	if mark == "" {
		mark, color = "Unknown", yellow
	}
	if ready.Reason != "" {
		mark += " (" + ready.Reason + ")"
	}
	if !model.IsSeen() {
		mark, color = "Not looked at by an operator yet", yellow
	}
	facts := []string{}
	for _, fact := range []string{model.Status.Summary.Replicas, model.Status.Summary.Placement, model.Status.Summary.Dtype} {
		if fact != "" && fact != "-" {
			facts = append(facts, fact)
		}
	}
	p.Line("%s  %s  %s", model.FullName(), p.colored(color, mark), strings.Join(facts, "  "))
}

func (p Page) checkpoint(model api.ModelDeployment) {
	facts := model.Status.Model
	if facts == nil {
		return
	}
	p.Line("  %s, %s parameters, %d layers, %s -> %s", facts.Architecture, Count(facts.Parameters), facts.Layers,
		facts.Checkpoint.Dtype, facts.Dtype)
}

func (p Page) pod(model api.ModelDeployment, pod api.Pod) {
	notes := ""
	if pod.Node != "" {
		notes = " on " + pod.Node
	}
	notes += ": " + pod.Phase
	if !pod.Current {
		notes += ", of an older spec"
	}
	if pod.Restarts > 0 {
		notes += fmt.Sprintf(", restarts: %d", pod.Restarts)
	}
	p.Line("%s%s", pod.Name, notes)
	p.load(pod)
	for _, device := range pod.Devices {
		if device.Name != "host" || pod.Host == nil {
			p.device(model, pod, device)
		}
	}
	if pod.Host != nil {
		p.hull(hostHull(model, pod), pod.Host.Peak, "peak")
	}
	if host := hostDevice(pod); host != nil && pod.Host != nil {
		if host.Measured != nil {
			p.kinds("", host.Measured)
		}
		p.Text(9, strings.Join(host.Modules, ", "))
	}
	if pod.Failure != nil && pod.Failure.Message != model.Condition("Ready").Message {
		p.Hanging("  "+pod.Failure.Reason+": ", pod.Failure.Message)
	}
}

func (p Page) device(model api.ModelDeployment, pod api.Pod, device api.Device) {
	kind := strings.TrimSpace(device.Kind + " " + device.Product)
	if device.Measured == nil {
		p.Line("  %-6s not measured", device.Name)
		p.Text(9, kind)
	} else {
		off := ""
		if pod.Phase == "Serving" {
			off = device.PredictionError
		}
		p.hull(deviceHull(model, device), device.Measured.Process, off)
		p.kinds(kind, device.Measured)
	}
	p.Text(9, strings.Join(device.Modules, ", "))
}

func (p Page) kinds(kind string, measured *api.Measured) {
	var parts []string
	for _, kind := range []struct {
		name  string
		bytes api.Bytes
	}{
		{"weights", measured.Weights}, {"KV cache", measured.KVCache}, {"workspace", measured.Workspace},
		{"context", measured.Context}, {"unaccounted", measured.Unaccounted},
	} {
		if kind.bytes.Known {
			parts = append(parts, kind.name+" "+kind.bytes.String())
		}
	}
	if kind != "" {
		parts = append(parts, kind)
	}
	if measured.Source != "" && measured.Source != kind {
		parts = append(parts, "by "+measured.Source)
	}
	p.Text(9, strings.Join(parts, ", "))
}
