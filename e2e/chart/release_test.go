package chart

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestReleaseInstallsByDigest renders what a release wrote into the folder PLIMSOLL_RELEASE, or one that its tool is tested with.
func TestReleaseInstallsByDigest(t *testing.T) {
	folder := os.Getenv("PLIMSOLL_RELEASE")
	if folder == "" {
		folder = "../release/testdata/release"
	}
	text, err := os.ReadFile(filepath.Join(folder, "values.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var values map[string]any
	if err := yaml.Unmarshal(text, &values); err != nil {
		t.Fatal(err)
	}
	helm, err := Rendered(values)
	if err != nil {
		t.Fatal(err)
	}
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(manifests)); err != nil {
		t.Fatal(err)
	}
	component := filepath.Join(copied, "components", "release")
	if err := os.CopyFS(component, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	kustomize, err := Kustomized(copied, "base", "components/release")
	if err != nil {
		t.Fatal(err)
	}
	registry, _ := At(values, "images", "registry").(string)
	for image, name := range map[string]string{"operator": "operator", "server": "model-server"} {
		digest, _ := At(values, "images", image, "digest").(string)
		if !strings.HasPrefix(digest, "sha256:") {
			t.Errorf("digest of %s: %q", image, digest)
		}
		expected := registry + "/" + name + "@" + digest
		for tool, objects := range map[string]Objects{"helm": helm, "kustomize": kustomize} {
			if found := imageOf(objects, image); found != expected {
				t.Errorf("%s: %s is %q, not %q", tool, image, found, expected)
			}
		}
	}
}

func imageOf(objects Objects, image string) any {
	if image == "operator" {
		return At(objects["Deployment plimsoll-operator"], "spec", "template", "spec", "containers", 0, "image")
	}
	for name, object := range objects {
		if strings.HasPrefix(name, "ConfigMap plimsoll-operator") {
			return At(object, "data", "PLIMSOLL_SERVER_IMAGE")
		}
	}
	return nil
}
