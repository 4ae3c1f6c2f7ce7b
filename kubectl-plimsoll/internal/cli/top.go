package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/duration"
	"k8s.io/client-go/kubernetes"
	"plimsoll.dev/kubectl-plimsoll/internal/api"
)

// lease is what the operator that works renews every two seconds: while it does, every status is true as of now.
const lease = "plimsoll-operator"

// refreshed is how often an operator vouches anew.
const refreshed = 2 * time.Second

func newTop(cluster *cluster) *cobra.Command {
	var watch bool
	var operator string
	command := &cobra.Command{
		Use:   "top [NAME]",
		Short: "Live bytes by device and pod: measured, budget, and how far the plan was off",
		Long: "Shows what the status says that each pod takes on each device, and how old that is: when the status was last written\n" +
			"(it is while something changes), and until when it held, which the operator's Lease says to those who may read it.\n\n" +
			"Exit codes: 0 shown, 1 the cluster did not answer, 2 usage.",
		Example: "  kubectl plimsoll top -A --watch",
		Args:    atMostOneName,
		RunE: func(command *cobra.Command, args []string) error {
			name := ""
			if len(args) > 0 {
				name = args[0]
			}
			return cluster.top(command.Context(), name, operator, watch)
		},
		ValidArgsFunction: cluster.names,
	}
	cluster.addAll(command)
	command.Flags().BoolVarP(&watch, "watch", "w", false, "refresh until Ctrl-C")
	command.Flags().StringVar(&operator, "operator-namespace", "plimsoll-system", "where the operator's Lease is")
	return command
}

func (c *cluster) top(ctx context.Context, name, operator string, watch bool) error {
	_, others, err := c.clients()
	if err != nil {
		return err
	}
	draw := func(out io.Writer, objects []*unstructured.Unstructured) error {
		models, err := read(objects)
		if err != nil {
			return err
		}
		held, err := renewed(ctx, others, operator)
		if err != nil {
			fmt.Fprintf(out, "Whether this still holds is not known: Lease %s/%s: %s\n", operator, lease, api.Clean(err.Error()))
		}
		return drawTop(out, models, held, time.Now())
	}
	if watch {
		return c.watch(ctx, name, refreshed, draw)
	}
	objects, err := c.lookUp(ctx, name)
	if err != nil {
		return err
	}
	return draw(c.Out, objects)
}

// renewed is when the operator last vouched for every status.
func renewed(ctx context.Context, cluster kubernetes.Interface, namespace string) (time.Time, error) {
	found, err := cluster.CoordinationV1().Leases(namespace).Get(ctx, lease, metav1.GetOptions{})
	if err != nil {
		return time.Time{}, err
	}
	if found.Spec.RenewTime == nil {
		return time.Time{}, errors.New("it was never renewed")
	}
	return found.Spec.RenewTime.Time, nil
}

func drawTop(out io.Writer, models []api.ModelDeployment, held, now time.Time) error {
	if !held.IsZero() {
		fmt.Fprintf(out, "As of %s ago, when the operator last vouched for it.\n", ago(now, held))
	}
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "NAMESPACE\tNAME\tPOD\tDEVICE\tMEASURED\tBUDGET\tUSED\tPLAN-ERROR\tBY\tWRITTEN")
	for _, model := range models {
		written := "-"
		if at, known := model.WrittenAt(); known {
			written = ago(now, at)
		}
		for _, pod := range model.Status.Pods {
			for _, row := range rows(model, pod) {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", model.Metadata.Namespace, model.Metadata.Name, pod.Name,
					row.device, row.measured, row.budget, row.used(), row.predictionError, row.source, written)
			}
		}
	}
	return table.Flush()
}

func ago(now, then time.Time) string {
	return duration.HumanDuration(max(0, now.Sub(then)))
}

type row struct {
	device, predictionError, source string
	measured, budget                api.Bytes
}

func (r row) used() string {
	if !r.measured.Known || !r.budget.Known || r.budget.Value == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f%%", 100*float64(r.measured.Value)/float64(r.budget.Value))
}

func rows(model api.ModelDeployment, pod api.Pod) []row {
	var all []row
	for _, device := range pod.Devices {
		if device.Name == "host" || device.Measured == nil {
			continue
		}
		budget := device.Budget
		if !budget.Known {
			budget = model.Spec.Budget(device.Name)
		}
		off := ""
		if pod.Phase == "Serving" {
			off = device.PredictionError
		}
		all = append(all, row{device.Name, dash(off), dash(device.Measured.Source), device.Measured.Process, budget})
	}
	if pod.Host != nil {
		all = append(all, row{"host (peak)", difference(pod.Host.Peak, model.Status.Plan.Of("host")), "-", pod.Host.Peak, pod.Host.Budget})
	}
	return all
}

// difference is how much more was measured than planned.
func difference(measured, planned api.Bytes) string {
	if !measured.Known || !planned.Known || planned.Value == 0 {
		return "-"
	}
	return fmt.Sprintf("%+.1f%%", 100*(float64(measured.Value)/float64(planned.Value)-1))
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
