package main

import (
	"context"
	"maps"
	"strings"
	"testing"
)

func TestTwoBuildsDifferInWhatTheyMay(t *testing.T) {
	changed := func(path, content string) map[string]string {
		files := maps.Clone(application)
		files[path] = content
		return files
	}
	one := imageTar(t, "plimsoll/operator:0.1.0", base, application)
	for name, test := range map[string]struct {
		other   map[string]string
		differs string
	}{
		"nothing":      {application, ""},
		"what may":     {changed("app/quarkus-run.jar", "other"), ""},
		"what may not": {changed("opt/plimsoll/native/libc10.so", "other"), "/opt/plimsoll/native/libc10.so"},
		"a file more":  {changed("app/more.jar", "more"), "/app/more.jar"},
	} {
		t.Run(name, func(t *testing.T) {
			other := imageTar(t, "plimsoll/operator:0.1.0", base, test.other)
			err := run(context.Background(), []string{"compare", one, other, "/app/quarkus-run.jar"})
			if test.differs == "" && err != nil {
				t.Error(err)
			}
			if test.differs != "" && (err == nil || !strings.HasSuffix(err.Error(), "differ in\n  "+test.differs)) {
				t.Errorf("%v, not %s", err, test.differs)
			}
		})
	}
}
