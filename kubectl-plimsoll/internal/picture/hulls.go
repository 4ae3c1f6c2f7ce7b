package picture

import (
	"fmt"

	"plimsoll.dev/kubectl-plimsoll/internal/api"
)

func deviceHull(model api.ModelDeployment, device api.Device) hull {
	budget := device.Budget
	if !budget.Known {
		budget = model.Spec.Budget(device.Name)
	}
	return hull{
		name:   device.Name,
		layers: layersOf(device.Measured.Kinds, device.Measured.Process),
		budget: budget,
		plan:   model.Status.Plan.Of(device.Name),
	}
}

func hostHull(model api.ModelDeployment, pod api.Pod) hull {
	budget := pod.Host.Budget
	if !budget.Known {
		budget = model.Spec.Memory.Host
	}
	var kinds api.Kinds
	if host := hostDevice(pod); host != nil && host.Measured != nil {
		kinds = host.Measured.Kinds
	}
	return hull{
		name:   "host",
		layers: layersOf(kinds, pod.Host.Peak),
		budget: budget,
		plan:   model.Status.Plan.Of("host"),
	}
}

// hostDevice is the host as a place of modules; nil where none lives there.
func hostDevice(pod api.Pod) *api.Device {
	for i := range pod.Devices {
		if pod.Devices[i].Name == "host" {
			return &pod.Devices[i]
		}
	}
	return nil
}

// fullest is the GPU that lies deepest, and the pod that it is of.
func fullest(model api.ModelDeployment) (hull, string) {
	var deepest hull
	of := ""
	for _, pod := range model.Status.Pods {
		for _, device := range pod.Devices {
			if device.Measured == nil || !device.Measured.Process.Known || device.Name == "host" || device.Name == "disk" {
				continue
			}
			h := deviceHull(model, device)
			if of == "" || h.depth() > deepest.depth() {
				deepest, of = h, pod.Name
			}
		}
	}
	return deepest, of
}

func fullestHost(model api.ModelDeployment) hull {
	var deepest hull
	for _, pod := range model.Status.Pods {
		if pod.Host == nil || !pod.Host.Peak.Known {
			continue
		}
		if h := hostHull(model, pod); !deepest.budget.Known || h.depth() > deepest.depth() {
			deepest = h
		}
	}
	return deepest
}

func (h hull) depth() float64 {
	return float64(h.total()) / float64(max(h.budget.Value, 1))
}

func (p Page) load(pod api.Pod) {
	load := pod.Load
	if load == nil {
		return
	}
	if load.Percent == nil {
		if load.Seconds != "" {
			p.Line("  loaded %s in %s s (%s), ready after %s", api.Of(load.Bytes), load.Seconds, load.Rate, orDash(load.StartToReady))
		}
		return
	}
	percent := int64(min(100, max(0, *load.Percent)))
	progress := hull{layers: []layer{{weights, percent}}, budget: api.Of(100)}
	p.Line("  %-6s [%s] %d%% of %s", "load", p.bar(progress, p.barWidth()), percent, api.Of(load.Bytes))
}

// loads draws how far those are that load.
func (p Page) loads(model api.ModelDeployment) {
	for _, pod := range model.Status.Pods {
		if pod.Load != nil && pod.Load.Percent != nil {
			p.load(pod)
		}
	}
}

func (p Page) planned(model api.ModelDeployment) {
	p.Line("plan of one replica")
	for _, device := range model.Status.Plan.Devices {
		h := hull{name: device.Name, layers: layersOf(device.Kinds, device.Total), budget: model.Spec.Budget(device.Name)}
		p.hull(h, device.Total, "")
	}
	if host := model.Status.Plan.Host; host.Known && model.Status.Plan.Of("host") == host {
		h := hull{name: "host", layers: layersOf(api.Kinds{}, host), budget: model.Spec.Memory.Host}
		p.hull(h, host, "")
	}
}

func (p Page) failed(model api.ModelDeployment) {
	for i, pod := range model.Status.FailedPods {
		if i == 0 {
			p.Blank()
		}
		p.Hanging(fmt.Sprintf("%s failed: %s: ", pod.Name, pod.Reason), pod.Message)
	}
}

// following are reasons that say no more than others do, but for who serves clients.
var following = map[string]bool{
	"NotLoaded": true, "NotReported": true, "NotPlanned": true, "ScaledToZero": true, "Suspended": true,
}

// wrong says what else is not well, each thing once.
func (p Page) wrong(model api.ModelDeployment, said string) {
	seen := map[string]bool{said: true}
	first := true
	for _, condition := range model.Status.Conditions {
		if condition.Status == "True" || condition.Type == "Ready" || condition.Type == "Progressing" ||
			following[condition.Reason] || seen[condition.Message] {
			continue
		}
		seen[condition.Message] = true
		if first {
			p.Blank()
			first = false
		}
		p.Hanging(fmt.Sprintf("%s=%s (%s): ", condition.Type, condition.Status, condition.Reason), condition.Message)
	}
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// Count is a number of parameters for people.
func Count(parameters int64) string {
	switch {
	case parameters >= 10_000_000:
		return fmt.Sprintf("%.2f B", float64(parameters)/1e9)
	case parameters >= 10_000:
		return fmt.Sprintf("%.2f M", float64(parameters)/1e6)
	}
	return fmt.Sprint(parameters)
}
