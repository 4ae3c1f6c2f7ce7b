package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"plimsoll.dev/kubectl-plimsoll/internal/api"
	"plimsoll.dev/kubectl-plimsoll/internal/golden"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// server is a real API server with the CRD, as `e2e/cluster/cluster binaries` builds it; it runs for all tests.
var server struct {
	kubeconfig string
	models     dynamic.Interface
	others     kubernetes.Interface
}

func TestMain(m *testing.M) {
	os.Exit(withServer(m))
}

func withServer(m *testing.M) int {
	cache := os.Getenv("PLIMSOLL_CACHE")
	if cache == "" {
		cache = filepath.Join(os.Getenv("HOME"), ".cache/plimsoll")
	}
	programs, _ := filepath.Glob(filepath.Join(cache, "kube-api-test/k8s/*"))
	if len(programs) == 0 {
		fmt.Fprintln(os.Stderr, "no API server in", cache+": e2e/cluster/cluster binaries builds it")
		return 1
	}
	environment := &envtest.Environment{
		BinaryAssetsDirectory: programs[len(programs)-1],
		CRDDirectoryPaths:     []string{filepath.Join(golden.Root(), "manifests/base/crds")},
		ErrorIfCRDPathMissing: true,
	}
	config, err := environment.Start()
	if err == nil {
		defer func() {
			if err := environment.Stop(); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
			os.RemoveAll(filepath.Dir(server.kubeconfig))
		}()
		err = prepare(environment)
	}
	if err == nil {
		server.models, err = dynamic.NewForConfig(config)
	}
	if err == nil {
		server.others, err = kubernetes.NewForConfig(config)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

func prepare(environment *envtest.Environment) error {
	admin, err := environment.AddUser(envtest.User{Name: "someone", Groups: []string{"system:masters"}}, nil)
	if err != nil {
		return err
	}
	text, err := admin.KubeConfig()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "kubectl-plimsoll")
	if err != nil {
		return err
	}
	server.kubeconfig = filepath.Join(folder, "config")
	return os.WriteFile(server.kubeconfig, text, 0o600)
}

// output can be read while it is written.
type output struct {
	mutex sync.Mutex
	bytes bytes.Buffer
}

func (o *output) Write(text []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.bytes.Write(text)
}

func (o *output) String() string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.bytes.String()
}

// said is what a command wrote, and its exit code.
type said struct {
	out, err string
	code     int
}

func plimsoll(t *testing.T, args ...string) said {
	t.Helper()
	return piped(t.Context(), "", args...)
}

func piped(ctx context.Context, in string, args ...string) said {
	var out, errOut output
	code := run(ctx, append([]string{"--kubeconfig", server.kubeconfig}, args...), strings.NewReader(in), &out, &errOut)
	return said{out.String(), errOut.String(), code}
}

func (s said) is(t *testing.T, code int, words ...string) said {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(s.out+s.err, word) {
			t.Errorf("nothing says %q", word)
		}
	}
	if s.code != code || t.Failed() {
		t.Fatalf("exit code %d, expected %d:\n%s%s", s.code, code, s.out, s.err)
	}
	return s
}

// store puts a golden object into the API server as an operator would have left it.
func store(t *testing.T, situation, name string) *unstructured.Unstructured {
	t.Helper()
	object := golden.One(t, situation).Object.DeepCopy()
	status := object.Object["status"].(map[string]any)
	spec := map[string]any{"spec": object.Object["spec"]}
	fresh := &unstructured.Unstructured{Object: spec}
	fresh.SetGroupVersionKind(api.Kind)
	fresh.SetName(name)
	of := server.models.Resource(api.Resource).Namespace(metav1.NamespaceDefault)
	made, err := of.Create(t.Context(), fresh, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := of.Delete(context.Background(), name, metav1.DeleteOptions{}); err != nil {
			t.Error(err)
		}
	})
	status["observedGeneration"] = made.GetGeneration()
	made.Object["status"] = status
	made, err = of.UpdateStatus(t.Context(), made, metav1.UpdateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 300 {
		if holds() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}
