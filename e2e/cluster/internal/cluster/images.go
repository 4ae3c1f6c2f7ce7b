package cluster

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"plimsoll.dev/e2e/cluster/internal/component"
	"plimsoll.dev/e2e/cluster/internal/image"
)

// Import gives images, docker-archives or OCI archives, to the node.
func (c *Cluster) Import(ctx context.Context, archives []string) error {
	if _, running := c.daemons.Find("containerd"); !running {
		return fmt.Errorf("the cluster is not up: run `cluster up` first")
	}
	set, err := c.components()
	if err != nil {
		return err
	}
	for _, archive := range archives {
		c.say("importing %s", archive)
		if err := c.load(ctx, set, archive); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cluster) load(ctx context.Context, set *component.Set, archive string) error {
	absolute, err := filepath.Abs(archive)
	if err != nil {
		return err
	}
	command := exec.CommandContext(ctx, "ctr", "--address", c.files.ContainerdSocket(), "--namespace", "k8s.io",
		"images", "import", "--snapshotter", set.Snapshotter(), absolute)
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("import of %s: %w: %s", archive, err, strings.TrimSpace(string(output)))
	}
	return nil
}

// importPause succeeds once containerd listens.
func (c *Cluster) importPause(ctx context.Context, set *component.Set) error {
	archive := c.files.In("run", "pause.tar")
	if err := image.WriteStatic(archive, component.PauseImage, c.files.Binary("pause")); err != nil {
		return err
	}
	return c.load(ctx, set, archive)
}
