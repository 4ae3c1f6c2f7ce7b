package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/printers"
	"plimsoll.dev/kubectl-plimsoll/internal/picture"
)

func newStatus(cluster *cluster) *cobra.Command {
	var output string
	var watch bool
	command := &cobra.Command{
		Use:   "status [NAME]",
		Short: "Every deployment's hull and load line: budget, plan and measured bytes, and what is wrong",
		Long: "Draws ModelDeployments from their status. With a name: every pod and device, what lies where, and what is wrong.\n" +
			"Without: the fullest GPU and host of each.\n\n" +
			"Exit codes: 0 all that is shown is Ready, 3 something is not, 1 the cluster did not answer, 2 usage.",
		Example: "  kubectl plimsoll status -A\n  kubectl plimsoll status qwen-3b -n models --watch",
		Args:    atMostOneName,
		RunE: func(command *cobra.Command, args []string) error {
			if err := oneOf("output", output, "", "json", "yaml"); err != nil {
				return err
			}
			if watch && output != "" {
				return usage("--watch draws: leave out --output, or use kubectl get mdep --watch -o %s", output)
			}
			name := ""
			if len(args) > 0 {
				name = args[0]
			}
			draw := func(out io.Writer, objects []*unstructured.Unstructured) error {
				return drawStatus(picture.NewPage(cluster.Out).On(out), objects, name != "")
			}
			if watch {
				return cluster.watch(command.Context(), name, 0, draw)
			}
			return cluster.status(command.Context(), name, output, draw)
		},
		ValidArgsFunction: cluster.names,
	}
	cluster.addAll(command)
	command.Flags().StringVarP(&output, "output", "o", "", "json or yaml: the objects themselves; default: a picture")
	command.Flags().BoolVarP(&watch, "watch", "w", false, "draw anew whenever something changes, until Ctrl-C")
	return command
}

func atMostOneName(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usage("one name at most: %q is one too many", args[1])
	}
	return nil
}

func (c *cluster) status(ctx context.Context, name, output string, draw func(io.Writer, []*unstructured.Unstructured) error) error {
	objects, err := c.lookUp(ctx, name)
	if err != nil {
		return err
	}
	switch output {
	case "":
		err = draw(c.Out, objects)
	default:
		err = printed(c.Out, output, objects, name != "")
	}
	if err != nil {
		return err
	}
	models, err := read(objects)
	if err != nil {
		return err
	}
	for _, model := range models {
		if !model.IsSeen() || model.Condition("Ready").Status != "True" {
			return exit{code: exitWrong}
		}
	}
	return nil
}

func (c *cluster) lookUp(ctx context.Context, name string) ([]*unstructured.Unstructured, error) {
	namespace, err := c.namespace()
	if err != nil {
		return nil, err
	}
	models, _, err := c.clients()
	if err != nil {
		return nil, err
	}
	return c.find(ctx, models, namespace, name)
}

func drawStatus(page picture.Page, objects []*unstructured.Unstructured, whole bool) error {
	models, err := read(objects)
	if err != nil {
		return err
	}
	if len(models) == 0 {
		page.Line("No ModelDeployments here: -A looks into all namespaces")
		return nil
	}
	for _, model := range models {
		if whole {
			page.Whole(model)
		} else {
			page.Brief(model)
		}
		page.Blank()
	}
	page.Legend()
	return nil
}

// printed writes objects for machines, as kubectl does: one by itself, several as a List.
func printed(out io.Writer, output string, objects []*unstructured.Unstructured, single bool) error {
	var printer printers.ResourcePrinter = &printers.JSONPrinter{}
	if output == "yaml" {
		printer = &printers.YAMLPrinter{}
	}
	if single {
		return printer.PrintObj(objects[0], out)
	}
	list := &unstructured.UnstructuredList{}
	list.SetAPIVersion("v1")
	list.SetKind("List")
	for _, object := range objects {
		list.Items = append(list.Items, *object)
	}
	return printer.PrintObj(list, out)
}
