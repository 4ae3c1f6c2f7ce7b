package picture

import (
	"fmt"
	"strings"

	"plimsoll.dev/kubectl-plimsoll/internal/api"
)

// unlimited is what a planner calls a budget that nobody gave.
const unlimited = int64(1) << 50

// Planned draws a plan, or a refusal, as `plimsoll plan` does.
func (p Page) Planned(policy string, hostBudget api.Bytes, report *api.Report) {
	if model := report.Model; model != nil {
		p.Line("%s, %s parameters, %d layers, %s -> %s (%s)", model.Architecture, Count(model.Parameters), model.Layers,
			model.CheckpointDtype, model.Dtype, policy)
		p.Blank()
	}
	if report.Failure != nil {
		p.deficits(report.Failure)
		return
	}
	plan := report.Plan
	for _, device := range plan.Devices {
		if device.Name == "host" {
			continue
		}
		kinds := kindsOf(device.Weights, device.KVCache, device.Workspace, device.Context)
		p.hull(hull{name: device.Name, layers: layersOf(kinds, api.Of(device.Total)), budget: limit(device.Budget)}, api.Of(device.Total), "")
		p.told(kinds)
		if len(device.Modules) > 0 {
			p.Text(9, strings.Join(device.Modules, ", "))
		}
	}
	p.hull(hull{name: "host", layers: layersOf(hostKinds(plan), api.Of(plan.Host)), budget: hostBudget}, api.Of(plan.Host), "")
	for _, device := range plan.Devices {
		if device.Name == "host" {
			p.told(hostKinds(plan))
		}
	}
	p.Blank()
	words := fmt.Sprintf("%d sequences of %d tokens", plan.MaxSequences, plan.MaxSequenceTokens)
	if plan.CacheTokens != nil {
		words += fmt.Sprintf(", KV cache of %d tokens", *plan.CacheTokens)
	}
	p.Line("It fits: %s.", words)
}

func hostKinds(plan *api.ReportedPlan) api.Kinds {
	for _, device := range plan.Devices {
		if device.Name == "host" {
			return kindsOf(device.Weights, device.KVCache, device.Workspace, device.Context)
		}
	}
	return api.Kinds{}
}

func (p Page) deficits(failure *api.Failure) {
	for _, deficit := range failure.Deficits {
		kinds := kindsOf(deficit.Weights, deficit.KVCache, deficit.Workspace, deficit.Context)
		p.hull(hull{name: deficit.Device, layers: layersOf(kinds, api.Of(deficit.Needed)), budget: limit(deficit.Budget)},
			api.Of(deficit.Needed), "")
		p.told(kinds)
	}
	if len(failure.Deficits) > 0 {
		p.Blank()
	}
	p.Text(0, failure.Message)
}

func (p Page) told(kinds api.Kinds) {
	p.Text(9, fmt.Sprintf("weights %s, KV cache %s, workspace %s, context %s",
		kinds.Weights, kinds.KVCache, kinds.Workspace, kinds.Context))
}

func kindsOf(weights, kvCache, workspace, context int64) api.Kinds {
	return api.Kinds{
		Weights: api.Of(weights), KVCache: api.Of(kvCache), Workspace: api.Of(workspace), Context: api.Of(context),
	}
}

func limit(budget int64) api.Bytes {
	if budget >= unlimited {
		return api.Bytes{}
	}
	return api.Of(budget)
}
