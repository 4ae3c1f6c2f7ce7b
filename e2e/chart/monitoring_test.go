package chart

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"sigs.k8s.io/yaml"
)

const monitors = manifests + "/components/monitoring/"

func TestPrometheusOperatorKnowsEveryField(t *testing.T) {
	objects := rendered(t, "monitoring: {enabled: true}")
	for name, into := range map[string]any{
		"ServiceMonitor plimsoll-operator": &monitoring.ServiceMonitor{},
		"PodMonitor plimsoll-servers":      &monitoring.PodMonitor{},
		"PrometheusRule plimsoll":          &monitoring.PrometheusRule{},
	} {
		text, err := json.Marshal(objects[name])
		if err != nil {
			t.Fatal(err)
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(into); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Each alert comes when it should and not before, by the cases of rules_test.yaml.
func TestAlertsComeWhenTheyShould(t *testing.T) {
	folder := t.TempDir()
	rules := object(t, "rules.yaml")
	writeYAML(t, filepath.Join(folder, "rules.generated.yaml"), rules["spec"])
	cases, err := os.ReadFile(monitors + "rules_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "rules_test.yaml"), cases, 0o644); err != nil {
		t.Fatal(err)
	}
	promtool(t, "check", "rules", filepath.Join(folder, "rules.generated.yaml"))
	promtool(t, "test", "rules", filepath.Join(folder, "rules_test.yaml"))
	for _, group := range At(rules, "spec", "groups").([]any) {
		for _, rule := range At(group, "rules").([]any) {
			for _, kind := range []string{"alert", "record"} {
				// A percentile is tested once: the other differs by its metric alone.
				name, _ := At(rule, kind).(string)
				if name != "" && name != "plimsoll:time_per_output_token_seconds:p99" && !bytes.Contains(cases, []byte(name)) {
					t.Errorf("no case tests %s", name)
				}
			}
		}
	}
}

// Every expression of the dashboard is one that Prometheus reads.
func TestTheDashboardAsksWhatPrometheusUnderstands(t *testing.T) {
	var dashboard map[string]any
	text := At(object(t, "dashboard.yaml"), "data", "plimsoll.json").(string)
	if err := json.Unmarshal([]byte(text), &dashboard); err != nil {
		t.Fatal(err)
	}
	var rules []any
	for _, panel := range At(dashboard, "panels").([]any) {
		for _, target := range At(panel, "targets").([]any) {
			expression := strings.NewReplacer("$__rate_interval", "5m", "$namespace", ".*", "$model", ".*").
				Replace(At(target, "expr").(string))
			if strings.Contains(expression, "$") {
				t.Errorf("%s has a variable that the dashboard does not define", expression)
			}
			rules = append(rules, map[string]any{"record": "asked:" + string(rune('a'+len(rules)%26)), "expr": expression})
		}
	}
	if len(rules) == 0 {
		t.Fatal("the dashboard asks nothing")
	}
	file := filepath.Join(t.TempDir(), "asked.yaml")
	writeYAML(t, file, map[string]any{"groups": []any{map[string]any{"name": "asked", "rules": rules}}})
	promtool(t, "check", "rules", file)
}

func object(t *testing.T, file string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(monitors + file)
	if err != nil {
		t.Fatal(err)
	}
	var object map[string]any
	if err := yaml.UnmarshalStrict(text, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

func writeYAML(t *testing.T, file string, value any) {
	t.Helper()
	text, err := yaml.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

func promtool(t *testing.T, arguments ...string) {
	t.Helper()
	if output, err := exec.Command("../promtool", arguments...).CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(arguments, " "), err, output)
	}
}
