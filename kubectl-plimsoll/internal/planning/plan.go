package planning

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"plimsoll.dev/kubectl-plimsoll/internal/api"
)

// Outcome is what came of planning.
type Outcome struct {
	Fits bool `json:"fits"`
	// Reason is why not, as a condition would say it.
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message"`
	// Report is what the planner itself said; nil where it could not be seen.
	Report *api.Report `json:"report,omitempty"`
}

// settle is how long a report may come after the operator's verdict on it.
const settle = 5 * time.Second

// unseen is how long an operator may take to look at a probe.
const unseen = 30 * time.Second

// Planner plans in a cluster.
type Planner struct {
	Models  dynamic.Interface
	Cluster kubernetes.Interface
	// Progress is told what planning waits for.
	Progress func(words string)
}

// Plan has the operator plan a probe, and deletes it whatever happens, also when the context ends.
func (p Planner) Plan(ctx context.Context, probe *unstructured.Unstructured) (outcome Outcome, err error) {
	namespace := probe.GetNamespace()
	Sweep(ctx, p.Models, namespace, time.Now())
	made, err := p.Models.Resource(api.Resource).Namespace(namespace).Create(ctx, probe, metav1.CreateOptions{FieldManager: manager})
	if err != nil {
		return Outcome{}, err
	}
	defer func() {
		last, stop := context.WithTimeout(context.WithoutCancel(ctx), farewell)
		defer stop()
		err = errors.Join(err, remove(last, p.Models, made))
	}()
	pods, err := p.Cluster.CoreV1().Pods(namespace).Watch(ctx, metav1.ListOptions{
		LabelSelector: api.DeploymentLabel + "=" + made.GetName() + "," + api.PlansLabel,
	})
	if err != nil {
		return Outcome{}, fmt.Errorf("the pod that plans cannot be watched: %w", err)
	}
	defer pods.Stop()
	models, err := p.Models.Resource(api.Resource).Namespace(namespace).Watch(ctx, metav1.ListOptions{
		FieldSelector: "metadata.name=" + made.GetName(),
	})
	if err != nil {
		return Outcome{}, err
	}
	defer models.Stop()
	outcome, err = p.follow(ctx, pods.ResultChan(), models.ResultChan())
	var failed noPlan
	if errors.As(err, &failed) {
		err = fmt.Errorf("%w. Its last words:\n%s", failed, p.lastWords(ctx, made))
	}
	return outcome, err
}

func (p Planner) follow(ctx context.Context, pods, models <-chan watch.Event) (Outcome, error) {
	var outcome Outcome
	var report *api.Report
	var over <-chan time.Time
	silence := time.After(unseen)
	for {
		select {
		case <-ctx.Done():
			return outcome, context.Cause(ctx)
		case <-silence:
			return outcome, fmt.Errorf("no operator has looked at it for %s: is one running? "+
				"kubectl get pods --all-namespaces -l app.kubernetes.io/name=plimsoll-operator", unseen)
		case <-over:
			return outcome, nil
		case event, open := <-pods:
			if !open {
				return outcome, errors.New("the API server stopped telling of pods: try again")
			}
			if told := told(event.Object); told != nil {
				report = told
			}
		case event, open := <-models:
			if !open {
				return outcome, errors.New("the API server stopped telling of the plan: try again")
			}
			if event.Type == watch.Deleted {
				return outcome, errors.New("somebody deleted what was planned: try again")
			}
			verdict, seen, known, err := p.judge(event.Object)
			if err != nil {
				return outcome, err
			}
			if seen {
				silence = nil
			}
			if known {
				outcome = verdict
				over = time.After(settle)
			}
		}
		if over != nil && report != nil {
			outcome.Report = report
			return outcome, nil
		}
	}
}

// told is what the server's container of a planning pod left.
func told(object any) *api.Report {
	pod, isPod := object.(*corev1.Pod)
	if !isPod {
		return nil
	}
	for _, container := range pod.Status.ContainerStatuses {
		if container.Name == api.Server && container.State.Terminated != nil {
			if report, err := api.ReadReport(container.State.Terminated.Message); err == nil {
				return &report
			}
		}
	}
	return nil
}
