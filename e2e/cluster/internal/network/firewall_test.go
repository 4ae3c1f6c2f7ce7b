package network

import (
	"net"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"plimsoll.dev/e2e/cluster/internal/address"
)

func chosen(t *testing.T) address.Plan {
	t.Helper()
	plan, err := address.Choose(nil)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func TestTheClustersRulesGoFirstAndDockersAreLeftAlone(t *testing.T) {
	saved := `*nat
:DOCKER-USER - [0:0]
-A PREROUTING -j PLIMSOLL-FORWARD
COMMIT
*filter
:FORWARD DROP [0:0]
:DOCKER-USER - [0:0]
:PLIMSOLL-FORWARD - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -j PLIMSOLL-FORWARD
-A DOCKER-USER -j RETURN
-A PLIMSOLL-FORWARD -i plimsoll0 -o plimsoll0 -j ACCEPT
COMMIT
`
	want := `*filter
:PLIMSOLL-FORWARD - [0:0]
:PLIMSOLL-INPUT - [0:0]
-D FORWARD -j PLIMSOLL-FORWARD
-A PLIMSOLL-FORWARD -i plimsoll0 -o plimsoll0 -j ACCEPT
-A PLIMSOLL-INPUT -i plimsoll0 -d 10.244.0.1/32 -j ACCEPT
-I INPUT 1 -j PLIMSOLL-INPUT
-I FORWARD 1 -j PLIMSOLL-FORWARD
-I DOCKER-USER 1 -j PLIMSOLL-FORWARD
COMMIT
`
	if got := acceptance(saved, chosen(t)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// As dockerd and ufw leave a machine: nothing is forwarded and nothing comes in but what they know. The network is the test's own.
func TestPodsReachTheNodeWhereNothingElseComesIn(t *testing.T) {
	apart(t)
	plan := chosen(t)
	if err := Ensure(plan, "test"); err != nil {
		t.Fatal(err)
	}
	dockers := "*filter\n:FORWARD DROP [0:0]\n:INPUT DROP [0:0]\n:DOCKER-USER - [0:0]\n-A FORWARD -j DOCKER-USER\n-A DOCKER-USER -j RETURN\nCOMMIT\n"
	if err := restore("iptables", dockers); err != nil {
		t.Fatal(err)
	}
	before := filter(t)
	connected := pod(t, plan)

	if connected() {
		t.Fatal("a pod reaches the node although everything is dropped: the test sees nothing")
	}
	for range 2 {
		if err := Accept(plan); err != nil {
			t.Fatal(err)
		}
	}
	if !connected() {
		t.Errorf("a pod does not reach the node:\n%s", filter(t))
	}
	if got := strings.Count(filter(t), "-j PLIMSOLL-FORWARD"); got != 2 {
		t.Errorf("%d jumps, one of FORWARD and one of DOCKER-USER expected:\n%s", got, filter(t))
	}

	if err := Unaccept(); err != nil {
		t.Fatal(err)
	}
	if after := filter(t); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
}

// apart gives a test a network of its own, which ends with the test's thread.
func apart(t *testing.T) {
	t.Helper()
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Fatalf("a network of its own, which takes root: %v", err)
	}
}

func filter(t *testing.T) string {
	t.Helper()
	rules, err := exec.Command("iptables", "-S").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(rules)
}

// pod hangs another network on the bridge, and says whether something in it reaches the node by TCP.
func pod(t *testing.T, plan address.Plan) func() bool {
	t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(plan.Node().String(), "6443"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	nodes, err := netns.Get()
	if err != nil {
		t.Fatal(err)
	}
	bridge, err := netlink.LinkByName(Bridge)
	if err != nil {
		t.Fatal(err)
	}
	attributes := netlink.NewLinkAttrs()
	attributes.Name, attributes.MasterIndex = "veth-node", bridge.Attrs().Index
	if err := netlink.LinkAdd(&netlink.Veth{LinkAttrs: attributes, PeerName: "eth0"}); err != nil {
		t.Fatal(err)
	}
	peer, err := netlink.LinkByName("eth0")
	if err != nil {
		t.Fatal(err)
	}
	pods, err := netns.New()
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(netns.Set(nodes))
	outside, err := netlink.LinkByName("veth-node")
	must(err)
	must(netlink.LinkSetUp(outside))
	must(netlink.LinkSetNsFd(peer, int(pods)))
	must(netns.Set(pods))
	inside, err := netlink.LinkByName("eth0")
	must(err)
	address, err := netlink.ParseAddr(plan.Node().Next().String() + "/24")
	must(err)
	must(netlink.AddrAdd(inside, address))
	must(netlink.LinkSetUp(inside))
	must(netns.Set(nodes))
	return func() bool {
		must(netns.Set(pods))
		defer func() { must(netns.Set(nodes)) }()
		return connects(listener.Addr().(*net.TCPAddr))
	}
}

// connects does not leave the thread, which alone is in the pod's network.
func connects(to *net.TCPAddr) bool {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return false
	}
	defer func() { _ = unix.Close(socket) }()
	limit := unix.NsecToTimeval(int64(2 * time.Second))
	if unix.SetsockoptTimeval(socket, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &limit) != nil {
		return false
	}
	return unix.Connect(socket, &unix.SockaddrInet4{Port: to.Port, Addr: [4]byte(to.IP.To4())}) == nil
}
