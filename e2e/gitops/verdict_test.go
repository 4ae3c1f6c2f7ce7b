package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const object = `
apiVersion: plimsoll.dev/v1alpha1
kind: ModelDeployment
metadata: {name: a, namespace: models, generation: 2}
spec: {}
`

func TestEachObjectIsJudgedByTheLibrary(t *testing.T) {
	for name, test := range map[string]struct{ status, word string }{
		"not seen":             {"{observedGeneration: -1}", "InProgress"},
		"an old generation":    {"{observedGeneration: 1, conditions: [{type: Ready, status: 'True', reason: R, message: m}]}", "InProgress"},
		"as specified":         {"{observedGeneration: 2, conditions: [{type: Ready, status: 'True', reason: R, message: m}]}", "Current"},
		"stalled":              {"{observedGeneration: 2, conditions: [{type: Stalled, status: 'True', reason: R, message: m}]}", "Failed"},
		"reconciling":          {"{observedGeneration: 2, conditions: [{type: Reconciling, status: 'True', reason: R, message: m}]}", "InProgress"},
		"not ready, no reason": {"{observedGeneration: 2, conditions: [{type: Ready, status: Unknown, reason: R, message: m}]}", "InProgress"},
	} {
		folder := t.TempDir()
		write(t, folder, "case/status.yaml", object+"status: "+test.status)
		write(t, folder, "case/kstatus", test.word+"\n")
		verdicts, err := judgeAll(shipped(t), folder)
		if err != nil {
			t.Fatal(name, err)
		}
		if len(verdicts) != 1 || !verdicts[0].Right() {
			t.Error(name, verdicts)
		}
	}
}

func TestAnotherVerdictIsToldWithItsReason(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "refused/status.yaml", object+
		"status: {observedGeneration: 2, conditions: [{type: Stalled, status: 'True', reason: GpuBudgetTooSmall, message: does not fit}]}")
	write(t, folder, "refused/kstatus", "Current")
	verdicts, err := judgeAll(shipped(t), folder)
	if err != nil {
		t.Fatal(err)
	}
	if verdicts[0].Right() || verdicts[0].String() != "refused: Failed (does not fit) and Degraded (GpuBudgetTooSmall: does not fit), expected Current" {
		t.Error(verdicts[0])
	}
}

func TestWhatWouldTestNothingIsAnError(t *testing.T) {
	for words, files := range map[string]map[string]string{
		"has no case":       {"README": "no folder"},
		"none of":           {"a/status.yaml": object, "a/kstatus": "Fine"},
		"'Kind' is missing": {"a/status.yaml": "conditions: []", "a/kstatus": "Current"},
		"a/kstatus: no":     {"a/status.yaml": object},
		"status.yaml: no":   {"a/kstatus": "Current"},
		"mapping values":    {"a/status.yaml": "a: b: c", "a/kstatus": "Current"},
	} {
		folder := t.TempDir()
		for name, content := range files {
			write(t, folder, name, content)
		}
		if _, err := judgeAll(shipped(t), folder); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%q expected, got %v", words, err)
		}
	}
	if _, err := judgeAll(shipped(t), filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("a folder that is not there has no error")
	}
}

func shipped(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile("../../manifests/gitops/argocd/health.lua")
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

func write(t *testing.T, folder, name, content string) {
	t.Helper()
	file := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
