package cluster

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"plimsoll.dev/e2e/cluster/internal/mount"
	"plimsoll.dev/e2e/cluster/internal/network"
	"plimsoll.dev/e2e/cluster/internal/process"
	"plimsoll.dev/e2e/cluster/internal/sysctl"
)

// sweep removes what stopped programs leave on this machine, in the order in which one holds the
// other: the containers' keepers, the containers, their mounts, files, the network.
func (c *Cluster) sweep() error {
	return errors.Join(
		c.endShims(),
		c.group().Remove(),
		c.removeTraces(),
		mount.RemoveBelow(c.files.State),
		sysctl.Restore(c.sysctls()),
		os.RemoveAll(c.files.In("run")),
		c.removeNetwork(),
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
		failures = append(failures, process.End(shim, 0))
	}
	return errors.Join(failures...)
}

func (c *Cluster) removeNetwork() error {
	if !c.ownsNetwork() {
		return nil
	}
	return errors.Join(network.RemoveChains(), network.Remove())
}

func (c *Cluster) ownsNetwork() bool {
	owner, exists := network.Owner()
	return exists && owner == c.files.State
}
