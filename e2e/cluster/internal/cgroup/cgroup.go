// Package cgroup makes a control group under which all pods run, so that they can be found and
// removed together, on version 1 and version 2 of control groups.
package cgroup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"plimsoll.dev/e2e/cluster/internal/mount"
	"plimsoll.dev/e2e/cluster/internal/process"
)

// Group is a control group's path below the root of every hierarchy, such as /plimsoll.
type Group string

// wanted is what the kubelet asks of version 2; what the kernel lacks is left out.
var wanted = []string{"cpu", "cpuset", "hugetlb", "io", "memory", "pids"}

// Ensure makes the group in every hierarchy, and on version 2 passes it the controllers.
func (g Group) Ensure() error {
	hierarchies, err := hierarchies()
	if err != nil {
		return err
	}
	for _, hierarchy := range hierarchies {
		if err := passControllers(hierarchy); err != nil {
			return err
		}
		if err := os.Mkdir(filepath.Join(hierarchy, string(g)), 0o755); err != nil && !errors.Is(err, os.ErrExist) {
			return fmt.Errorf("control group: %w", err)
		}
		if err := passControllers(filepath.Join(hierarchy, string(g))); err != nil {
			return err
		}
	}
	return nil
}

// Remove kills whatever runs in the group and takes it away from every hierarchy.
func (g Group) Remove() error {
	hierarchies, err := hierarchies()
	if err != nil {
		return err
	}
	var failures []error
	for _, hierarchy := range hierarchies {
		failures = append(failures, g.remove(hierarchy))
	}
	return errors.Join(failures...)
}

func (g Group) remove(hierarchy string) error {
	var failure error
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if failure = g.removeOnce(filepath.Join(hierarchy, string(g))); failure == nil {
			return nil
		}
	}
	return fmt.Errorf("control group: %w", failure)
}

func (g Group) removeOnce(folder string) error {
	var groups []string
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			groups = append(groups, path)
		}
		return nil
	})
	slices.Reverse(groups)
	for _, path := range groups {
		g.kill(path)
		if removed := syscall.Rmdir(path); removed != nil && !errors.Is(removed, os.ErrNotExist) {
			err = fmt.Errorf("%s: %w", path, removed)
		}
	}
	return err
}

func (g Group) kill(folder string) {
	content, _ := os.ReadFile(filepath.Join(folder, "cgroup.procs"))
	for _, line := range strings.Fields(string(content)) {
		pid, err := strconv.Atoi(line)
		if err != nil {
			continue
		}
		identity, err := process.Identify(pid)
		if err != nil {
			continue
		}
		// Looked at again once the process is identified: its number may have changed hands.
		if groups, err := os.ReadFile(filepath.Join("/proc", line, "cgroup")); err == nil && strings.Contains(string(groups), string(g)+"/") {
			_ = identity.Signal(syscall.SIGKILL)
		}
	}
}

// passControllers does nothing on version 1, where every hierarchy has its controllers throughout.
func passControllers(group string) error {
	available, err := os.ReadFile(filepath.Join(group, "cgroup.controllers"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("control group: %w", err)
	}
	for _, controller := range strings.Fields(string(available)) {
		if !slices.Contains(wanted, controller) {
			continue
		}
		err := os.WriteFile(filepath.Join(group, "cgroup.subtree_control"), []byte("+"+controller), 0o644)
		if errors.Is(err, syscall.EBUSY) {
			return fmt.Errorf("control group %s holds processes and cannot pass on its %s controller: "+
				"in a container, move them to a group below it first, or share the host's groups", group, controller)
		}
		if err != nil {
			return fmt.Errorf("control group %s does not pass on its %s controller: %w", group, controller, err)
		}
	}
	return nil
}

func hierarchies() ([]string, error) {
	mounts, err := mount.List()
	if err != nil {
		return nil, err
	}
	var folders []string
	for _, mounted := range mounts {
		if mounted.Type == "cgroup" || mounted.Type == "cgroup2" {
			folders = append(folders, mounted.Point)
		}
	}
	if len(folders) == 0 {
		return nil, errors.New("no control groups are mounted: mount them at /sys/fs/cgroup")
	}
	return folders, nil
}
