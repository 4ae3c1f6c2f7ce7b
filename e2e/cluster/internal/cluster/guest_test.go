package cluster

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"plimsoll.dev/e2e/cluster/internal/network"
	"plimsoll.dev/e2e/cluster/internal/process"
)

const chains = "*filter\n:KUBE-FORWARD - [0:0]\n-A FORWARD -j KUBE-FORWARD\nCOMMIT\n"

func TestNoClusterIsStartedBesideAnotherKubelet(t *testing.T) {
	apart(t)
	started := clusterIn(t)
	if err := started.refuseBeside(); err != nil {
		t.Fatal(err)
	}
	other := kubelet(t)
	if err := started.refuseBeside(); err == nil || !strings.Contains(err.Error(), "another kubelet") {
		t.Errorf("got %v", err)
	}
	end(t, other)
	if err := started.refuseBeside(); err != nil {
		t.Error(err)
	}
}

// As kind runs them.
func TestAKubeletInAContainerIsInNobodysWay(t *testing.T) {
	apart(t)
	started := clusterIn(t)
	kubelet(t, syscall.CLONE_NEWNET, syscall.CLONE_NEWNS)
	if err := started.refuseBeside(); err != nil {
		t.Error(err)
	}
}

func TestNoClusterIsStartedOverChainsOfAnother(t *testing.T) {
	apart(t)
	write := exec.Command("iptables-restore", "--noflush")
	write.Stdin = strings.NewReader(chains)
	if output, err := write.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	started := clusterIn(t)
	if err := started.Up(t.Context()); err == nil || !strings.Contains(err.Error(), "KUBE-*") {
		t.Errorf("got %v", err)
	}
	if err := started.Down(true); err != nil {
		t.Error(err)
	}
	if !network.HasKubeChains() {
		t.Error("chains of another are gone")
	}
}

func TestChainsAreLeftToAKubeletThatCameLater(t *testing.T) {
	apart(t)
	started := clusterIn(t)
	holdBridge(t, started.files.State)
	write := exec.Command("iptables-restore", "--noflush")
	write.Stdin = strings.NewReader(chains)
	if output, err := write.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	other := kubelet(t)
	if err := started.removeNetwork(); err != nil || !network.HasKubeChains() {
		t.Errorf("chains of the kubelet are gone: %v", err)
	}
	end(t, other)
	holdBridge(t, started.files.State)
	if err := started.removeNetwork(); err != nil || network.HasKubeChains() {
		t.Errorf("its own are left: %v", err)
	}
}

func TestOnlyAFolderThatUpHasMarkedIsPurged(t *testing.T) {
	apart(t)
	home := clusterIn(t)
	letter := home.files.In("letter.txt")
	write(t, letter, "dear")
	write(t, home.files.Addresses(), "{}")
	if err := home.Up(t.Context()); err == nil || !strings.Contains(err.Error(), "PLIMSOLL_STATE") {
		t.Errorf("up: %v", err)
	}
	if err := home.Down(true); err == nil || !strings.Contains(err.Error(), "left as it is") {
		t.Errorf("down: %v", err)
	}
	if _, err := os.Stat(letter); err != nil {
		t.Fatal(err)
	}
	marked := clusterIn(t)
	if err := marked.files.Mark(); err != nil {
		t.Fatal(err)
	}
	if err := marked.Down(true); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(marked.files.State); !os.IsNotExist(err) {
		t.Errorf("the state is still there: %v", err)
	}
}

// kubelet is a program of that name, in namespaces of its own where some are given.
func kubelet(t *testing.T, namespaces ...uintptr) *exec.Cmd {
	t.Helper()
	program := filepath.Join(t.TempDir(), "kubelet")
	sleep, err := exec.LookPath("sleep")
	if err == nil {
		err = os.Symlink(sleep, program)
	}
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, "60")
	command.SysProcAttr = &syscall.SysProcAttr{}
	for _, namespace := range namespaces {
		command.SysProcAttr.Cloneflags |= namespace
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(t, command) })
	return command
}

func end(t *testing.T, command *exec.Cmd) {
	t.Helper()
	if command.ProcessState != nil {
		return
	}
	identity, err := process.Identify(command.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := identity.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait()
}
