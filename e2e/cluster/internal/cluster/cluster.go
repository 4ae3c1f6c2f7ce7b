// Package cluster brings the cluster up, takes it down and says how it is.
package cluster

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"plimsoll.dev/e2e/cluster/internal/address"
	"plimsoll.dev/e2e/cluster/internal/cgroup"
	"plimsoll.dev/e2e/cluster/internal/component"
	"plimsoll.dev/e2e/cluster/internal/layout"
	"plimsoll.dev/e2e/cluster/internal/network"
	"plimsoll.dev/e2e/cluster/internal/process"
)

// Cluster is the cluster whose files are in one layout, running or not.
type Cluster struct {
	files   layout.Layout
	daemons process.Folder
	say     func(format string, values ...any)
}

// Of is the cluster of a layout. What it does is told line by line to say.
func Of(files layout.Layout, say func(format string, values ...any)) *Cluster {
	return &Cluster{
		files:   files,
		daemons: process.Folder{Identities: files.In("run", "processes"), Logs: files.In("logs")},
		say:     say,
	}
}

// alone holds the state folder for one command at a time.
func (c *Cluster) alone() (release func(), err error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("only root can do this: it starts containers and sets up their network")
	}
	if err := os.MkdirAll(c.files.State, 0o755); err != nil {
		return nil, err
	}
	lock, err := os.Open(c.files.State)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return nil, fmt.Errorf("lock of %s: %w", c.files.State, err)
	}
	return func() { _ = lock.Close() }, nil
}

// components takes the addresses that were chosen when the cluster was first brought up.
func (c *Cluster) components() (*component.Set, error) {
	plan, err := address.Load(c.files.Addresses())
	if errors.Is(err, os.ErrNotExist) {
		plan, err = c.choose()
	}
	if err != nil {
		return nil, err
	}
	return component.New(c.files, plan)
}

func (c *Cluster) choose() (address.Plan, error) {
	inUse, err := network.InUse()
	if err != nil {
		return address.Plan{}, err
	}
	plan, err := address.Choose(inUse)
	if err != nil {
		return address.Plan{}, err
	}
	return plan, plan.Save(c.files.Addresses())
}

func (c *Cluster) group() cgroup.Group { return component.ControlGroup(c.files) }

func (c *Cluster) running() (names []string) {
	for _, name := range component.Names() {
		if _, running := c.daemons.Find(name); running {
			names = append(names, name)
		}
	}
	return names
}
