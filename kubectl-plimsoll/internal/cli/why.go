package cli

import (
	"context"
	"fmt"
	"sort"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"plimsoll.dev/kubectl-plimsoll/internal/api"
	"plimsoll.dev/kubectl-plimsoll/internal/diagnosis"
	"plimsoll.dev/kubectl-plimsoll/internal/picture"
)

// mostEvents is how many are told.
const mostEvents = 5

func newWhy(cluster *cluster) *cobra.Command {
	var output string
	command := &cobra.Command{
		Use:   "why NAME",
		Short: "What is wrong with a deployment, and the change that fixes it",
		Long: "Says what is wrong by the conditions, the pods, the rollout and the warnings of the cluster, and what would mend it,\n" +
			"as commands where the status names what would fit.\n\n" +
			"Exit codes: 0 nothing is wrong, 3 something is, 1 the cluster did not answer, 2 usage.",
		Example: "  kubectl plimsoll why qwen-3b -n models",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("of which one? kubectl plimsoll why NAME")
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			if err := oneOf("output", output, "", "json"); err != nil {
				return err
			}
			return cluster.why(command.Context(), args[0], output)
		},
		ValidArgsFunction: cluster.names,
	}
	command.Flags().StringVarP(&output, "output", "o", "", "json; default: words")
	return command
}

func (c *cluster) why(ctx context.Context, name, output string) error {
	objects, err := c.lookUp(ctx, name)
	if err != nil {
		return err
	}
	models, err := read(objects)
	if err != nil {
		return err
	}
	_, others, err := c.clients()
	if err != nil {
		return err
	}
	found := diagnosis.Of(models[0])
	warnings, err := warnings(ctx, others, models[0])
	if err != nil {
		fmt.Fprintln(c.ErrOut, "Events are left out:", api.Clean(err.Error()))
	}
	if output == "json" {
		err = printJSON(c.Out, struct {
			diagnosis.Diagnosis
			Warnings []string `json:"warnings,omitempty"`
		}{found, warnings})
	} else {
		drawWhy(picture.NewPage(c.Out), models[0], found, warnings)
	}
	if err != nil {
		return err
	}
	if found.State == diagnosis.Wrong {
		return exit{code: exitWrong}
	}
	return nil
}

func drawWhy(page picture.Page, model api.ModelDeployment, found diagnosis.Diagnosis, warnings []string) {
	switch found.State {
	case diagnosis.Well:
		page.Hanging(model.FullName()+": ", "nothing is wrong: "+found.Message+".")
	case diagnosis.OnItsWay:
		page.Hanging(model.FullName()+": ", "nothing is wrong, it is on its way: "+found.Message+".")
	}
	for i, finding := range found.Findings {
		if i == 0 {
			page.Line("%s:", model.FullName())
		}
		page.Hanging("  "+finding.Reason+": ", finding.Message)
		page.Line("    see %s", finding.Section)
	}
	if len(found.Fixes) > 0 {
		page.Blank()
		page.Line("What would mend it, any one of:")
		for _, fix := range found.Fixes {
			page.Line("  # %s", fix.What)
			page.Command(fix.Command)
		}
	}
	if found.State != diagnosis.Wrong {
		return
	}
	list(page, "What the cluster warns of:", warnings, func(words string) { page.Hanging("  ", words) })
	list(page, "Where to look:", found.Looks, page.Command)
}

func list(page picture.Page, title string, lines []string, write func(string)) {
	for i, line := range lines {
		if i == 0 {
			page.Blank()
			page.Line("%s", title)
		}
		write(line)
	}
}

// warnings are the latest Events of a deployment and its pods, each once.
func warnings(ctx context.Context, cluster kubernetes.Interface, model api.ModelDeployment) ([]string, error) {
	pods, err := cluster.CoreV1().Pods(model.Metadata.Namespace).List(ctx, metav1.ListOptions{
		LabelSelector: api.DeploymentLabel + "=" + model.Metadata.Name,
	})
	if err != nil {
		return nil, err
	}
	about := map[string]bool{string(model.Metadata.UID): true}
	for _, pod := range pods.Items {
		about[string(pod.UID)] = true
	}
	events, err := cluster.CoreV1().Events(model.Metadata.Namespace).List(ctx, metav1.ListOptions{FieldSelector: "type=Warning"})
	if err != nil {
		return nil, err
	}
	sort.SliceStable(events.Items, func(i, j int) bool { return lastSeen(events.Items[i]).After(lastSeen(events.Items[j]).Time) })
	var told []string
	seen := map[string]bool{}
	for _, event := range events.Items {
		words := api.Clean(fmt.Sprintf("%s %s: %s: %s", event.InvolvedObject.Kind, event.InvolvedObject.Name, event.Reason, event.Message))
		if about[string(event.InvolvedObject.UID)] && !seen[words] && len(told) < mostEvents {
			seen[words] = true
			told = append(told, words)
		}
	}
	return told, nil
}

func lastSeen(event corev1.Event) metav1.Time {
	if event.Series != nil {
		return metav1.Time{Time: event.Series.LastObservedTime.Time}
	}
	if !event.LastTimestamp.IsZero() {
		return event.LastTimestamp
	}
	if !event.EventTime.IsZero() {
		return metav1.Time{Time: event.EventTime.Time}
	}
	return event.CreationTimestamp
}
