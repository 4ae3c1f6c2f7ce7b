package network

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"plimsoll.dev/e2e/cluster/internal/address"
)

const (
	forward = own + "FORWARD"
	input   = own + "INPUT"
	// dockersUser is where Docker lets others decide before it does.
	dockersUser = "DOCKER-USER"
)

// Accept lets pods reach one another and the node where a firewall of the machine's would not: Docker drops whatever is forwarded,
// ufw and firewalld what comes in from an interface that they do not know. It may be asked again, and is then first again.
func Accept(plan address.Plan) error {
	saved, err := save("iptables")
	if err != nil {
		return fmt.Errorf("iptables-save: %w", err)
	}
	return errors.Join(restore("iptables", acceptance(saved, plan)), trust())
}

// Unaccept takes that back.
func Unaccept() error { return errors.Join(distrust(), removeChains(own)) }

// acceptance is what iptables-restore --noflush takes: the chains with their rules, and the jumps to them, which go before all others.
func acceptance(saved string, plan address.Plan) string {
	var script strings.Builder
	fmt.Fprintf(&script, "*filter\n:%s - [0:0]\n:%s - [0:0]\n", forward, input)
	table := ""
	jumps := map[string]string{"FORWARD": forward, "INPUT": input}
	for _, line := range strings.Split(saved, "\n") {
		fields := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "*"):
			table = line
		case table == "*filter" && strings.HasPrefix(line, ":"+dockersUser+" "):
			jumps[dockersUser] = forward
		case table == "*filter" && len(fields) > 1 && fields[0] == "-A" && !strings.HasPrefix(fields[1], own) && leadsTo(fields, own):
			script.WriteString("-D" + strings.TrimPrefix(line, "-A") + "\n")
		}
	}
	fmt.Fprintf(&script, "-A %s -i %s -o %s -j ACCEPT\n", forward, Bridge, Bridge)
	fmt.Fprintf(&script, "-A %s -i %s -d %s/32 -j ACCEPT\n", input, Bridge, plan.Node())
	for _, chain := range []string{"INPUT", "FORWARD", dockersUser} {
		if target, there := jumps[chain]; there {
			fmt.Fprintf(&script, "-I %s 1 -j %s\n", chain, target)
		}
	}
	script.WriteString("COMMIT\n")
	return script.String()
}

// trust gives the bridge to firewalld's zone `trusted`, until it is restarted or told otherwise: what iptables accepts, firewalld's own
// tables would still drop.
func trust() error {
	if !firewalld("--state") {
		return nil
	}
	if !firewalld("--zone=trusted", "--change-interface="+Bridge) {
		return fmt.Errorf("firewalld does not take %s into its zone `trusted`: pods would not reach the node", Bridge)
	}
	return nil
}

func distrust() error {
	if firewalld("--state") && firewalld("--zone=trusted", "--query-interface="+Bridge) &&
		!firewalld("--zone=trusted", "--remove-interface="+Bridge) {
		return fmt.Errorf("firewalld keeps %s in its zone `trusted`", Bridge)
	}
	return nil
}

func firewalld(arguments ...string) bool {
	return exec.Command("firewall-cmd", arguments...).Run() == nil
}
