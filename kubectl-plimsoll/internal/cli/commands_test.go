package cli

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"plimsoll.dev/kubectl-plimsoll/internal/api"
)

func TestStatusOfWhatIsStored(t *testing.T) {
	store(t, "serving", "qwen")
	plimsoll(t, "status", "qwen").is(t, exitOK, "default/qwen  Ready (AsSpecified)", "800Mi of 1Gi", "model.layers.0-1")
	store(t, "loading", "llama")
	plimsoll(t, "status").is(t, exitWrong, "default/llama  Not ready (Loading)", "35% of 256Mi", "default/qwen", "KV cache")
	plimsoll(t, "status", "-A").is(t, exitWrong, "default/llama", "default/qwen")
	plimsoll(t, "status", "-n", "kube-system").is(t, exitOK, "No ModelDeployments here")
	plimsoll(t, "status", "nobody").is(t, exitFailed, `"nobody" not found`)
	plimsoll(t, "status", "-A", "qwen").is(t, exitUsage, "leave out -A")
	plimsoll(t, "status", "-o", "xml").is(t, exitUsage, "it takes json, yaml")
	plimsoll(t, "status", "--nonsense").is(t, exitUsage, "unknown flag")
}

func TestStatusForMachines(t *testing.T) {
	store(t, "serving", "qwen")
	var one unstructured.Unstructured
	text := plimsoll(t, "status", "qwen", "-o", "json").is(t, exitOK).out
	if err := json.Unmarshal([]byte(text), &one.Object); err != nil || one.GetName() != "qwen" || one.Object["status"] == nil {
		t.Errorf("%v: %s", err, text)
	}
	plimsoll(t, "status", "-o", "yaml").is(t, exitOK, "kind: List", "name: qwen")
}

func TestNamesAreCompleted(t *testing.T) {
	store(t, "serving", "qwen")
	plimsoll(t, "__complete", "why", "").is(t, exitOK, "qwen\n")
}

func TestStatusIsDrawnAnewWhenSomethingChanges(t *testing.T) {
	object := store(t, "serving", "qwen")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var out, errOut output
	ended := make(chan int)
	go func() {
		ended <- run(ctx, []string{"--kubeconfig", server.kubeconfig, "status", "qwen", "--watch"}, strings.NewReader(""), &out, &errOut)
	}()
	eventually(t, "the first picture: "+errOut.String(), func() bool { return strings.Contains(out.String(), "Ready (AsSpecified)") })
	conditions := object.Object["status"].(map[string]any)["conditions"].([]any)
	conditions[0].(map[string]any)["reason"] = "NewsForYou"
	if _, err := server.models.Resource(api.Resource).Namespace("default").UpdateStatus(ctx, object, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "another picture", func() bool { return strings.Contains(out.String(), "Ready (NewsForYou)") })
	stop()
	if code := <-ended; code != exitOK {
		t.Errorf("exit code %d: %s", code, errOut.String())
	}
}

func TestWhyEndsWithAPatchThatTheAPIServerTakes(t *testing.T) {
	store(t, "a-first-spec-that-does-not-fit", "coder")
	text := plimsoll(t, "why", "coder", "-o", "json").is(t, exitWrong).out
	var found struct {
		Fixes []struct{ Patch map[string]any }
	}
	if err := json.Unmarshal([]byte(text), &found); err != nil || len(found.Fixes) != 1 {
		t.Fatalf("%v: %s", err, text)
	}
	patch, err := json.Marshal(found.Fixes[0].Patch)
	if err != nil {
		t.Fatal(err)
	}
	patched, err := server.models.Resource(api.Resource).Namespace("default").
		Patch(t.Context(), "coder", types.MergePatchType, patch, metav1.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if gpu, _, _ := unstructured.NestedString(patched.Object, "spec", "memory", "gpu"); gpu != "2Gi" {
		t.Errorf("memory.gpu is %s", gpu)
	}
	plimsoll(t, "why", "coder").is(t, exitOK, "no operator has looked at the spec as it is")
	plimsoll(t, "why").is(t, exitUsage, "of which one?")
}

// Events of others in the namespace are not told; what they say does nothing to a terminal.
func TestWhyTellsWhatTheClusterWarnsOf(t *testing.T) {
	object := store(t, "unschedulable", "llama")
	warn := func(uid types.UID, words string) {
		t.Helper()
		event := &corev1.Event{
			ObjectMeta:     metav1.ObjectMeta{GenerateName: "llama."},
			InvolvedObject: corev1.ObjectReference{Kind: "ModelDeployment", Name: "llama", Namespace: "default", UID: uid},
			Type:           corev1.EventTypeWarning, Reason: "FailedScheduling", Message: words, LastTimestamp: metav1.Now(),
		}
		made, err := server.others.CoreV1().Events("default").Create(t.Context(), event, metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = server.others.CoreV1().Events("default").Delete(context.Background(), made.Name, metav1.DeleteOptions{})
		})
	}
	warn(object.GetUID(), "no \x1b[31mnode\x1b[0m")
	warn(object.GetUID(), "no \x1b[31mnode\x1b[0m")
	warn("another", "of another")
	said := plimsoll(t, "why", "llama").is(t, exitWrong, "ModelDeployment llama: FailedScheduling: no [31mnode [0m", "kubectl describe nodes")
	if strings.Contains(said.out, "of another") || strings.Contains(said.out, "\x1b") || strings.Count(said.out, "FailedScheduling") != 1 {
		t.Error(said.out)
	}
}

// HostOnly excludes what the deployment has: the patch takes it away.
func TestAPatchToHostOnlyTakesAwayWhatItExcludes(t *testing.T) {
	object := store(t, "a-first-spec-that-does-not-fit", "coder")
	for _, condition := range object.Object["status"].(map[string]any)["conditions"].([]any) {
		condition.(map[string]any)["message"] = "gpu:0 needs 2Gi. Would fit: placement.policy HostOnly."
	}
	of := server.models.Resource(api.Resource).Namespace("default")
	if _, err := of.UpdateStatus(t.Context(), object, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	said := plimsoll(t, "why", "coder").is(t, exitWrong, "placement.policy HostOnly")
	_, patch, found := strings.Cut(said.out, "--type merge -p '")
	if !found {
		t.Fatal(said.out)
	}
	patch, _, _ = strings.Cut(patch, "'")
	if _, err := of.Patch(t.Context(), "coder", types.MergePatchType, []byte(patch), metav1.PatchOptions{}); err != nil {
		t.Error(err)
	}
}

func TestTopSaysHowOldItIs(t *testing.T) {
	store(t, "serving", "qwen")
	plimsoll(t, "top").is(t, exitOK, "Whether this still holds is not known: Lease plimsoll-system/plimsoll-operator", "800Mi", "78%", "+1.3%")
}

func TestAClusterThatIsNotThere(t *testing.T) {
	said := piped(t.Context(), "", "status", "--server", "https://127.0.0.1:1", "--insecure-skip-tls-verify")
	said.is(t, exitFailed, "error: ")
	piped(t.Context(), "", "version").is(t, exitOK, "kubectl-plimsoll development")
}
