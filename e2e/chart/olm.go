package chart

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

// placeholder stands for the registry in the base: it resolves nowhere.
const placeholder = "registry.invalid/plimsoll"

// Publisher is who gives a bundle to others.
type Publisher struct {
	Registry string // of the images, such as registry.example/plimsoll
	URL      string
	Email    string
}

func (p Publisher) signs(text string) string {
	return strings.NewReplacer(
		placeholder, p.Registry, "https://plimsoll.invalid", p.URL, "publisher@plimsoll.invalid", p.Email,
	).Replace(text)
}

// Bundle writes what the Operator Lifecycle Manager installs (a bundle of format registry+v1) from what kustomize installs, with the
// images of its publisher. What people say is in manifests/olm.
func Bundle(manifests string, publisher Publisher, folder string) error {
	base, err := Kustomized(manifests, "base")
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(manifests, "olm", "plimsoll.clusterserviceversion.yaml"))
	if err != nil {
		return err
	}
	var version map[string]any
	if err := yaml.UnmarshalStrict(text, &version); err != nil {
		return err
	}
	annotations, err := os.ReadFile(filepath.Join(manifests, "olm", "annotations.yaml"))
	if err != nil {
		return err
	}
	examples, err := samples(manifests, "gpu-only", "host-only")
	if err != nil {
		return err
	}
	version["metadata"].(map[string]any)["annotations"].(map[string]any)["alm-examples"] = examples
	spec := version["spec"].(map[string]any)
	spec["install"] = install(base)
	spec["relatedImages"] = []any{
		map[string]any{"name": "operator", "image": placeholder + "/operator:" + tag(base)},
		map[string]any{"name": "model-server", "image": serverImage(base)},
	}
	objects := map[string]any{"plimsoll.clusterserviceversion": version}
	for file, name := range map[string]string{
		"modeldeployments.plimsoll.dev":         "CustomResourceDefinition modeldeployments.plimsoll.dev",
		"plimsoll-operator.service":             "Service plimsoll-operator",
		"plimsoll-operator.poddisruptionbudget": "PodDisruptionBudget plimsoll-operator",
	} {
		objects[file] = withoutNamespace(base[name])
	}
	var failures []error
	for file, object := range objects {
		text, err := yaml.Marshal(object)
		failures = append(failures, err, write(filepath.Join(folder, "manifests", file+".yaml"), publisher.signs(string(text))))
	}
	return errors.Join(append(failures, write(filepath.Join(folder, "metadata", "annotations.yaml"), string(annotations)))...)
}

// install gives the rights of namespaces in those that OLM is told to watch, and in all of the cluster what no namespace has.
func install(base Objects) map[string]any {
	account := "plimsoll-operator"
	var rules []any
	for _, name := range []string{"ClusterRole plimsoll-operator", "ClusterRole plimsoll-operator-workloads", "Role plimsoll-operator-lease"} {
		rules = append(rules, At(base[name], "rules").([]any)...)
	}
	deployment := base["Deployment plimsoll-operator"]
	metadata, spec := deployment["metadata"].(map[string]any), deployment["spec"].(map[string]any)
	container := At(spec, "template", "spec", "containers", 0).(map[string]any)
	delete(container, "envFrom")
	container["env"] = append(container["env"].([]any),
		map[string]any{"name": "PLIMSOLL_SERVER_IMAGE", "value": serverImage(base)},
		map[string]any{"name": "PLIMSOLL_WATCH_NAMESPACES", "valueFrom": map[string]any{
			"fieldRef": map[string]any{"fieldPath": "metadata.annotations['olm.targetNamespaces']"},
		}})
	return map[string]any{
		"strategy": "deployment",
		"spec": map[string]any{
			"deployments":        []any{map[string]any{"name": metadata["name"], "label": metadata["labels"], "spec": spec}},
			"permissions":        []any{map[string]any{"serviceAccountName": account, "rules": rules}},
			"clusterPermissions": []any{map[string]any{"serviceAccountName": account, "rules": At(base["ClusterRole plimsoll-operator-nodes"], "rules")}},
		},
	}
}

func serverImage(base Objects) string {
	for name, object := range base {
		if strings.HasPrefix(name, "ConfigMap plimsoll-operator") {
			return At(object, "data", "PLIMSOLL_SERVER_IMAGE").(string)
		}
	}
	return ""
}

func tag(base Objects) string {
	image := At(base["Deployment plimsoll-operator"], "spec", "template", "spec", "containers", 0, "image").(string)
	return image[strings.LastIndex(image, ":")+1:]
}

func withoutNamespace(object map[string]any) map[string]any {
	delete(object["metadata"].(map[string]any), "namespace")
	return object
}

// samples are objects to begin with, as a list in JSON.
func samples(manifests string, names ...string) (string, error) {
	var list []any
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(manifests, "samples", name+".yaml"))
		if err != nil {
			return "", err
		}
		var object map[string]any
		if err := yaml.UnmarshalStrict(text, &object); err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		list = append(list, object)
	}
	text, err := json.MarshalIndent(list, "", "  ")
	return string(text), err
}

func write(file, text string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644)
}
