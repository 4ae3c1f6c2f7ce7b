package cluster

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"plimsoll.dev/e2e/cluster/internal/mount"
)

// Down stops every program that Up has started and every pod, and takes away what they made on this
// machine. What the cluster knows stays in the state folder, so that Up finds it again; purge removes
// that, too.
func (c *Cluster) Down(purge bool) error {
	release, err := c.alone()
	if err != nil {
		return err
	}
	defer release()
	began := time.Now()
	running := c.running()
	if len(running) > 0 {
		c.say("stopping %s", strings.Join(running, ", "))
	}
	err = errors.Join(
		c.stop("kubelet", "kube-proxy", "coredns", "kube-scheduler", "kube-controller-manager"),
		c.stop("containerd"),
		c.stop("kube-apiserver"),
		c.stop("etcd"),
		c.sweep(),
	)
	if err != nil {
		return err
	}
	if purge {
		if err := c.purge(); err != nil {
			return err
		}
		c.say("removed %s", c.files.State)
	}
	if len(running) == 0 {
		c.say("already down")
		return nil
	}
	c.say("down after %.1f s", time.Since(began).Seconds())
	return nil
}

func (c *Cluster) stop(names ...string) error {
	failures := make([]error, len(names))
	var stopping sync.WaitGroup
	for i, name := range names {
		stopping.Add(1)
		go func() {
			defer stopping.Done()
			failures[i] = c.daemons.Stop(name, 5*time.Second)
		}()
	}
	stopping.Wait()
	return errors.Join(failures...)
}

// purge removes the state folder once nothing is mounted in it: a folder of the host's that is bound
// there must not be emptied.
func (c *Cluster) purge() error {
	mounts, err := mount.List()
	if err != nil {
		return err
	}
	for _, mounted := range mounts {
		if strings.HasPrefix(mounted.Point, c.files.State+"/") {
			return fmt.Errorf("%s is still mounted: the state folder is left as it is", mounted.Point)
		}
	}
	if !c.files.IsMarked() {
		return fmt.Errorf("%s was not made by `cluster up`: it is left as it is", c.files.State)
	}
	return os.RemoveAll(c.files.State)
}

func (c *Cluster) sysctls() string { return c.files.In("sysctls.json") }
