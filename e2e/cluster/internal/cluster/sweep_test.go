package cluster

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"plimsoll.dev/e2e/cluster/internal/address"
	"plimsoll.dev/e2e/cluster/internal/layout"
	"plimsoll.dev/e2e/cluster/internal/network"
	"plimsoll.dev/e2e/cluster/internal/process"
)

func TestWhatAKilledClusterLeftIsClearedAwayAndItsStateKept(t *testing.T) {
	apart(t)
	killed, started := clusterIn(t), clusterIn(t)
	holdBridge(t, killed.files.State)
	process := killed.files.In("run", "processes", "etcd.json")
	write(t, process, `{"pid": 1, "startTicks": 1, "boot": "another"}`)
	write(t, killed.files.Addresses(), "kept")

	if err := started.sweepOther(); err != nil {
		t.Fatal(err)
	}

	if owner, exists := network.Owner(); exists {
		t.Errorf("the bridge of %s is still there", owner)
	}
	if _, err := os.Stat(process); err == nil {
		t.Errorf("%s is still there", process)
	}
	if _, err := os.Stat(killed.files.Addresses()); err != nil {
		t.Error(err)
	}
}

func TestAClusterThatRunsIsLeftAlone(t *testing.T) {
	apart(t)
	running, started := clusterIn(t), clusterIn(t)
	holdBridge(t, running.files.State)
	if _, err := running.daemons.Ensure(process.Daemon{Name: "etcd", Path: "/bin/sleep", Args: []string{"60"}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = running.daemons.Stop("etcd", 0) })

	err := started.sweepOther()

	if err == nil || !strings.Contains(err.Error(), "PLIMSOLL_STATE="+running.files.State) {
		t.Errorf("got %v", err)
	}
	if _, exists := network.Owner(); !exists || len(running.running()) != 1 {
		t.Error("something of the running cluster is gone")
	}
}

func TestABridgeOfSomebodyElseIsLeftAlone(t *testing.T) {
	apart(t)
	holdBridge(t, "")
	if err := clusterIn(t).sweepOther(); err == nil || !strings.Contains(err.Error(), "ip link delete") {
		t.Errorf("got %v", err)
	}
}

// apart gives a test networks and mounts of its own, beside a cluster that may run on this machine.
// They end with the test's thread.
func apart(t *testing.T) {
	t.Helper()
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNET | unix.CLONE_NEWNS); err != nil {
		t.Fatalf("networks and mounts of its own, which takes root: %v", err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("tmpfs", "/var/lib", "tmpfs", 0, ""); err != nil {
		t.Fatal(err)
	}
}

func clusterIn(t *testing.T) *Cluster {
	t.Helper()
	return Of(layout.Layout{Cache: t.TempDir(), State: t.TempDir()}, t.Logf)
}

func holdBridge(t *testing.T, owner string) {
	t.Helper()
	plan, err := address.Choose(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := network.Ensure(plan, owner); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
