package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

// write puts everything that goes with the images into a folder.
func write(folder string, images []released, from source) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	statement, err := provenance(images, from, time.Now().UTC().Truncate(time.Second))
	if err != nil {
		return err
	}
	values, err := yaml.Marshal(chartValues(images))
	if err != nil {
		return err
	}
	component, err := yaml.Marshal(kustomization(images))
	if err != nil {
		return err
	}
	var digests strings.Builder
	var failures error
	save := func(name string, text []byte) {
		failures = errors.Join(failures, os.WriteFile(filepath.Join(folder, name), text, 0o644))
	}
	for _, image := range images {
		digests.WriteString(image.reference() + " " + image.document() + "\n")
		save(image.document(), image.SBOM)
	}
	save("digests.txt", []byte(digests.String()))
	save("provenance.json", statement)
	save("values.yaml", values)
	save("kustomization.yaml", component)
	return failures
}

func (r released) document() string {
	if r.cuda() {
		return r.Name + cudaSuffix + ".cdx.json"
	}
	return r.Name + ".cdx.json"
}

// installed are the operator and the server that a cluster gets: the one for NVIDIA GPUs where there is one, which serves on
// nodes without them, too.
func installed(images []released) (operator, server *released) {
	for i, image := range images {
		switch {
		case image.Name == "operator":
			operator = &images[i]
		case server == nil || image.cuda():
			server = &images[i]
		}
	}
	return operator, server
}

func chartValues(images []released) map[string]any {
	operator, server := installed(images)
	values := map[string]any{"registry": images[0].Registry}
	if operator != nil {
		values["operator"] = map[string]any{"tag": operator.Tag, "digest": operator.Digest}
	}
	if server != nil {
		values["server"] = map[string]any{"tag": server.Tag, "digest": server.Digest}
	}
	return map[string]any{"images": values}
}

func kustomization(images []released) map[string]any {
	operator, server := installed(images)
	component := map[string]any{"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}
	if operator != nil {
		component["images"] = []any{map[string]any{
			"name": "registry.invalid/plimsoll/operator", "newName": operator.repository(), "digest": operator.Digest,
		}}
	}
	if server != nil {
		component["configMapGenerator"] = []any{map[string]any{
			"name": "plimsoll-operator", "namespace": "plimsoll-system", "behavior": "merge",
			"literals": []any{"PLIMSOLL_SERVER_IMAGE=" + server.reference()},
		}}
	}
	return component
}
