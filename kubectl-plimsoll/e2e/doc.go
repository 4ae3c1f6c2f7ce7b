// Package e2e drives `kubectl plimsoll` as a user does, in the cluster of KUBECONFIG, where Plimsoll and the demo's model
// are (e2e/install). kubectl and the plugin are those on the PATH: go test -tags cluster ./e2e.
package e2e
