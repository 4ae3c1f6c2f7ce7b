package network

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// RemoveChains takes away the iptables chains of kube-proxy and the kubelet, and the rules that lead
// to them, in every table, for IPv4 and IPv6.
func RemoveChains() error {
	var failures []error
	for _, family := range []string{"iptables", "ip6tables"} {
		saved, err := exec.Command(family + "-save").Output()
		if err != nil {
			continue // a kernel without this family holds no chains of ours
		}
		script := removal(string(saved))
		if script == "" {
			continue
		}
		restore := exec.Command(family+"-restore", "--noflush")
		restore.Stdin = strings.NewReader(script)
		if output, err := restore.CombinedOutput(); err != nil {
			failures = append(failures, fmt.Errorf("%s-restore: %w: %s", family, err, output))
		}
	}
	return errors.Join(failures...)
}

// removal turns what iptables-save prints into what iptables-restore --noflush takes to remove the
// KUBE chains: rules that jump to them go first, then the chains are emptied, then deleted.
func removal(saved string) string {
	var script, jumps, chains strings.Builder
	for _, line := range strings.Split(saved, "\n") {
		fields := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "*"):
			script.WriteString(line + "\n")
		case strings.HasPrefix(line, ":KUBE-"):
			script.WriteString(fields[0] + " - [0:0]\n")
			chains.WriteString("-X " + fields[0][1:] + "\n")
		case len(fields) > 1 && fields[0] == "-A" && !strings.HasPrefix(fields[1], "KUBE-") && leadsToKube(fields):
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

func leadsToKube(fields []string) bool {
	for i, field := range fields[:len(fields)-1] {
		if (field == "-j" || field == "-g") && strings.HasPrefix(fields[i+1], "KUBE-") {
			return true
		}
	}
	return false
}
