package cluster

import (
	"os"
	"path/filepath"
	"strings"
)

// removeTraces takes away what containerd, its shims, the network plugins and the kubelet write to
// folders of their own choice, which they share with others of their kind on this machine. Only what
// is known to be this cluster's goes, and folders that are then empty.
func (c *Cluster) removeTraces() error {
	containers, err := filepath.Glob(c.files.In("run", "containerd", "io.containerd.runtime.v2.task", "*", "*"))
	if err != nil {
		return err
	}
	for _, container := range containers {
		if socket, err := os.ReadFile(filepath.Join(container, "address")); err == nil {
			_ = os.Remove(strings.TrimPrefix(strings.TrimSpace(string(socket)), "unix://"))
		}
		removeAll("/var/lib/cni/results/*-" + filepath.Base(container) + "-*")
	}
	links, err := filepath.Glob("/var/log/containers/*.log")
	if err != nil {
		return err
	}
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && strings.HasPrefix(target, c.files.State+"/") {
			_ = os.Remove(link)
		}
	}
	if c.ownsNetwork() {
		removeAll("/var/lib/kubelet/device-plugins/kubelet.sock")
	}
	for _, folder := range []string{
		"/run/containerd/s", "/run/containerd", "/var/lib/cni/results", "/var/lib/cni",
		"/var/lib/kubelet/device-plugins", "/var/lib/kubelet", "/var/log/containers",
	} {
		_ = os.Remove(folder)
	}
	return nil
}

func removeAll(pattern string) {
	paths, _ := filepath.Glob(pattern)
	for _, path := range paths {
		_ = os.Remove(path)
	}
}
