package picture

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plimsoll.dev/kubectl-plimsoll/internal/api"
	"plimsoll.dev/kubectl-plimsoll/internal/golden"
)

// planned draws what planning pods of the samples said.
func planned(t *testing.T, sample, policy string, width int) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", sample+".json"))
	if err != nil {
		t.Fatal(err)
	}
	report, err := api.ReadReport(string(text))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	Page{Out: &out, Width: width, Plain: true}.Planned(policy, api.Of(2<<30), &report)
	return out.String()
}

func TestPlansAreDrawn(t *testing.T) {
	golden.Text(t, "plans", planned(t, "too-large", "GpuOnly", 80)+"\n"+planned(t, "gpu-only-emulated", "GpuOnly", 60)+"\n"+
		planned(t, "auto-emulated", "Auto", 120))
}

func TestTheDocumentShowsAPlan(t *testing.T) {
	golden.Block(t, "docs/kubectl-plimsoll.md", "plan", "kubectl plimsoll plan -f manifests/samples/gpu-only-emulated.yaml",
		planned(t, "gpu-only-emulated", "GpuOnly", 100))
}

func TestBarsAreAsLongAsTheyShouldBe(t *testing.T) {
	page := Page{Plain: true}
	for expected, h := range map[string]hull{
		"..........": {budget: api.Of(100)},
		"W.........": {layers: []layer{{weights, 1}}, budget: api.Of(100)},
		"WWWWWWWWWW": {layers: []layer{{weights, 100}}, budget: api.Of(100)},
		"WWWWW!!!!!": {layers: []layer{{weights, 200}}, budget: api.Of(100)},
		"WWKK|.....": {layers: []layer{{weights, 20}, {kvCache, 20}}, budget: api.Of(100), plan: api.Of(40)},
		"WWWWWWWWW|": {layers: []layer{{weights, 100}}, budget: api.Of(100), plan: api.Of(100)},
		"##########": {layers: []layer{{unaccounted, 5}}},
		"!!!!!!!!!!": {layers: []layer{{weights, 1 << 62}}, budget: api.Of(1)},
	} {
		if got := page.bar(h, 10); got != expected {
			t.Errorf("%s, expected %s", got, expected)
		}
	}
}

func TestColoursTakeNoRoom(t *testing.T) {
	line := "\x1b[31m" + strings.Repeat("x", 50) + "\x1b[0m"
	if got := cut(line, 50); got != line {
		t.Errorf("%q", got)
	}
	if got := cut(line, 49); visible(got) != 49 || !strings.HasSuffix(got, "\x1b[0m...") {
		t.Errorf("%q", got)
	}
}

func TestOutputThatIsNoTerminalIsPlain(t *testing.T) {
	t.Setenv("COLUMNS", "72")
	if page := NewPage(&bytes.Buffer{}); !page.Plain || page.Width != 72 {
		t.Errorf("%+v", page)
	}
	t.Setenv("COLUMNS", "3")
	if page := NewPage(&bytes.Buffer{}); page.Width != narrowest {
		t.Errorf("%+v", page)
	}
}
