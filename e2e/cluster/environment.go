package main

import (
	"fmt"
	"os"
	"strings"

	"plimsoll.dev/e2e/cluster/internal/address"
	"plimsoll.dev/e2e/cluster/internal/layout"
)

// environment is shell text that sets what users of the cluster and of its programs need.
func environment(files layout.Layout) string {
	var text strings.Builder
	fmt.Fprintf(&text, "export KUBECONFIG=%s\n", quote(files.Kubeconfig()))
	fmt.Fprintf(&text, "export PATH=%s:\"$PATH\"\n", quote(files.Binaries()))
	fmt.Fprintf(&text, "export KUBE_API_TEST_DIR=%s\n", quote(files.KubeAPITest()))
	fmt.Fprintln(&text, "export KUBE_API_TEST_OFFLINE_MODE=true")
	if plan, err := address.Load(files.Addresses()); err == nil && behindProxy() {
		for _, variable := range []string{"NO_PROXY", "no_proxy"} {
			fmt.Fprintf(&text, "export %s=\"${%[1]s:+$%[1]s,}%s,%s\"\n", variable, plan.Pods, plan.Services)
		}
	}
	return text.String()
}

func behindProxy() bool {
	for _, variable := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"} {
		if os.Getenv(variable) != "" {
			return true
		}
	}
	return false
}

func quote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
