package cgroup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestVersion2PassesOnWhatTheKubeletAsksFor(t *testing.T) {
	group := t.TempDir()
	if err := os.WriteFile(filepath.Join(group, "cgroup.controllers"), []byte("cpu rdma memory misc\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	// The kernel takes one write for each controller: a pipe keeps them all.
	if err := unix.Mkfifo(filepath.Join(group, "cgroup.subtree_control"), 0o600); err != nil {
		t.Fatal(err)
	}
	control, err := os.OpenFile(filepath.Join(group, "cgroup.subtree_control"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = control.Close() }()
	if err := passControllers(group); err != nil {
		t.Fatal(err)
	}
	written := make([]byte, 100)
	length, err := control.Read(written)
	if err != nil || string(written[:length]) != "+cpu+memory" {
		t.Errorf("wrote %q, %v", written[:length], err)
	}
}

func TestVersion1HasNothingToPassOn(t *testing.T) {
	group := t.TempDir()
	if err := passControllers(group); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(group); len(entries) != 0 {
		t.Errorf("wrote %v", entries)
	}
}

func TestAControllerThatIsRefusedIsNamed(t *testing.T) {
	group := t.TempDir()
	if err := os.WriteFile(filepath.Join(group, "cgroup.controllers"), []byte("memory\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(group, "cgroup.subtree_control"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := passControllers(group); err == nil || !strings.Contains(err.Error(), "memory controller") {
		t.Errorf("got %v", err)
	}
}

func TestAGroupIsRemovedWithTheGroupsBelowIt(t *testing.T) {
	hierarchy := t.TempDir()
	if err := os.MkdirAll(filepath.Join(hierarchy, "cluster", "pods", "one"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(hierarchy, "other"), 0o700); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := Group("/cluster").remove(hierarchy); err != nil {
			t.Fatal(err)
		}
	}
	if entries, _ := os.ReadDir(hierarchy); len(entries) != 1 || entries[0].Name() != "other" {
		t.Errorf("left %v", entries)
	}
}
