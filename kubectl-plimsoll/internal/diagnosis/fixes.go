package diagnosis

import "plimsoll.dev/kubectl-plimsoll/internal/api"

// fixes are commands that would mend what was found, where what was found says them.
func fixes(model api.ModelDeployment, finding Finding) []Fix {
	var all []Fix
	for _, suggestion := range Suggestions(finding.Message) {
		if patch, known := Patch(suggestion, model.Spec); known {
			all = append(all, patched(model, suggestion, patch))
		}
	}
	switch finding.Reason {
	case "Paused":
		if rollout := model.Status.Rollout; rollout != nil && rollout.Phase == "Paused" {
			all = append(all, patched(model, "go on with the rollout",
				map[string]any{"spec": map[string]any{"rollout": map[string]any{"paused": false}}}))
		} else {
			all = append(all, command(model, "go on with the Deployment",
				"rollout resume deployment/"+model.Metadata.Name))
		}
	case "RolloutFailed":
		all = append(all, command(model, "try again, once what kept it is mended",
			"annotate mdep "+model.Metadata.Name+" plimsoll.dev/restartedAt=$(date +%s) --overwrite"))
	}
	return all
}

// looks are commands that show more of what was found.
func looks(model api.ModelDeployment, finding Finding) []string {
	name := model.Metadata.Name
	show := func(arguments string) string { return command(model, "", arguments).Command }
	pods := show("get pods -l " + api.DeploymentLabel + "=" + name)
	switch finding.Reason {
	case "Crashed", "Exited", "EngineFailed", "DeviceOutOfMemory", "HostOutOfMemory", "ReadFailed", "ServerFailed",
		"InvalidCheckpoint", "UnsupportedConfig", "UnsupportedModel", "UnsafeFormat", "ModelNotFound":
		return []string{pods, show("logs deployment/" + name + " -c " + api.Server + " --previous")}
	case "ReadinessLost", "ReportUnreachable", "ReportRejected", "ReportStale", "NotReported", "Misplaced", "OverBudget":
		return []string{pods, show("logs deployment/" + name + " -c " + api.Server)}
	case "PlanFailed":
		return []string{show("get pods -l " + api.DeploymentLabel + "=" + name + "," + api.PlansLabel)}
	case "Unschedulable", "SchedulingGated", "NoGpu":
		return []string{pods, "kubectl describe nodes"}
	case "ClaimNotFound", "VolumeUnavailable":
		return []string{show("get persistentvolumeclaims")}
	case "ImageUnavailable", "ContainerNotCreated", "InitContainerFailed", "Evicted", "PodFailed":
		return []string{show("describe pods -l " + api.DeploymentLabel + "=" + name)}
	case "PodsRejected", "QuotaExceeded":
		return []string{show("describe resourcequotas,limitranges")}
	case "Conflict", "NameTaken":
		return []string{show("get deployment,service " + name + " -o yaml --show-managed-fields")}
	}
	return nil
}

func command(model api.ModelDeployment, what, arguments string) Fix {
	return Fix{What: what, Command: "kubectl" + inNamespace(model) + " " + arguments}
}
