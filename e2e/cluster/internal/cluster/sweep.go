package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"plimsoll.dev/e2e/cluster/internal/component"
	"plimsoll.dev/e2e/cluster/internal/layout"
	"plimsoll.dev/e2e/cluster/internal/mount"
	"plimsoll.dev/e2e/cluster/internal/network"
	"plimsoll.dev/e2e/cluster/internal/process"
	"plimsoll.dev/e2e/cluster/internal/sysctl"
)

// sweep removes what stopped programs leave on this machine, in the order in which one holds the
// other: the programs, the containers' keepers, the containers, their mounts, files,
// the network.
func (c *Cluster) sweep() error {
	return errors.Join(
		c.endStrays(),
		c.endShims(),
		c.group().Remove(),
		c.removeTraces(),
		mount.RemoveBelow(c.files.State),
		os.RemoveAll(c.files.In("run")),
		c.removeNetwork(),
		c.restoreSettings(),
	)
}

// sweepOther removes what the cluster of another state folder left on this machine, if it does not run:
// one machine holds one. That one's state is kept.
func (c *Cluster) sweepOther() error {
	owner, exists := network.Owner()
	if !exists || owner == c.files.State {
		return nil
	}
	if !filepath.IsAbs(owner) {
		return fmt.Errorf("the bridge %s was not made by this command: remove it with `ip link delete %s`",
			network.Bridge, network.Bridge)
	}
	other := Of(layout.Layout{Cache: c.files.Cache, State: owner}, c.say)
	release, err := other.alone()
	if err != nil {
		return err
	}
	defer release()
	if len(other.running()) > 0 {
		return fmt.Errorf("the cluster of %s runs, and one machine holds one: "+
			"take it down first, with PLIMSOLL_STATE=%s", owner, owner)
	}
	c.say("removing what is left of the cluster of %s, which does not run", owner)
	return other.sweep()
}

// endShims ends the keepers of containers, which outlive their containerd.
func (c *Cluster) endShims() error {
	return endAll(process.Matching(func(arguments []string) bool {
		address := slices.Index(arguments, "-address")
		return strings.HasPrefix(filepath.Base(arguments[0]), "containerd-shim") &&
			address >= 0 && address+1 < len(arguments) && arguments[address+1] == c.files.ContainerdSocket()
	}))
}

// endStrays ends programs of this cluster that no record is left of, because the command that started
// them was killed before it wrote one.
func (c *Cluster) endStrays() error {
	return endAll(process.Matching(func(arguments []string) bool {
		return slices.Contains(component.Names(), filepath.Base(arguments[0])) &&
			slices.ContainsFunc(arguments[1:], func(argument string) bool {
				_, path, _ := strings.Cut(argument, "/")
				return strings.HasPrefix("/"+path, c.files.State+"/")
			})
	}))
}

func endAll(processes []process.Identity) error {
	var failures []error
	for _, identity := range processes {
		failures = append(failures, process.End(identity, time.Second))
	}
	return errors.Join(failures...)
}

func (c *Cluster) removeNetwork() error {
	if !c.ownsNetwork() {
		return nil
	}
	failure := network.Unaccept()
	if other, runs := c.otherKubelet(); runs {
		c.say("another kubelet runs on this machine (process %d): the iptables chains KUBE-* are left to it", other.PID)
	} else {
		failure = errors.Join(failure, network.RemoveKubeChains())
	}
	return errors.Join(failure, network.Remove())
}

func (c *Cluster) restoreSettings() error {
	links, err := network.Links()
	if err != nil {
		return err
	}
	return sysctl.Restore(c.sysctls(), links)
}

func (c *Cluster) ownsNetwork() bool {
	owner, exists := network.Owner()
	return exists && owner == c.files.State
}
