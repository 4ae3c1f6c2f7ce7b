package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"plimsoll.dev/e2e/cluster/internal/address"
	"plimsoll.dev/e2e/cluster/internal/layout"
)

func shell(t *testing.T, files layout.Layout, script string) string {
	t.Helper()
	output, err := exec.Command("/bin/sh", "-euc", environment(files)+script).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return strings.TrimSpace(string(output))
}

func TestAShellTakesPathsWithQuotesAndSpaces(t *testing.T) {
	files := layout.Layout{Cache: "/a b/it's", State: "/$HOME"}
	got := shell(t, files, `echo "$KUBECONFIG|${PATH%%:*}|$KUBE_API_TEST_DIR"`)
	if want := "/$HOME/kubeconfig|/a b/it's/cluster/bin|/a b/it's/kube-api-test"; got != want {
		t.Errorf("got %s", got)
	}
}

func TestBehindAProxyTheClusterIsReachedDirectly(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://proxy.example:3128")
	t.Setenv("NO_PROXY", "internal.example")
	files := layout.Layout{Cache: t.TempDir(), State: t.TempDir()}
	plan, err := address.Choose(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Save(filepath.Join(files.State, "addresses.json")); err != nil {
		t.Fatal(err)
	}
	if got := shell(t, files, `echo "$NO_PROXY"`); got != "internal.example,10.244.0.0/24,10.96.0.0/16" {
		t.Errorf("got %s", got)
	}
}
