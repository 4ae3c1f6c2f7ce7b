package network

import (
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// What chains are called: kube-proxy's and the kubelet's of whatever Kubernetes, and this cluster's own.
const (
	kube = "KUBE-"
	own  = "PLIMSOLL-"
)

// wait is for how many seconds others may hold the tables.
const wait = "10"

var families = []string{"iptables", "ip6tables"}

// HasKubeChains says whether kube-proxy or a kubelet has written rules on this machine.
func HasKubeChains() bool {
	return slices.ContainsFunc(families, func(family string) bool {
		saved, err := save(family)
		return err == nil && removal(saved, kube) != ""
	})
}

// RemoveKubeChains takes away the chains of kube-proxy and the kubelet, and the rules that lead to them, in every table, for IPv4 and
// IPv6. They do not say whose they are: the caller knows that no other Kubernetes runs here.
func RemoveKubeChains() error { return removeChains(kube) }

func removeChains(prefix string) error {
	var failures []error
	for _, family := range families {
		saved, err := save(family)
		if err != nil {
			continue // a kernel without this family holds no chains of ours
		}
		if script := removal(saved, prefix); script != "" {
			failures = append(failures, restore(family, script))
		}
	}
	return errors.Join(failures...)
}

func save(family string) (string, error) {
	saved, err := exec.Command(family + "-save").Output()
	return string(saved), err
}

func restore(family, script string) error {
	command := exec.Command(family+"-restore", "--noflush", "--wait", wait)
	command.Stdin = strings.NewReader(script)
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s-restore: %w: %s", family, err, output)
	}
	return nil
}

// removal turns what iptables-save prints into what iptables-restore --noflush takes to remove the
// chains of a prefix: rules that jump to them go first, then the chains are emptied, then deleted.
func removal(saved, prefix string) string {
	var script, jumps, chains strings.Builder
	for _, line := range strings.Split(saved, "\n") {
		fields := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "*"):
			script.WriteString(line + "\n")
		case strings.HasPrefix(line, ":"+prefix):
			script.WriteString(fields[0] + " - [0:0]\n")
			chains.WriteString("-X " + fields[0][1:] + "\n")
		case len(fields) > 1 && fields[0] == "-A" && !strings.HasPrefix(fields[1], prefix) && leadsTo(fields, prefix):
			jumps.WriteString("-D" + strings.TrimPrefix(line, "-A") + "\n")
		case line == "COMMIT":
			script.WriteString(jumps.String() + chains.String() + "COMMIT\n")
			jumps.Reset()
			chains.Reset()
		}
	}
	if !strings.Contains(script.String(), "-X ") {
		return ""
	}
	return script.String()
}

func leadsTo(fields []string, prefix string) bool {
	for i, field := range fields[:len(fields)-1] {
		if (field == "-j" || field == "-g") && strings.HasPrefix(fields[i+1], prefix) {
			return true
		}
	}
	return false
}
