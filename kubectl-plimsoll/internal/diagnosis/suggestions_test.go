package diagnosis

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"plimsoll.dev/kubectl-plimsoll/internal/api"
	"plimsoll.dev/kubectl-plimsoll/internal/golden"
)

func TestSuggestionsAreThoseOfThePlanner(t *testing.T) {
	for message, expected := range map[string]string{
		"gpu:0 needs 2Gi. Would fit: memory.gpu 2Gi": "memory.gpu 2Gi",
		"a. Would fit: memory.gpu 7.5Gi; or serving.maxSequenceTokens 2048; or placement.policy Auto (27 of 36 layers on GPU).": "memory.gpu 7.5Gi|serving.maxSequenceTokens 2048|placement.policy Auto (27 of 36 layers on GPU)",
		"a. Would fit: placement.policy HostOnly. (the largest GPU that the pods may have: 1Gi)":                                "placement.policy HostOnly",
		"Nothing that can be changed here makes it fit: use more or larger devices, or a smaller model.":                        "",
	} {
		if got := strings.Join(Suggestions(message), "|"); got != expected {
			t.Errorf("%q suggests %q, expected %q", message, got, expected)
		}
	}
}

func TestASuggestionIsAPatch(t *testing.T) {
	var spec api.Spec
	spec.Memory.GPU = api.Of(1)
	spec.GPU = map[string]any{"count": 1}
	model := api.ModelDeployment{Spec: spec}
	model.Metadata.Name, model.Metadata.Namespace = "m", "models"
	for suggestion, expected := range map[string]string{
		"memory.gpu 7.5Gi":                             `{"spec":{"memory":{"gpu":"7.5Gi"}}}`,
		"memory.gpu 7Gi with memory.host 3Gi":          `{"spec":{"memory":{"gpu":"7Gi","host":"3Gi"}}}`,
		"serving.maxSequenceTokens 2048":               `{"spec":{"serving":{"maxSequenceTokens":2048}}}`,
		"dtype Float16":                                `{"spec":{"dtype":"Float16"}}`,
		"placement.policy Auto (1 of 2 layers on GPU)": `{"spec":{"placement":{"policy":"Auto"}}}`,
		"placement.policy HostOnly":                    `{"spec":{"gpu":null,"memory":{"gpu":null},"placement":{"policy":"HostOnly"}}}`,
	} {
		patch, known := Patch(suggestion, spec)
		if !known {
			t.Errorf("%q is not known", suggestion)
			continue
		}
		if got := patched(model, "", patch).Command; got != "kubectl -n models patch mdep m --type merge -p '"+expected+"'" {
			t.Errorf("%q becomes %s", suggestion, got)
		}
	}
}

func TestWhatIsNoSuggestionMakesNoCommand(t *testing.T) {
	for _, hostile := range []string{
		"memory.gpu $(reboot)", "memory.gpu 1Gi'; reboot; '", "dtype Float16\"}", "placement.policy Auto; reboot", "serving.maxSequenceTokens -1",
		"memory.gpu 1Gi with reboot", "", "metadata.name x",
	} {
		if patch, known := Patch(hostile, api.Spec{}); known {
			t.Errorf("%q becomes %v", hostile, patch)
		}
	}
	if got := quoted(`it's`); got != `'it'\''s'` {
		t.Error(got)
	}
}

// Every reason of this version has the section that a finding names.
func TestSectionsAreThoseOfTheTroubleshootingPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(golden.Root(), "docs/troubleshooting.md"))
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]bool{}
	for _, head := range regexp.MustCompile(`(?m)^### (.*)$`).FindAllStringSubmatch(string(page), -1) {
		sections["docs/troubleshooting.md#"+strings.ToLower(head[1])] = true
	}
	found := 0
	for _, each := range golden.Cases(t) {
		model, err := api.Read(each.Object)
		if err != nil {
			t.Fatal(err)
		}
		for _, finding := range Of(model).Findings {
			found++
			if !sections[finding.Section] && !strings.Contains(each.Name, "next-version") {
				t.Errorf("%s: nothing at %s", each.Name, finding.Section)
			}
		}
	}
	if found < 40 {
		t.Errorf("%d findings", found)
	}
}
