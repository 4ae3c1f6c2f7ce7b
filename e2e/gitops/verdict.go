package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/yaml"
)

// Verdict is what the tools say of the object of a case, and what they should say.
type Verdict struct {
	Case     string
	Got      status.Status
	Expected status.Status
	Message  string
	Health   Health
}

// healths is what Argo CD should show where kstatus says a word. A suspended deployment is current, and is told apart.
var healths = map[status.Status][]string{
	status.CurrentStatus:    {healthy, suspended},
	status.InProgressStatus: {progressing},
	status.FailedStatus:     {degraded},
}

// Right is whether both say what they should.
func (v Verdict) Right() bool {
	return v.Got == v.Expected && slices.Contains(healths[v.Expected], v.Health.Status)
}

func (v Verdict) String() string {
	return fmt.Sprintf("%s: %s (%s) and %s (%s), expected %s",
		v.Case, v.Got, v.Message, v.Health.Status, v.Health.Message, v.Expected)
}

// judgeAll is the verdict on each case of a folder. A folder without cases, and a case that lacks one of its two
// files, are errors: nothing would be tested.
func judgeAll(script, folder string) ([]Verdict, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var verdicts []Verdict
	var errs []error
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		verdict, err := judge(script, filepath.Join(folder, entry.Name()))
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", entry.Name(), err))
			continue
		}
		verdicts = append(verdicts, verdict)
	}
	if len(errs) == 0 && len(verdicts) == 0 {
		return nil, fmt.Errorf("%s has no case", folder)
	}
	return verdicts, errors.Join(errs...)
}

func judge(script, folder string) (Verdict, error) {
	word, err := os.ReadFile(filepath.Join(folder, "kstatus"))
	if err != nil {
		return Verdict{}, err
	}
	expected, err := known(strings.TrimSpace(string(word)))
	if err != nil {
		return Verdict{}, err
	}
	content, err := os.ReadFile(filepath.Join(folder, "status.yaml"))
	if err != nil {
		return Verdict{}, err
	}
	json, err := yaml.YAMLToJSON(content)
	if err != nil {
		return Verdict{}, err
	}
	var object unstructured.Unstructured
	if err := object.UnmarshalJSON(json); err != nil {
		return Verdict{}, err
	}
	result, err := status.Compute(&object)
	if err != nil {
		return Verdict{}, err
	}
	health, err := healthOf(script, string(json))
	if err != nil {
		return Verdict{}, err
	}
	return Verdict{filepath.Base(folder), result.Status, expected, result.Message, health}, nil
}

func known(word string) (status.Status, error) {
	for _, one := range status.Statuses {
		if one.String() == word {
			return one, nil
		}
	}
	return "", fmt.Errorf("%q is none of %v", word, status.Statuses)
}
