package main

import (
	"strings"
	"testing"
)

func TestArgoCDShowsWhatIsTrue(t *testing.T) {
	for name, test := range map[string]struct{ object, status, message string }{
		"no status": {`{"metadata": {"generation": 1}, "spec": {}}`, progressing, "no operator"},
		"nobody has looked": {`{"metadata": {"generation": 1}, "spec": {}, "status": {"observedGeneration": -1}}`,
			progressing, "no operator"},
		"no conditions": {`{"metadata": {"generation": 1}, "spec": {}, "status": {"observedGeneration": 1}}`,
			progressing, "no operator"},
		"suspended": {`{"metadata": {"generation": 1}, "spec": {"suspend": true}, "status": {"observedGeneration": 1,
			"conditions": [{"type": "Ready", "status": "True", "reason": "Suspended", "message": "gave its GPUs back"}]}}`,
			suspended, "Suspended: gave its GPUs back"},
		"not ready, and nothing is on its way": {`{"metadata": {"generation": 1}, "spec": {}, "status":
			{"observedGeneration": 1, "conditions": [{"type": "Ready", "status": "Unknown", "reason": "ReportStale",
			"message": "silent"}]}}`, progressing, "ReportStale: silent"},
		"a refused edit, while the older spec serves": {`{"metadata": {"generation": 2}, "spec": {}, "status":
			{"observedGeneration": 2, "conditions": [
			{"type": "Ready", "status": "False", "reason": "GpuBudgetTooSmall", "message": "m"},
			{"type": "Available", "status": "True", "reason": "MinimumReplicas", "message": "1 pod answers"},
			{"type": "Stalled", "status": "True", "reason": "GpuBudgetTooSmall", "message": "generation 1 serves on"}]}}`,
			degraded, "GpuBudgetTooSmall: generation 1 serves on"},
	} {
		health, err := healthOf(shipped(t), test.object)
		if err != nil {
			t.Error(name, err)
		} else if health.Status != test.status || !strings.Contains(health.Message, test.message) {
			t.Error(name, health)
		}
	}
}

func TestAHealthCheckThatArgoCDCouldNotUseIsAnError(t *testing.T) {
	for script, words := range map[string]string{
		`return {status = "Fine"}`:   "does not know",
		`return "Healthy"`:           "not a table",
		`return os.getenv("HOME")`:   "getenv",
		`return obj.status.replicas`: "index",
		`return {`:                   "syntax error",
	} {
		if _, err := healthOf(script, `{"metadata": {}}`); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %q expected, got %v", script, words, err)
		}
	}
}
