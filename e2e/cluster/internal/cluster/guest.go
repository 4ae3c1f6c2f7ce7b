package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"plimsoll.dev/e2e/cluster/internal/network"
	"plimsoll.dev/e2e/cluster/internal/process"
)

// kubelets is what programs are called that are a kubelet, or hold one.
var kubelets = []string{"kubelet", "kubelite", "k3s", "k3s-server", "k3s-agent", "rke2", "k0s"}

// namespaces of a process in which a kubelet and kube-proxy would be in the cluster's way.
var namespaces = []string{"net", "mnt"}

// refuseBeside looks for another Kubernetes on this machine: two kubelets write the same rules and the same sockets.
func (c *Cluster) refuseBeside() error {
	if other, runs := c.otherKubelet(); runs {
		return fmt.Errorf("another kubelet runs on this machine (process %d): its rules and sockets would be mixed with this cluster's; "+
			"stop it, or use that cluster with PLIMSOLL_CLUSTER=existing", other.PID)
	}
	if network.HasKubeChains() {
		return errors.New("there are iptables chains KUBE-* that this cluster did not make: if a Kubernetes left them that is no more, " +
			"remove them (`kube-proxy --cleanup`, or restart the machine)")
	}
	return nil
}

// otherKubelet is one that shares its network or its files with this process; those in containers with their own of both, such as kind's,
// are in nobody's way.
func (c *Cluster) otherKubelet() (process.Identity, bool) {
	found := process.Matching(func(arguments []string) bool {
		return slices.Contains(kubelets, filepath.Base(arguments[0])) &&
			!slices.ContainsFunc(arguments, func(argument string) bool { return strings.Contains(argument, c.files.State+"/") })
	})
	for _, identity := range found {
		if slices.ContainsFunc(namespaces, func(kind string) bool { return shares(identity, kind) }) {
			return identity, true
		}
	}
	return process.Identity{}, false
}

func shares(identity process.Identity, kind string) bool {
	theirs, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/%s", identity.PID, kind))
	if err != nil {
		return false
	}
	ours, err := os.Readlink("/proc/thread-self/ns/" + kind)
	return err == nil && ours == theirs
}
