package cluster

import (
	"context"
	"errors"
	"os"
	"strconv"
	"time"

	"plimsoll.dev/e2e/cluster/internal/address"
	"plimsoll.dev/e2e/cluster/internal/component"
	"plimsoll.dev/e2e/cluster/internal/network"
	"plimsoll.dev/e2e/cluster/internal/sysctl"
)

// Up starts whatever does not run, and returns once pods can be scheduled, Services reached and
// service accounts used. What a crash or a reboot left behind is removed first.
func (c *Cluster) Up(ctx context.Context) error {
	release, err := c.alone()
	if err != nil {
		return err
	}
	defer release()
	began := time.Now()
	if err := c.sweepOther(); err != nil {
		return err
	}
	if err := c.files.Mark(); err != nil {
		return err
	}
	if len(c.running()) == 0 {
		if err := errors.Join(c.sweep(), c.refuseBeside()); err != nil {
			return err
		}
	}
	set, err := c.components()
	if err != nil {
		return err
	}
	if err := set.Write(); err != nil {
		return err
	}
	if err := c.prepare(set.Plan); err != nil {
		return err
	}
	started, err := c.start(ctx, set)
	if err != nil {
		return err
	}
	if err := handOver(c.files.Kubeconfig()); err != nil {
		return err
	}
	if started == 0 {
		c.say("already up: %d programs run, node %s is ready", len(component.Names()), component.NodeName)
		return nil
	}
	c.say("up after %.1f s: node %s is ready at %s", time.Since(began).Seconds(), component.NodeName, set.Server())
	return nil
}

// handOver gives a file to whoever became root for this command.
func handOver(file string) error {
	user, err := strconv.Atoi(os.Getenv("SUDO_UID"))
	if err != nil {
		return nil
	}
	return os.Chown(file, user, -1)
}

func (c *Cluster) prepare(plan address.Plan) error {
	links, err := network.Links()
	if err != nil {
		return err
	}
	if err := sysctl.Remember(c.sysctls(), links); err != nil {
		return err
	}
	if err := network.Ensure(plan, c.files.State); err != nil {
		return err
	}
	if err := network.Accept(plan); err != nil {
		return err
	}
	return c.group().Ensure()
}

func (c *Cluster) start(ctx context.Context, set *component.Set) (started int, err error) {
	var kubeletStart time.Time
	for _, daemon := range set.Daemons() {
		began := time.Now()
		isNew, err := c.daemons.Ensure(daemon)
		if err != nil {
			return started, err
		}
		if isNew {
			started++
			c.say("started %s", daemon.Name)
		}
		switch {
		case daemon.Name == "kube-apiserver":
			if err = c.await(ctx, daemon.Name, c.apiReady); err == nil {
				err = c.await(ctx, daemon.Name, c.allowNames)
			}
		case daemon.Name == "containerd" && isNew:
			err = c.await(ctx, daemon.Name, func(ctx context.Context) error { return c.importPause(ctx, set) })
		case daemon.Name == "kubelet" && isNew:
			kubeletStart = began
		}
		if err != nil {
			return started, err
		}
	}
	if err := c.await(ctx, "kubelet", func(ctx context.Context) error { return c.nodeReady(ctx, kubeletStart) }); err != nil {
		return started, err
	}
	if err := c.advertise(ctx); err != nil {
		return started, err
	}
	if err := c.await(ctx, "coredns", func(ctx context.Context) error { return answers(ctx, set.NameServerHealth()) }); err != nil {
		return started, err
	}
	if err := c.await(ctx, "kube-proxy", func(ctx context.Context) error { return answers(ctx, set.ProxyHealth()) }); err != nil {
		return started, err
	}
	return started, c.await(ctx, "kube-controller-manager", c.serviceAccounts)
}
