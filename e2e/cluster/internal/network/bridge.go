// Package network makes and removes what the cluster needs of the host's network: the bridge of the
// pods, the route of the Services, and nothing else.
package network

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"plimsoll.dev/e2e/cluster/internal/address"
)

// Bridge is the network interface that pods hang on and whose address is the node's.
const Bridge = "plimsoll0"

// InUse is every network that is routed on this machine, but for the default route and what belongs
// to the cluster itself.
func InUse() ([]netip.Prefix, error) {
	routes, err := netlink.RouteList(nil, netlink.FAMILY_V4)
	if err != nil {
		return nil, fmt.Errorf("routes of this machine: %w", err)
	}
	own := -1
	if bridge, err := netlink.LinkByName(Bridge); err == nil {
		own = bridge.Attrs().Index
	}
	var networks []netip.Prefix
	for _, route := range routes {
		if route.Dst == nil || route.LinkIndex == own {
			continue
		}
		if bits, _ := route.Dst.Mask.Size(); bits > 0 {
			networks = append(networks, netip.MustParsePrefix(route.Dst.String()))
		}
	}
	return networks, nil
}

// Ensure makes the bridge with the node's address, and sends the Services' network there: a Service
// without endpoints then leads nowhere, instead of out of the machine. The bridge's alias names its
// owner.
func Ensure(plan address.Plan, owner string) error {
	attributes := netlink.NewLinkAttrs()
	attributes.Name = Bridge
	if err := netlink.LinkAdd(&netlink.Bridge{LinkAttrs: attributes}); err != nil && !errors.Is(err, unix.EEXIST) {
		return fmt.Errorf("bridge %s: %w", Bridge, err)
	}
	bridge, err := netlink.LinkByName(Bridge)
	if err != nil {
		return fmt.Errorf("bridge %s: %w", Bridge, err)
	}
	if err := netlink.LinkSetAlias(bridge, owner); err != nil {
		return fmt.Errorf("alias of %s: %w", Bridge, err)
	}
	node := &netlink.Addr{IPNet: ipNet(netip.PrefixFrom(plan.Node(), plan.Pods.Bits()))}
	if err := netlink.AddrReplace(bridge, node); err != nil {
		return fmt.Errorf("address %s of %s: %w", node, Bridge, err)
	}
	if err := netlink.LinkSetUp(bridge); err != nil {
		return fmt.Errorf("bridge %s: %w", Bridge, err)
	}
	services := &netlink.Route{LinkIndex: bridge.Attrs().Index, Dst: ipNet(plan.Services), Scope: netlink.SCOPE_LINK}
	if err := netlink.RouteReplace(services); err != nil {
		return fmt.Errorf("route of %s: %w", plan.Services, err)
	}
	return nil
}

// Links are the names of the machine's network interfaces, but for the cluster's own and those of its pods.
func Links() ([]string, error) {
	links, err := netlink.LinkList()
	if err != nil {
		return nil, fmt.Errorf("network interfaces: %w", err)
	}
	own := -1
	if bridge, err := netlink.LinkByName(Bridge); err == nil {
		own = bridge.Attrs().Index
	}
	var names []string
	for _, link := range links {
		if attributes := link.Attrs(); attributes.Index != own && (own < 0 || attributes.MasterIndex != own) {
			names = append(names, attributes.Name)
		}
	}
	return names, nil
}

// Owner says who has made the bridge, if it is there.
func Owner() (owner string, exists bool) {
	bridge, err := netlink.LinkByName(Bridge)
	if err != nil {
		return "", false
	}
	return bridge.Attrs().Alias, true
}

// Remove takes the bridge away, and with it its routes.
func Remove() error {
	bridge, err := netlink.LinkByName(Bridge)
	if errors.As(err, &netlink.LinkNotFoundError{}) {
		return nil
	}
	if err == nil {
		err = netlink.LinkDel(bridge)
	}
	if err != nil {
		return fmt.Errorf("bridge %s: %w", Bridge, err)
	}
	return nil
}

func ipNet(prefix netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: prefix.Addr().AsSlice(), Mask: net.CIDRMask(prefix.Bits(), 32)}
}
