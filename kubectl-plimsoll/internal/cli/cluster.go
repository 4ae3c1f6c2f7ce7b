package cli

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"plimsoll.dev/kubectl-plimsoll/internal/api"
)

// cluster is where ModelDeployments are, as kubectl's own flags say.
type cluster struct {
	flags *genericclioptions.ConfigFlags
	genericclioptions.IOStreams
	all bool
}

func (c *cluster) addAll(command *cobra.Command) {
	command.Flags().BoolVarP(&c.all, "all-namespaces", "A", false, "in all namespaces")
}

// namespace is the one that is asked for; "" is all of them.
func (c *cluster) namespace() (string, error) {
	if c.all {
		return metav1.NamespaceAll, nil
	}
	namespace, _, err := c.flags.ToRawKubeConfigLoader().Namespace()
	return namespace, err
}

func (c *cluster) clients() (dynamic.Interface, kubernetes.Interface, error) {
	config, err := c.flags.ToRESTConfig()
	if err != nil {
		return nil, nil, err
	}
	config.UserAgent = "kubectl-plimsoll/" + version
	models, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, nil, err
	}
	others, err := kubernetes.NewForConfig(config)
	return models, others, err
}

// find is the one of a name, or all of them where there is none.
func (c *cluster) find(ctx context.Context, models dynamic.Interface, namespace, name string) ([]*unstructured.Unstructured, error) {
	if name != "" {
		if namespace == metav1.NamespaceAll {
			return nil, usage("a name is of one namespace: leave out -A or %s", name)
		}
		one, err := models.Resource(api.Resource).Namespace(namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return nil, explained(err)
		}
		return []*unstructured.Unstructured{one}, nil
	}
	list, err := models.Resource(api.Resource).Namespace(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, explained(err)
	}
	found := make([]*unstructured.Unstructured, len(list.Items))
	for i := range list.Items {
		found[i] = &list.Items[i]
	}
	sorted(found)
	return found, nil
}

// explained says of a kind that the API server does not know what that means.
func explained(err error) error {
	if apierrors.IsNotFound(err) && strings.Contains(err.Error(), "the server could not find the requested resource") {
		return fmt.Errorf("this cluster has no ModelDeployments: Plimsoll is not installed (%w)", err)
	}
	return err
}

func sorted(objects []*unstructured.Unstructured) {
	sort.Slice(objects, func(i, j int) bool {
		if objects[i].GetNamespace() != objects[j].GetNamespace() {
			return objects[i].GetNamespace() < objects[j].GetNamespace()
		}
		return objects[i].GetName() < objects[j].GetName()
	})
}

func read(objects []*unstructured.Unstructured) ([]api.ModelDeployment, error) {
	models := make([]api.ModelDeployment, len(objects))
	for i, object := range objects {
		model, err := api.Read(object)
		if err != nil {
			return nil, err
		}
		models[i] = model
	}
	return models, nil
}

// names completes the name of a ModelDeployment.
func (c *cluster) names(command *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	namespace, err := c.namespace()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	models, _, err := c.clients()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	found, err := c.find(command.Context(), models, namespace, "")
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	names := make([]string, len(found))
	for i, object := range found {
		names[i] = object.GetName()
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
