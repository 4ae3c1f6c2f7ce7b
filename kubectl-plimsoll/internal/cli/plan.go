package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/resource"
	"plimsoll.dev/kubectl-plimsoll/internal/api"
	"plimsoll.dev/kubectl-plimsoll/internal/diagnosis"
	"plimsoll.dev/kubectl-plimsoll/internal/picture"
	"plimsoll.dev/kubectl-plimsoll/internal/planning"
)

type planOptions struct {
	resource.FilenameOptions
	output  string
	timeout time.Duration
}

// planned is what -o json says of a file's deployment.
type planned struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
	planning.Outcome
	Fixes []diagnosis.Fix `json:"fixes,omitempty"`
}

func newPlan(cluster *cluster) *cobra.Command {
	options := &planOptions{}
	command := &cobra.Command{
		Use:   "plan -f FILE",
		Short: "Would it fit? What would become of a file, before you apply it",
		Long: "Has the API server judge the file as if it were applied, then has the operator plan it: a short pod without a GPU\n" +
			"reads the checkpoint's headers. It is asked by a ModelDeployment of a generated name, paused and of no replicas, which\n" +
			"is deleted when it has told. What serves is not touched.\n\n" +
			"Exit codes: 0 it fits, 2 the file or the command line is wrong, 3 it does not fit, 4 the checkpoint is missing or\n" +
			"cannot be used, 5 it could not be read, 1 anything else.",
		Example: "  kubectl plimsoll plan -f qwen-3b.yaml\n  kubectl kustomize overlays/prod | kubectl plimsoll plan -f - -o json",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if len(options.Filenames) == 0 {
				return usage("which file? -f FILE, or -f - for standard input")
			}
			if err := oneOf("output", options.output, "", "json"); err != nil {
				return err
			}
			return cluster.plan(command.Context(), options)
		},
	}
	command.Flags().StringSliceVarP(&options.Filenames, "filename", "f", nil, "file, folder or address with ModelDeployments; - is standard input")
	command.Flags().BoolVarP(&options.Recursive, "recursive", "R", false, "folders in folders, too")
	command.Flags().StringVarP(&options.output, "output", "o", "", "json; default: a picture")
	command.Flags().DurationVar(&options.timeout, "timeout", 5*time.Minute, "how long one plan may take: an image may have to be pulled")
	return command
}

func (c *cluster) plan(ctx context.Context, options *planOptions) error {
	files, others, err := planning.Files(c.flags, options.FilenameOptions, c.In)
	if err != nil {
		return exit{exitUsage, err}
	}
	for _, other := range others {
		fmt.Fprintln(c.ErrOut, "not planned, for it is no ModelDeployment:", api.Clean(other))
	}
	if len(files) == 0 {
		return usage("no ModelDeployment in what was given")
	}
	code := exitOK
	var all []planned
	for _, file := range files {
		one, spec, err := c.planOne(ctx, options, file)
		if err != nil {
			return err
		}
		if code == exitOK && !one.Fits {
			code = exitOf(one.Reason)
		}
		all = append(all, one)
		if options.output == "" {
			draw(picture.NewPage(c.Out), one, spec, len(files) > 1)
		}
	}
	if options.output == "json" {
		if err := printJSON(c.Out, all); err != nil {
			return err
		}
	}
	if code != exitOK {
		return exit{code: code}
	}
	return nil
}

func (c *cluster) planOne(ctx context.Context, options *planOptions, file *unstructured.Unstructured) (planned, api.Spec, error) {
	ctx, stop := context.WithTimeoutCause(ctx, options.timeout, fmt.Errorf("no plan after %s (--timeout)", options.timeout))
	defer stop()
	models, others, err := c.clients()
	if err != nil {
		return planned{}, api.Spec{}, err
	}
	checked, standing, err := planning.Check(ctx, models, file)
	if err != nil {
		if apierrors.IsInvalid(err) || apierrors.IsBadRequest(err) {
			return planned{}, api.Spec{}, exit{exitUsage, err}
		}
		return planned{}, api.Spec{}, explained(err)
	}
	model, err := api.Read(checked)
	if err != nil {
		return planned{}, api.Spec{}, err
	}
	probe, err := planning.Probe(checked, standing)
	if err != nil {
		return planned{}, api.Spec{}, err
	}
	last := ""
	planner := planning.Planner{Models: models, Cluster: others, Progress: func(words string) {
		if words != last && picture.IsTerminal(c.ErrOut) {
			fmt.Fprintln(c.ErrOut, words)
		}
		last = words
	}}
	outcome, err := planner.Plan(ctx, probe)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return planned{}, model.Spec, errors.Join(errors.New("stopped"), errorsBeside(err, context.Canceled))
		}
		if last != "" && ctx.Err() != nil {
			err = fmt.Errorf("%w; the last that was heard: %s", err, last)
		}
		return planned{}, model.Spec, err
	}
	one := planned{Name: file.GetName(), Namespace: file.GetNamespace(), Outcome: outcome}
	one.Fixes = diagnosis.FileFixes(model, outcome.Message)
	return one, model.Spec, nil
}

func draw(page picture.Page, one planned, spec api.Spec, several bool) {
	if several {
		page.Line("%s/%s", one.Namespace, one.Name)
	}
	switch {
	case one.Report != nil && (one.Report.Plan != nil) == one.Fits:
		page.Planned(spec.Placement.Policy, spec.Memory.Host, one.Report)
	case one.Fits:
		page.Text(0, "Nothing speaks against it, and its image told no plan: its server will refuse by itself what does not fit.")
	default:
		page.Hanging(one.Reason+": ", one.Message)
	}
	for i, fix := range one.Fixes {
		if i == 0 {
			page.Blank()
			page.Line("Each of these, in the file, would fit:")
		}
		page.Command(fix.What + ": " + fix.Command)
	}
	if several {
		page.Blank()
	}
}

func printJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

var badCheckpoint = map[string]bool{
	"ModelNotFound": true, "InvalidCheckpoint": true, "UnsafeFormat": true, "UnsupportedModel": true, "UnsupportedConfig": true,
}

// exitOf is the exit code of a refusal, as that of `plimsoll plan`.
func exitOf(reason string) int {
	switch {
	case badCheckpoint[reason]:
		return exitBadCheckpoint
	case reason == "ReadFailed":
		return exitReadFailed
	}
	return exitWrong
}

// errorsBeside are the errors joined to one that is told in other words.
func errorsBeside(err, told error) error {
	joined, several := err.(interface{ Unwrap() []error })
	if !several {
		return nil
	}
	var rest []error
	for _, each := range joined.Unwrap() {
		if !errors.Is(each, told) {
			rest = append(rest, each)
		}
	}
	return errors.Join(rest...)
}
