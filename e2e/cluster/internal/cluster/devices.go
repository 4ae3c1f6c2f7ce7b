package cluster

import (
	"context"
	"encoding/json"
	"fmt"

	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"plimsoll.dev/e2e/cluster/internal/component"
)

const (
	emulatedGPU  = "plimsoll.dev/emulated-gpu"
	emulatedGPUs = "4"
)

// advertise adds emulated GPUs to what the node offers. A kubelet that starts anew counts resources
// without a device plugin as none, so this is said again after every start.
func (c *Cluster) advertise(ctx context.Context) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	offer := map[string]string{emulatedGPU: emulatedGPUs}
	patch, err := json.Marshal(map[string]any{"status": map[string]any{"capacity": offer, "allocatable": offer}})
	if err != nil {
		return err
	}
	_, err = client.CoreV1().Nodes().
		Patch(ctx, component.NodeName, types.MergePatchType, patch, meta.PatchOptions{}, "status")
	if err != nil {
		return fmt.Errorf("advertising %s: %w", emulatedGPU, err)
	}
	return nil
}
