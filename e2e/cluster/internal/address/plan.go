// Package address chooses networks for pods and Services that nothing else on the machine uses.
package address

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
)

// Plan is the cluster's addresses. The node, its API server and its kubelet have the first address
// of the pods' network, which is the bridge's.
type Plan struct {
	Pods     netip.Prefix `json:"pods"`
	Services netip.Prefix `json:"services"`
}

var candidates = []Plan{
	plan("10.244.0.0/24", "10.96.0.0/16"),
	plan("10.245.0.0/24", "10.97.0.0/16"),
	plan("172.30.0.0/24", "172.31.0.0/16"),
	plan("192.168.244.0/24", "192.168.128.0/18"),
	plan("198.18.0.0/24", "198.19.0.0/16"),
}

func plan(pods, services string) Plan {
	return Plan{Pods: netip.MustParsePrefix(pods), Services: netip.MustParsePrefix(services)}
}

// Choose is the first plan that overlaps none of the networks in use.
func Choose(inUse []netip.Prefix) (Plan, error) {
	for _, candidate := range candidates {
		if candidate.isFree(inUse) {
			return candidate, nil
		}
	}
	return Plan{}, fmt.Errorf("every network that the cluster could use is routed already (%v): remove a route to one of %v",
		inUse, candidates)
}

func (p Plan) isFree(inUse []netip.Prefix) bool {
	for _, network := range inUse {
		if p.Pods.Overlaps(network) || p.Services.Overlaps(network) {
			return false
		}
	}
	return true
}

// Node is the address of the node on the bridge.
func (p Plan) Node() netip.Addr { return p.Pods.Masked().Addr().Next() }

// API is the address of the Service `kubernetes`: the first one of the network, by convention.
func (p Plan) API() netip.Addr { return p.Services.Masked().Addr().Next() }

// Load reads what Save has written.
func Load(file string) (Plan, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return Plan{}, err
	}
	var plan Plan
	if err := json.Unmarshal(data, &plan); err != nil {
		return Plan{}, fmt.Errorf("%s: %w", file, err)
	}
	return plan, nil
}

// Save writes the plan to a file in a folder that exists.
func (p Plan) Save(file string) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(data, '\n'), 0o644)
}
