// Package planning asks the operator what would become of a ModelDeployment, by one of a name of its own that is planned
// and never served: paused before its first pod, of no replicas, and deleted once it has told.
package planning

import (
	"fmt"
	"io"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/resource"
	"plimsoll.dev/kubectl-plimsoll/internal/api"
)

// Files reads what is to be planned: files, folders, addresses or standard input, as kubectl does. Of what is no
// ModelDeployment it tells the names.
func Files(flags *genericclioptions.ConfigFlags, files resource.FilenameOptions, in io.Reader) ([]*unstructured.Unstructured, []string, error) {
	namespace, enforced, err := flags.ToRawKubeConfigLoader().Namespace()
	if err != nil {
		return nil, nil, err
	}
	builder := resource.NewBuilder(flags).
		Unstructured().
		Local().
		NamespaceParam(namespace).DefaultNamespace().
		ContinueOnError().
		Flatten()
	named := slices.DeleteFunc(slices.Clone(files.Filenames), func(name string) bool { return name == "-" })
	if len(named) < len(files.Filenames) {
		builder = builder.Stream(in, "standard input")
	}
	if files.Filenames = named; len(named) > 0 {
		builder = builder.FilenameParam(enforced, &files)
	}
	infos, err := builder.Do().Infos()
	if err != nil {
		return nil, nil, err
	}
	var models []*unstructured.Unstructured
	var others []string
	for _, info := range infos {
		object, isObject := info.Object.(*unstructured.Unstructured)
		if !isObject || object.GroupVersionKind() != api.Kind {
			others = append(others, fmt.Sprintf("%s %s", info.Object.GetObjectKind().GroupVersionKind().Kind, info.Name))
			continue
		}
		if object.GetNamespace() == "" {
			object.SetNamespace(namespace)
		}
		if enforced && object.GetNamespace() != namespace {
			return nil, nil, fmt.Errorf("%s is of namespace %s, and --namespace is %s", object.GetName(), object.GetNamespace(), namespace)
		}
		if object.GetName() == "" {
			return nil, nil, fmt.Errorf("a ModelDeployment in %s has no metadata.name", info.Source)
		}
		models = append(models, object)
	}
	return models, others, nil
}

// asNew is an object as somebody who has never seen it stored would write it.
func asNew(object *unstructured.Unstructured) *unstructured.Unstructured {
	fresh := &unstructured.Unstructured{Object: map[string]any{"spec": object.DeepCopy().Object["spec"]}}
	for _, field := range []string{"apiVersion", "kind"} {
		fresh.Object[field] = object.Object[field]
	}
	for key, value := range object.Object {
		if key != "metadata" && key != "status" {
			fresh.Object[key] = value
		}
	}
	fresh.SetName(object.GetName())
	fresh.SetNamespace(object.GetNamespace())
	fresh.SetLabels(object.GetLabels())
	fresh.SetAnnotations(object.GetAnnotations())
	return fresh
}

var dryRun = []string{metav1.DryRunAll}
