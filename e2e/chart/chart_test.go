package chart

import (
	"io"
	"log"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
)

const manifests = "../../manifests"

func TestMain(m *testing.M) {
	// Helm tells of each link that it follows: the chart's files are those of the manifests.
	log.SetOutput(io.Discard)
	os.Exit(m.Run())
}

func values(t *testing.T, text string) map[string]any {
	t.Helper()
	objects, err := parsed("kind: Values\nmetadata: {name: v}\n" + text)
	if err != nil {
		t.Fatal(err)
	}
	given := objects["Values v"]
	delete(given, "kind")
	delete(given, "metadata")
	if given["images"] == nil {
		given["images"] = map[string]any{"registry": "registry.invalid/plimsoll"}
	}
	return given
}

func rendered(t *testing.T, text string) Objects {
	t.Helper()
	objects, err := Rendered(values(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

func TestTheChartLints(t *testing.T) {
	messages := lint.All(Folder, values(t, "monitoring: {enabled: true}"), "plimsoll-system", true).Messages
	for _, message := range messages {
		if message.Severity > support.InfoSev {
			t.Error(message)
		}
	}
}

func TestHelmAndKustomizeMakeTheSame(t *testing.T) {
	for name, test := range map[string]struct {
		values     string
		folder     string
		components []string
	}{
		"as it is":         {"", "base", nil},
		"reports by proxy": {"reportProxy: {enabled: true}", "base", []string{"components/report-proxy"}},
		"page":             {"page: {enabled: true}", "base", []string{"components/page"}},
		"network policies": {"networkPolicies: {enabled: true}", "base", []string{"components/network-policies"}},
		"monitoring":       {"monitoring: {enabled: true}", "base", []string{"components/monitoring"}},
		"logs as JSON":     {"operator: {jsonLogs: true}", "base", []string{"components/json-logs"}},
		"namespaced":       {"watchNamespaces: [team-a, team-b]", "overlays/namespaced", nil},
		"without nodes": {"watchNamespaces: [team-a, team-b]\nrbac: {nodes: false}", "overlays/namespaced",
			[]string{"components/without-nodes"}},
	} {
		t.Run(name, func(t *testing.T) {
			helm := rendered(t, test.values)
			kustomize, err := Kustomized(manifests, test.folder, test.components...)
			if err != nil {
				t.Fatal(err)
			}
			// A release has the namespace that it is installed into.
			delete(kustomize, "Namespace plimsoll-system")
			got, want := plain(t, helm), plain(t, kustomize)
			if !slices.Equal(names(got), names(want)) {
				t.Fatalf("the chart makes\n%s\nkustomize makes\n%s",
					strings.Join(names(got), "\n"), strings.Join(names(want), "\n"))
			}
			for name := range want {
				if !reflect.DeepEqual(got[name], want[name]) {
					t.Errorf("%s differs: the chart's is\n%v\nkustomize's is\n%v", name, got[name], want[name])
				}
			}
		})
	}
}

func TestWhatIsGivenGoesWhereItBelongs(t *testing.T) {
	digest := "sha256:" + strings.Repeat("ab", 32)
	objects := rendered(t, `
images:
  registry: registry.example:5000/team/plimsoll
  pullSecrets: [first, second]
  server: {name: model-server, tag: 0.1.0-cuda}
  operator: {name: operator, digest: `+digest+`}
operator:
  replicas: 3
  settings: {PLIMSOLL_STALE: 30s}
  jsonLogs: true
  labels: {team: a}
  annotations: {note: b}
  nodeSelector: {pool: system}
  tolerations: [{key: system, operator: Exists}]
  priorityClassName: high
  resources: {limits: {memory: 1Gi}}
rbac: {aggregate: false}
page: {enabled: true, proxySecret: proxies}
crds: {install: false}
`)
	deployment := objects["Deployment plimsoll-operator"]
	pod := At(deployment, "spec", "template", "spec")
	for name, test := range map[string]struct{ got, want any }{
		"replicas": {At(deployment, "spec", "replicas"), float64(3)},
		"operator": {At(pod, "containers", 0, "image"), "registry.example:5000/team/plimsoll/operator@" + digest},
		"server": {At(objects["ConfigMap plimsoll-operator"], "data"), map[string]any{
			"PLIMSOLL_SERVER_IMAGE":            "registry.example:5000/team/plimsoll/model-server:0.1.0-cuda",
			"PLIMSOLL_STALE":                   "30s",
			"PLIMSOLL_PAGE_ENABLED":            "true",
			"PLIMSOLL_PAGE_PROXY_SECRET_FILE":  "/etc/plimsoll/page-proxy/secrets",
			"QUARKUS_LOG_CONSOLE_JSON_ENABLED": "true",
		}},
		"secrets":     {At(pod, "imagePullSecrets"), []any{map[string]any{"name": "first"}, map[string]any{"name": "second"}}},
		"label":       {At(deployment, "spec", "template", "metadata", "labels", "team"), "a"},
		"selector":    {At(deployment, "spec", "template", "metadata", "labels", "app.kubernetes.io/name"), "plimsoll-operator"},
		"annotation":  {At(deployment, "spec", "template", "metadata", "annotations", "note"), "b"},
		"nodes":       {At(pod, "nodeSelector"), map[string]any{"kubernetes.io/os": "linux", "pool": "system"}},
		"tolerations": {At(pod, "tolerations", 0, "key"), "system"},
		"priority":    {At(pod, "priorityClassName"), "high"},
		"resources":   {At(pod, "containers", 0, "resources", "limits"), map[string]any{"memory": "1Gi"}},
		"proxy":       {At(pod, "volumes", 1, "secret", "secretName"), "proxies"},
		"mounted":     {At(pod, "containers", 0, "volumeMounts", 1, "mountPath"), "/etc/plimsoll/page-proxy"},
		"aggregated":  {objects["ClusterRole plimsoll-edit"], map[string]any(nil)},
		"crd":         {objects["CustomResourceDefinition modeldeployments.plimsoll.dev"], map[string]any(nil)},
	} {
		if !reflect.DeepEqual(test.got, test.want) {
			t.Errorf("%s: %v, expected %v", name, test.got, test.want)
		}
	}
}

func TestInNamespacesNothingOfTheClusterIsGivenToTheOperator(t *testing.T) {
	objects := rendered(t, "watchNamespaces: [team-a]\nrbac: {nodes: false}\nreportProxy: {enabled: true}")
	for name, object := range objects {
		if object["kind"] == "ClusterRoleBinding" {
			t.Errorf("%s gives rights in all of the cluster", name)
		}
	}
	for _, name := range []string{"plimsoll-operator", "plimsoll-operator-workloads", "plimsoll-operator-report-proxy"} {
		binding := objects["RoleBinding team-a/"+name]
		if objects["Role team-a/"+name] == nil || At(binding, "subjects", 0, "namespace") != "plimsoll-system" {
			t.Errorf("%s: no role in team-a for the operator of plimsoll-system, but %v", name, binding)
		}
	}
}

func TestAnotherSettingMakesAnotherPod(t *testing.T) {
	hash := func(text string) any {
		return At(rendered(t, text)["Deployment plimsoll-operator"],
			"spec", "template", "metadata", "annotations", "plimsoll.dev/settings")
	}
	if hash("") == hash("operator: {settings: {PLIMSOLL_STALE: 30s}}") || hash("") != hash("operator: {replicas: 1}") {
		t.Error("the digest of the settings does not follow them alone")
	}
}

func TestTheCRDStaysWhenTheReleaseGoes(t *testing.T) {
	crd := rendered(t, "")["CustomResourceDefinition modeldeployments.plimsoll.dev"]
	if At(crd, "metadata", "annotations", "helm.sh/resource-policy") != "keep" {
		t.Error("uninstalling the release would delete every ModelDeployment")
	}
}

func TestValuesThatCannotWorkAreRefusedByName(t *testing.T) {
	for text, word := range map[string]string{
		"images: {registry: ''}":                                                         "registry",
		"images: {registry: 'https://registry.example/plimsoll'}":                        "registry",
		"images: {registry: r.example, operator: {name: operator, tag: '', digest: ''}}": "tag or a digest",
		"images: {registry: r.example, operator: {name: operator, digest: sha256:12}}":   "digest",
		"operator: {replicas: 0}":                                                        "replicas",
		"operator: {settings: {STALE: 30s}}":                                             "STALE",
		"operator: {settings: {PLIMSOLL_STALE: 30}}":                                     "PLIMSOLL_STALE",
		"operator: {replica: 1}":                                                         "replica",
		"networkPolicy: {enabled: true}":                                                 "networkPolicy",
		"watchNamespaces: team-a":                                                        "watchNamespaces",
		"watchNamespaces: [Team]":                                                        "watchNamespaces",
		"watchNamespaces: [team-a, team-a]":                                              "watchNamespaces",
		"page: {enabled: true, proxy: a}":                                                "proxy",
		"crds: {install: 'yes'}":                                                         "install",
		"operator: {nodeSelector: {a: {b: c}}}":                                          "nodeSelector",
		"operator: {tolerations: {key: a}}":                                              "tolerations",
	} {
		if _, err := Rendered(values(t, text)); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: an error that names %q expected, got %v", text, word, err)
		}
	}
}

func names(objects Objects) []string { return slices.Sorted(maps.Keys(objects)) }

// plain leaves out what tells the two ways apart and means nothing: who manages an object, the digest in the name of a
// ConfigMap and what stands for it, the name that no registry has, and a namespace that is said or that of the release.
func plain(t *testing.T, objects Objects) Objects {
	t.Helper()
	result := Objects{}
	for _, object := range objects {
		metadata := object["metadata"].(map[string]any)
		if labels, ok := metadata["labels"].(map[string]any); ok {
			for _, label := range []string{"managed-by", "instance"} {
				delete(labels, "app.kubernetes.io/"+label)
			}
			delete(labels, "helm.sh/chart")
		}
		if annotations, ok := metadata["annotations"].(map[string]any); ok {
			delete(annotations, "helm.sh/resource-policy")
			if len(annotations) == 0 {
				delete(metadata, "annotations")
			}
		}
		if metadata["namespace"] == "plimsoll-system" {
			delete(metadata, "namespace")
		}
		if object["kind"] == "ConfigMap" && strings.HasPrefix(metadata["name"].(string), "plimsoll-operator") {
			metadata["name"] = "plimsoll-operator"
		}
		if object["kind"] == "Deployment" {
			template := At(object, "spec", "template", "metadata").(map[string]any)
			if annotations, ok := template["annotations"].(map[string]any); ok {
				delete(annotations, "plimsoll.dev/settings")
				if len(annotations) == 0 {
					delete(template, "annotations")
				}
			}
			from := At(object, "spec", "template", "spec", "containers", 0, "envFrom", 0, "configMapRef")
			from.(map[string]any)["name"] = "plimsoll-operator"
		}
		result[name(object)] = object
	}
	return result
}
