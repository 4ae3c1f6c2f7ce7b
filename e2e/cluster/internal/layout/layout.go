// Package layout says where the cluster keeps its files: programs and images that can be made again
// in the cache, everything that a running cluster knows in the state folder.
package layout

import (
	"fmt"
	"os"
	"path/filepath"
)

// longestSocketPath is what the kernel takes for a Unix socket's path, less the longest name that
// containerd adds to its own.
const longestSocketPath = 107 - len(".ttrpc")

// Layout is a pair of absolute folders.
type Layout struct {
	Cache string
	State string
}

// FromEnvironment takes PLIMSOLL_CACHE and PLIMSOLL_STATE, or the folders that XDG suggests for them.
func FromEnvironment() (Layout, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return Layout{}, fmt.Errorf("no home folder: set HOME, or PLIMSOLL_CACHE and PLIMSOLL_STATE: %w", err)
	}
	cache, err := folder("PLIMSOLL_CACHE", filepath.Join(home, ".cache", "plimsoll"))
	if err != nil {
		return Layout{}, err
	}
	state, err := folder("PLIMSOLL_STATE", filepath.Join(home, ".local", "state", "plimsoll"))
	if err != nil {
		return Layout{}, err
	}
	layout := Layout{Cache: cache, State: state}
	if socket := layout.ContainerdSocket(); len(socket) > longestSocketPath {
		return Layout{}, fmt.Errorf("%s is too long for a socket by %d characters: set PLIMSOLL_STATE to a shorter path",
			socket, len(socket)-longestSocketPath)
	}
	return layout, nil
}

func folder(variable, fallback string) (string, error) {
	path := os.Getenv(variable)
	if path == "" {
		path = fallback
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", variable, err)
	}
	return absolute, nil
}

// Binaries holds the programs, by their usual names.
func (l Layout) Binaries() string { return filepath.Join(l.Cache, "cluster", "bin") }

// Binary is one of the programs.
func (l Layout) Binary(name string) string { return filepath.Join(l.Binaries(), name) }

// Images holds what base images are made from, and the pause image.
func (l Layout) Images() string { return filepath.Join(l.Cache, "cluster", "images") }

// KubeAPITest is where fabric8's kube-api-test finds an API server and etcd.
func (l Layout) KubeAPITest() string { return filepath.Join(l.Cache, "kube-api-test") }

// Kubeconfig is the administrator's.
func (l Layout) Kubeconfig() string { return l.In("kubeconfig") }

// Addresses is where the networks chosen for this cluster are kept.
func (l Layout) Addresses() string { return l.In("addresses.json") }

// ContainerdSocket is where this cluster's containerd listens.
func (l Layout) ContainerdSocket() string { return l.In("run", "containerd.sock") }

// In is a path inside the state folder.
func (l Layout) In(elements ...string) string {
	return filepath.Join(append([]string{l.State}, elements...)...)
}
