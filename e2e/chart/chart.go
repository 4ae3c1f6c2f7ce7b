// Package chart holds the tests of what installs Plimsoll: the Helm chart, kustomize's bases and components, and what is
// made for Prometheus and Grafana.
package chart

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// Folder is the chart's.
const Folder = "../../charts/plimsoll"

// Objects by kind and name, and by namespace where that is another than the operator's.
type Objects map[string]map[string]any

// Rendered is what `helm template` makes of the chart in namespace plimsoll-system.
func Rendered(values map[string]any) (Objects, error) {
	loaded, err := loader.Load(Folder)
	if err != nil {
		return nil, err
	}
	options := chartutil.ReleaseOptions{Name: "plimsoll", Namespace: "plimsoll-system", IsInstall: true, Revision: 1}
	all, err := chartutil.ToRenderValues(loaded, values, options, nil)
	if err != nil {
		return nil, err
	}
	files, err := engine.Render(loaded, all)
	if err != nil {
		return nil, err
	}
	delete(files, "plimsoll/templates/NOTES.txt")
	documents := slices.Collect(maps.Values(files))
	return parsed(strings.Join(documents, "\n---\n"))
}

// Kustomized is what `kubectl kustomize` makes of a folder among the manifests together with components.
func Kustomized(base, folder string, components ...string) (Objects, error) {
	files := filesys.MakeFsOnDisk()
	scratch, err := filesys.NewTmpConfirmedDir()
	if err != nil {
		return nil, err
	}
	defer func() { _ = files.RemoveAll(scratch.String()) }()
	own, err := yaml.Marshal(map[string]any{
		"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization",
		"resources": []string{folder}, "components": components,
	})
	if err != nil {
		return nil, err
	}
	copied := scratch.Join("manifests")
	if err := copyAll(files, base, copied); err != nil {
		return nil, err
	}
	if err := files.WriteFile(copied+"/kustomization.yaml", own); err != nil {
		return nil, err
	}
	made, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(files, copied)
	if err != nil {
		return nil, err
	}
	text, err := made.AsYaml()
	if err != nil {
		return nil, err
	}
	return parsed(string(text))
}

func copyAll(files filesys.FileSystem, from, to string) error {
	return files.Walk(from, func(path string, info fs.FileInfo, err error) error {
		if err != nil {
			return err
		}
		target := to + strings.TrimPrefix(path, from)
		if info.IsDir() {
			return files.MkdirAll(target)
		}
		content, err := files.ReadFile(path)
		if err != nil {
			return err
		}
		return files.WriteFile(target, content)
	})
}

func parsed(text string) (Objects, error) {
	objects := Objects{}
	for _, document := range strings.Split("\n"+text, "\n---") {
		var object map[string]any
		if err := yaml.UnmarshalStrict([]byte(document), &object); err != nil {
			return nil, fmt.Errorf("%w in %s", err, document)
		}
		if object == nil {
			continue
		}
		name := name(object)
		if _, there := objects[name]; there {
			return nil, fmt.Errorf("%s is made twice", name)
		}
		objects[name] = object
	}
	return objects, nil
}

func name(object map[string]any) string {
	metadata, _ := object["metadata"].(map[string]any)
	if namespace := metadata["namespace"]; namespace != nil && namespace != "plimsoll-system" {
		return fmt.Sprintf("%v %v/%v", object["kind"], namespace, metadata["name"])
	}
	return fmt.Sprintf("%v %v", object["kind"], metadata["name"])
}

// At is the value at a path of keys and indexes, or nil.
func At(value any, path ...any) any {
	for _, step := range path {
		switch key := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[key]
		case int:
			list, _ := value.([]any)
			if key >= len(list) {
				return nil
			}
			value = list[key]
		}
	}
	return value
}
