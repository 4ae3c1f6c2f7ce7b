package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	v1 "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"

	"plimsoll.dev/e2e/cluster/internal/component"
)

// ErrNotUp says that something of the cluster does not run.
var ErrNotUp = errors.New("the cluster is not up: run `cluster up`")

// Status writes what runs, and returns ErrNotUp unless all of it does.
func (c *Cluster) Status(ctx context.Context, out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "PROGRAM\tSTATE\tPID\tLOG")
	complete := true
	for _, name := range component.Names() {
		if identity, running := c.daemons.Find(name); running {
			fmt.Fprintf(table, "%s\trunning\t%d\t%s\n", name, identity.PID, c.daemons.Log(name))
		} else {
			complete = false
			fmt.Fprintf(table, "%s\tstopped\t-\t-\n", name)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if !complete {
		return ErrNotUp
	}
	summary, err := c.summary(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, summary)
	return err
}

func (c *Cluster) summary(ctx context.Context) (string, error) {
	client, err := c.client()
	if err != nil {
		return "", err
	}
	node, err := client.CoreV1().Nodes().Get(ctx, component.NodeName, meta.GetOptions{})
	if err != nil {
		return "", err
	}
	pods, err := client.CoreV1().Pods(meta.NamespaceAll).List(ctx, meta.ListOptions{})
	if err != nil {
		return "", err
	}
	phases := map[v1.PodPhase]int{}
	for _, pod := range pods.Items {
		phases[pod.Status.Phase]++
	}
	state := "ready"
	if err := c.nodeReady(ctx, node.CreationTimestamp.Time); err != nil {
		state = err.Error()
	}
	return fmt.Sprintf("node %s (Kubernetes %s, %s): %s; pods: %d running of %d; export KUBECONFIG=%s",
		node.Name, node.Status.NodeInfo.KubeletVersion, node.Status.NodeInfo.ContainerRuntimeVersion, state,
		phases[v1.PodRunning], len(pods.Items), c.files.Kubeconfig()), nil
}
