package address

import (
	"net/netip"
	"testing"
)

func TestTheUsualNetworksAreChosenOnAFreeMachine(t *testing.T) {
	plan, err := Choose(nil)
	if err != nil {
		t.Fatal(err)
	}
	if plan.Node().String() != "10.244.0.1" || plan.API().String() != "10.96.0.1" {
		t.Errorf("node %s, API %s", plan.Node(), plan.API())
	}
}

func TestANetworkInUseIsAvoided(t *testing.T) {
	for _, inUse := range []string{"10.244.0.0/16", "10.96.3.0/24", "10.0.0.0/8"} {
		network := netip.MustParsePrefix(inUse)
		plan, err := Choose([]netip.Prefix{network})
		if err != nil {
			t.Fatal(err)
		}
		if plan.Pods.Overlaps(network) || plan.Services.Overlaps(network) {
			t.Errorf("%s: chose %v", inUse, plan)
		}
	}
}

func TestNoFreeNetworkIsAnError(t *testing.T) {
	if plan, err := Choose([]netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}); err == nil {
		t.Errorf("chose %v", plan)
	}
}

func TestNoCandidateOverlapsItself(t *testing.T) {
	for _, candidate := range candidates {
		if candidate.Pods.Overlaps(candidate.Services) {
			t.Errorf("%v", candidate)
		}
	}
}
