package cluster

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"plimsoll.dev/e2e/cluster/internal/cgroup"
	"plimsoll.dev/e2e/cluster/internal/mount"
	"plimsoll.dev/e2e/cluster/internal/network"
	"plimsoll.dev/e2e/cluster/internal/process"
	"plimsoll.dev/e2e/cluster/internal/sysctl"
)

// sweep removes what stopped programs leave on this machine, in the order in which one holds the
// other: the containers' keepers, the containers, their mounts, the network, files.
func (c *Cluster) sweep() error {
	return errors.Join(
		c.endShims(),
		cgroup.Remove(),
		c.removeShimSockets(),
		mount.RemoveBelow(c.files.State),
		c.removeNetwork(),
		sysctl.Restore(c.sysctls()),
		c.removeLogLinks(),
		os.RemoveAll(c.files.In("run")),
	)
}

func (c *Cluster) endShims() error {
	var failures []error
	shims := process.Matching(func(arguments []string) bool {
		address := slices.Index(arguments, "-address")
		return strings.HasPrefix(filepath.Base(arguments[0]), "containerd-shim") &&
			address >= 0 && address+1 < len(arguments) && arguments[address+1] == c.files.ContainerdSocket()
	})
	for _, shim := range shims {
		failures = append(failures, process.End(shim, 0*time.Second))
	}
	return errors.Join(failures...)
}

// removeShimSockets takes away the sockets of shims that were killed: they are in a folder that every
// containerd on this machine shares.
func (c *Cluster) removeShimSockets() error {
	files, err := filepath.Glob(c.files.In("run", "containerd", "io.containerd.runtime.v2.task", "*", "*", "address"))
	if err != nil {
		return err
	}
	for _, file := range files {
		if content, err := os.ReadFile(file); err == nil {
			_ = os.Remove(strings.TrimPrefix(strings.TrimSpace(string(content)), "unix://"))
		}
	}
	return nil
}

func (c *Cluster) removeNetwork() error {
	if !network.Exists() {
		return nil
	}
	results, err := filepath.Glob("/var/lib/cni/results/plimsoll-*")
	if err != nil {
		return err
	}
	for _, result := range results {
		_ = os.Remove(result)
	}
	return errors.Join(network.Remove(), network.RemoveChains())
}

// removeLogLinks takes away the links that the kubelet makes to the pods' logs.
func (c *Cluster) removeLogLinks() error {
	links, err := filepath.Glob("/var/log/containers/*.log")
	if err != nil {
		return err
	}
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && strings.HasPrefix(target, c.files.State+"/") {
			_ = os.Remove(link)
		}
	}
	return nil
}
