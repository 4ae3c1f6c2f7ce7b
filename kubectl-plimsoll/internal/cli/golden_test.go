package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"plimsoll.dev/kubectl-plimsoll/internal/api"
	"plimsoll.dev/kubectl-plimsoll/internal/diagnosis"
	"plimsoll.dev/kubectl-plimsoll/internal/golden"
	"plimsoll.dev/kubectl-plimsoll/internal/picture"
)

// shown are the situations whose output is kept whole; every other one is held to what follows from its status.
var shown = []string{
	"serving", "loading", "warming-up", "a-first-spec-that-does-not-fit", "a-change-that-does-not-fit-while-the-old-spec-serves",
	"a-paused-rollout", "a-paused-deployment", "a-rollout-that-was-undone", "over-budget", "unschedulable", "crashed-once",
	"evicted-and-being-replaced", "two-replicas-placed-each-in-its-own-way", "scaling-up-and-no-node-has-room",
	"a-report-of-another-pod", "killed-for-memory", "suspended", "nothing-yet", "device-difference-above-the-budget",
}

func model(t *testing.T, each golden.Case) api.ModelDeployment {
	t.Helper()
	model, err := api.Read(each.Object)
	if err != nil {
		t.Fatal(err)
	}
	return model
}

func whole(t *testing.T, each golden.Case, width int, plain bool) string {
	t.Helper()
	var out bytes.Buffer
	picture.Page{Out: &out, Width: width, Plain: plain}.Whole(model(t, each))
	return out.String()
}

func why(t *testing.T, each golden.Case, width int) string {
	t.Helper()
	var out bytes.Buffer
	of := model(t, each)
	drawWhy(picture.Page{Out: &out, Width: width, Plain: true}, of, diagnosis.Of(of), nil)
	return out.String()
}

func TestWhatIsShownOfASituation(t *testing.T) {
	var status, reasons, table strings.Builder
	for _, name := range shown {
		each := golden.One(t, name)
		head := "== " + name + "\n"
		status.WriteString(head + whole(t, each, 100, true) + "\n")
		reasons.WriteString(head + why(t, each, 100) + "\n")
		var out bytes.Buffer
		if err := drawTop(&out, []api.ModelDeployment{model(t, each)}, time.Time{}, time.Time{}); err != nil {
			t.Fatal(err)
		}
		table.WriteString(head + out.String() + "\n")
	}
	golden.Text(t, "status", status.String())
	golden.Text(t, "why", reasons.String())
	golden.Text(t, "top", table.String())
}

func TestATerminalShowsColoursAndBlocks(t *testing.T) {
	golden.Text(t, "terminal", whole(t, golden.One(t, "serving"), 80, false)+whole(t, golden.One(t, "loading"), 60, false))
}

func TestABriefLookIsOfEveryDeployment(t *testing.T) {
	var out bytes.Buffer
	page := picture.Page{Out: &out, Width: 80, Plain: true}
	objects := []string{"serving", "loading", "unschedulable"}
	for _, name := range objects {
		page.Brief(model(t, golden.One(t, name)))
	}
	golden.Text(t, "brief", out.String())
}

func TestEverySituationIsShownWithinTheWidth(t *testing.T) {
	for _, each := range golden.Cases(t) {
		ready := model(t, each).Condition("Ready")
		for _, width := range []int{40, 80, 140} {
			picture := whole(t, each, width, true)
			words := why(t, each, width)
			if !strings.Contains(picture, ready.Reason) && ready.Reason != "" && width > 40 {
				t.Errorf("%s: nothing says %s:\n%s", each.Name, ready.Reason, picture)
			}
			for _, line := range strings.Split(picture+words, "\n") {
				isCommand := strings.HasPrefix(line, "  kubectl") || strings.Count(strings.TrimSpace(line), " ") == 0
				if len([]rune(line)) > width && !isCommand {
					t.Errorf("%s: wider than %d: %q", each.Name, width, line)
				}
				if line != strings.TrimRight(line, " ") || api.Clean(line) != strings.TrimSpace(line) && api.Clean(line) != line {
					t.Errorf("%s: %q", each.Name, line)
				}
			}
		}
	}
}

// What makes tools give up is wrong for people, too, and is told with the words of the status.
func TestWhyAgreesWithWhatToolsWaitFor(t *testing.T) {
	states := map[string]int{}
	for _, each := range golden.Cases(t) {
		found := diagnosis.Of(model(t, each))
		states[each.KStatus+" "+string(found.State)]++
		if each.KStatus == "Failed" && found.State != diagnosis.Wrong {
			t.Errorf("%s is Failed, and nothing is said to be wrong: %+v", each.Name, found)
		}
		if each.KStatus == "InProgress" && found.State == diagnosis.Well {
			t.Errorf("%s is InProgress and said to be well", each.Name)
		}
		if (found.State == diagnosis.Wrong) != (len(found.Findings) > 0) {
			t.Errorf("%s: %+v", each.Name, found)
		}
	}
	for _, state := range []string{"Failed Wrong", "Current Well", "InProgress OnItsWay", "InProgress Wrong", "Current Wrong"} {
		if states[state] == 0 {
			t.Errorf("no situation is %s: %v", state, states)
		}
	}
}

func TestTheDocumentShowsWhatIsSaid(t *testing.T) {
	const document = "docs/kubectl-plimsoll.md"
	serving := model(t, golden.One(t, "serving"))
	var status, table bytes.Buffer
	if err := drawStatus(picture.Page{Out: &status, Width: 100, Plain: true},
		[]*unstructured.Unstructured{golden.One(t, "serving").Object}, true); err != nil {
		t.Fatal(err)
	}
	golden.Block(t, document, "status", "kubectl plimsoll status m", status.String())
	golden.Block(t, document, "why", "kubectl plimsoll why m",
		why(t, golden.One(t, "a-change-that-does-not-fit-while-the-old-spec-serves"), 100))
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	if err := drawTop(&table, []api.ModelDeployment{serving}, now.Add(-time.Second), now); err != nil {
		t.Fatal(err)
	}
	golden.Block(t, document, "top", "kubectl plimsoll top", table.String())
}
