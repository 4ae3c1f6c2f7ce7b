package chart

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	olm "github.com/operator-framework/api/pkg/manifests"
	"github.com/operator-framework/api/pkg/operators/v1alpha1"
	"github.com/operator-framework/api/pkg/validation"
	rbac "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"
)

var publisher = Publisher{"registry.example/plimsoll", "https://plimsoll.example", "you@plimsoll.example"}

func bundle(t *testing.T) (*olm.Bundle, string) {
	t.Helper()
	folder := t.TempDir()
	if err := Bundle(manifests, publisher, folder); err != nil {
		t.Fatal(err)
	}
	made, err := olm.GetBundleFromDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	return made, folder
}

// complaints are the errors and warnings that the framework's own validators have.
func complaints(made *olm.Bundle) []string {
	var said []string
	for _, result := range validation.DefaultBundleValidators.WithValidators(
		validation.OperatorHubV2Validator, validation.StandardCapabilitiesValidator, validation.StandardCategoriesValidator,
		validation.ObjectValidator, validation.GoodPracticesValidator,
	).Validate(made.ObjectsToValidate()...) {
		for _, complaint := range append(result.Errors, result.Warnings...) {
			said = append(said, complaint.Error())
		}
	}
	return said
}

func TestTheBundleIsOneToTheLifecycleManager(t *testing.T) {
	made, folder := bundle(t)
	for _, complaint := range complaints(made) {
		// There is none; and of a right it is not known which version of an API it is for.
		if !strings.Contains(complaint, "Icon not specified") && !strings.Contains(complaint, "Permissions[0].Rules") {
			t.Error(complaint)
		}
	}
	text, err := os.ReadFile(filepath.Join(folder, "metadata", "annotations.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var annotations olm.AnnotationsFile
	if err := yaml.Unmarshal(text, &annotations); err != nil || annotations.Annotations.PackageName != "plimsoll" {
		t.Errorf("%+v, %v", annotations, err)
	}
	text, err = os.ReadFile(filepath.Join(folder, "manifests", "plimsoll.clusterserviceversion.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(text, &v1alpha1.ClusterServiceVersion{}); err != nil {
		t.Error(err)
	}
	if strings.Contains(string(text), ".invalid") {
		t.Error("what a publisher says of himself is missing")
	}
}

// The validators are asked about what is wrong on purpose: they see it.
func TestABundleThatAsksForNothingItOwnsIsRefused(t *testing.T) {
	made, _ := bundle(t)
	made.CSV.Spec.CustomResourceDefinitions.Owned[0].Version = "v7"
	made.CSV.Spec.InstallModes = nil
	if said := complaints(made); len(said) < 2 {
		t.Errorf("only %v", said)
	}
}

// Whatever OLM is told to watch, the operator watches that, has the rights of the base there, and in the cluster only those of nodes.
func TestTheBundleGivesWhatTheBaseGives(t *testing.T) {
	made, _ := bundle(t)
	for _, mode := range made.CSV.Spec.InstallModes {
		if !mode.Supported {
			t.Errorf("%s is not supported", mode.Type)
		}
	}
	base, err := Kustomized(manifests, "base")
	if err != nil {
		t.Fatal(err)
	}
	strategy := made.CSV.Spec.InstallStrategy.StrategySpec
	want := append(rules(t, base["ClusterRole plimsoll-operator"]), rules(t, base["ClusterRole plimsoll-operator-workloads"])...)
	want = append(want, rules(t, base["Role plimsoll-operator-lease"])...)
	if got := strategy.Permissions; len(got) != 1 || got[0].ServiceAccountName != "plimsoll-operator" || !same(got[0].Rules, want) {
		t.Errorf("in a namespace: %v, expected %v", got, want)
	}
	want = rules(t, base["ClusterRole plimsoll-operator-nodes"])
	if got := strategy.ClusterPermissions; len(got) != 1 || !same(got[0].Rules, want) {
		t.Errorf("in the cluster: %v, expected %v", got, want)
	}
	container := strategy.DeploymentSpecs[0].Spec.Template.Spec.Containers[0]
	settings := map[string]string{}
	for _, variable := range container.Env {
		settings[variable.Name] = variable.Value
		if variable.ValueFrom != nil {
			settings[variable.Name] = variable.ValueFrom.FieldRef.FieldPath
		}
	}
	if settings["PLIMSOLL_WATCH_NAMESPACES"] != "metadata.annotations['olm.targetNamespaces']" {
		t.Errorf("watches %q", settings["PLIMSOLL_WATCH_NAMESPACES"])
	}
	var related []string
	for _, image := range made.CSV.Spec.RelatedImages {
		related = append(related, image.Image)
	}
	if !slices.Equal(related, []string{container.Image, settings["PLIMSOLL_SERVER_IMAGE"]}) {
		t.Errorf("related images %v, but the Deployment has %s and %s", related, container.Image, settings["PLIMSOLL_SERVER_IMAGE"])
	}
}

func rules(t *testing.T, role map[string]any) []rbac.PolicyRule {
	t.Helper()
	text, err := yaml.Marshal(role)
	if err != nil {
		t.Fatal(err)
	}
	var parsed rbac.ClusterRole
	if err := yaml.UnmarshalStrict(text, &parsed); err != nil {
		t.Fatal(err)
	}
	if len(parsed.Rules) == 0 {
		t.Fatalf("%s has no rules", parsed.Name)
	}
	return parsed.Rules
}

func same(got, want []rbac.PolicyRule) bool { return fmt.Sprint(got) == fmt.Sprint(want) }
