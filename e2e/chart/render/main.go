// Command render prints what the chart makes of a file of values, for kubectl: what `helm template` prints.
package main

import (
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"slices"

	"sigs.k8s.io/yaml"

	"plimsoll.dev/e2e/chart"
)

func main() {
	log.SetOutput(io.Discard)
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "render:", err)
		os.Exit(1)
	}
}

func run(arguments []string, out io.Writer) error {
	if len(arguments) != 1 {
		return fmt.Errorf("which file of values? render VALUES")
	}
	text, err := os.ReadFile(arguments[0])
	if err != nil {
		return err
	}
	var values map[string]any
	if err := yaml.UnmarshalStrict(text, &values); err != nil {
		return fmt.Errorf("%s: %w", arguments[0], err)
	}
	objects, err := chart.Rendered(values)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(objects)) {
		object, err := yaml.Marshal(objects[name])
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "---\n%s", object); err != nil {
			return err
		}
	}
	return nil
}
