package main

import (
	"fmt"
	"strings"

	"plimsoll.dev/e2e/cluster/internal/layout"
)

// environment is shell text that sets what users of the cluster and of its programs need.
func environment(files layout.Layout) string {
	return fmt.Sprintf("export KUBECONFIG=%s\nexport PATH=%s:\"$PATH\"\nexport KUBE_API_TEST_DIR=%s\nexport KUBE_API_TEST_OFFLINE_MODE=true\n",
		quote(files.Kubeconfig()), quote(files.Binaries()), quote(files.KubeAPITest()))
}

func quote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
