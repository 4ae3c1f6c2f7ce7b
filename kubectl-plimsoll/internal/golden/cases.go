// Package golden reads, for tests, the objects that the operator's own tests say it writes.
package golden

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// Case is a situation, and what the operator says of it.
type Case struct {
	Name   string
	Object *unstructured.Unstructured
	// KStatus is what tools that wait make of it: Current, InProgress or Failed.
	KStatus string
}

// Root is the folder of the whole project.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}

// Cases are all of them.
func Cases(t testing.TB) []Case {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join(Root(), "operator/src/test/resources/judgement/*/status.yaml"))
	if err != nil || len(folders) < 50 {
		t.Fatalf("%d golden objects: %v", len(folders), err)
	}
	cases := make([]Case, len(folders))
	for i, file := range folders {
		folder := filepath.Dir(file)
		word, err := os.ReadFile(filepath.Join(folder, "kstatus"))
		if err != nil {
			t.Fatal(err)
		}
		cases[i] = Case{filepath.Base(folder), Object(t, file), strings.TrimSpace(string(word))}
	}
	return cases
}

// One is the case of a name.
func One(t testing.TB, name string) Case {
	t.Helper()
	for _, each := range Cases(t) {
		if each.Name == name {
			return each
		}
	}
	t.Fatalf("no golden object is called %s", name)
	return Case{}
}

// bare are the strings that look like numbers: the operator's writer leaves them without quotes, its API server knows by
// the schema what they are.
var bare = regexp.MustCompile(`(?m)^(\s+seconds: )([0-9.]+)$`)

// Object reads one from a file.
func Object(t testing.TB, file string) *unstructured.Unstructured {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	object := &unstructured.Unstructured{}
	if err := yaml.Unmarshal(bare.ReplaceAll(text, []byte(`$1"$2"`)), &object.Object); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return object
}
