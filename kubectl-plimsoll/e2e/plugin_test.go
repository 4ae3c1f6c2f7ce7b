//go:build cluster

package e2e

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"plimsoll.dev/kubectl-plimsoll/internal/golden"
)

const namespace = "models"

// patience is for what a loaded machine must do in time: start a server, load the model.
const patience = 5 * time.Minute

type said struct {
	out  string
	code int
}

func kubectl(t *testing.T, in string, args ...string) said {
	t.Helper()
	command := exec.Command("kubectl", append([]string{"-n", namespace}, args...)...)
	return ran(t, command, in)
}

// plimsoll has the plugin's name first: kubectl takes no flag before it.
func plimsoll(t *testing.T, in string, args ...string) said {
	t.Helper()
	return ran(t, exec.Command("kubectl", append([]string{"plimsoll", "-n", namespace}, args...)...), in)
}

func ran(t *testing.T, command *exec.Cmd, in string) said {
	t.Helper()
	command.Stdin = strings.NewReader(in)
	out, err := command.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return said{string(out), command.ProcessState.ExitCode()}
}

func (s said) is(t *testing.T, code int, words ...string) said {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(s.out, word) {
			t.Errorf("nothing says %q", word)
		}
	}
	if s.code != code || t.Failed() {
		t.Fatalf("exit code %d, expected %d:\n%s", s.code, code, s.out)
	}
	return s
}

func eventually(t *testing.T, ask func() said, code int, words ...string) said {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Second) {
		answer := ask()
		all := answer.code == code
		for _, word := range words {
			all = all && strings.Contains(answer.out, word)
		}
		if all {
			return answer
		}
	}
	return ask().is(t, code, words...)
}

// sample is one of the samples under a name of this test.
func sample(t *testing.T, file, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(golden.Root(), "manifests/samples", file))
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`(?m)^  name: .*$`).ReplaceAllString(string(text), "  name: "+name)
}

func deletedAfterwards(t *testing.T, name string) {
	t.Cleanup(func() { kubectl(t, "", "delete", "mdep", name, "--ignore-not-found", "--wait") })
}

func nothingIsLeftOfPlans(t *testing.T) {
	t.Helper()
	left := kubectl(t, "", "get", "mdep", "-l", "app.kubernetes.io/managed-by=kubectl-plimsoll", "-o", "name").is(t, 0).out
	if strings.TrimSpace(left) != "" {
		t.Errorf("left: %s", left)
	}
}

// spec is the stored generation and image, and the pods that serve: what planning must not touch.
func spec(t *testing.T, name string) string {
	t.Helper()
	return kubectl(t, "", "get", "mdep", name, "-o", "jsonpath={.metadata.generation} {.spec} {.status.pods[*].uid}").is(t, 0).out
}

func TestAModelFromThePlanToItsBytes(t *testing.T) {
	const name = "plugin-serves"
	deletedAfterwards(t, name)
	plimsoll(t, sample(t, "host-only.yaml", name), "plan", "-f", "-").is(t, 0, "LlamaForCausalLM", "weights 513Mi", "It fits")
	kubectl(t, "", "get", "mdep", name).is(t, 1, "not found")

	kubectl(t, sample(t, "host-only.yaml", name), "apply", "-f", "-").is(t, 0)
	eventually(t, func() said { return plimsoll(t, "", "status", name) }, 0,
		"Ready (AsSpecified)", "30/30 layers on host", ": Serving", "of 1.25Gi, plan ", "model.layers.0-29")
	plimsoll(t, "", "why", name).is(t, 0, "nothing is wrong: 1 of 1 replicas serve as specified")
	plimsoll(t, "", "top", name).is(t, 0, "As of", "host (peak)", "1.25Gi")

	before := spec(t, name)
	plimsoll(t, sample(t, "too-large.yaml", name), "plan", "-f", "-").is(t, 3, "128Mi", "over the line", "Would fit", "placement.policy HostOnly")
	plimsoll(t, sample(t, "too-large.yaml", name), "plan", "-f", "-", "-o", "json").is(t, 3, `"fits": false`, `"GpuBudgetTooSmall"`, `"deficits"`)
	plimsoll(t, strings.Replace(sample(t, "host-only.yaml", name), "SmolLM2-135M-Instruct", "nobody", 1), "plan", "-f", "-").
		is(t, 4, "nobody does not exist")
	if after := spec(t, name); after != before {
		t.Errorf("planning changed what serves from %s to %s", before, after)
	}
	nothingIsLeftOfPlans(t)
}

func TestWhyEndsWithTheCommandThatMendsIt(t *testing.T) {
	const name = "plugin-too-large"
	deletedAfterwards(t, name)
	kubectl(t, sample(t, "too-large.yaml", name), "apply", "-f", "-").is(t, 0)
	answer := eventually(t, func() said { return plimsoll(t, "", "why", name) }, 3,
		"GpuBudgetTooSmall: ", "docs/troubleshooting.md#gpubudgettoosmall", "What the cluster warns of:", "kubectl -n models patch")
	plimsoll(t, "", "status", name).is(t, 3, "Not ready (GpuBudgetTooSmall)")

	command := regexp.MustCompile(`(?m)^  (kubectl .* patch .*)$`).FindStringSubmatch(answer.out)
	ran(t, exec.Command("sh", "-c", command[1]), "").is(t, 0, "patched")
	eventually(t, func() said { return plimsoll(t, "", "status", name) }, 0, "Ready (AsSpecified)", "30/30 layers on host")
	plimsoll(t, "", "why", name).is(t, 0, "nothing is wrong")
}

// Somebody with the right to edit a namespace plans in it, and nobody needs to be an administrator.
func TestWhoMayEditMayPlan(t *testing.T) {
	const user = "plugin-editor"
	kubectl(t, "", "create", "rolebinding", user, "--clusterrole=edit", "--user="+user).is(t, 0)
	t.Cleanup(func() { kubectl(t, "", "delete", "rolebinding", user) })
	plimsoll(t, sample(t, "gpu-only-emulated.yaml", "plugin-edited"), "--as", user, "plan", "-f", "-").is(t, 0, "gpu:0", "It fits")
	plimsoll(t, "", "--as", user, "top").is(t, 0, "Whether this still holds is not known", "forbidden")
	plimsoll(t, "", "--as", "plugin-nobody", "status").is(t, 1, "forbidden")
	nothingIsLeftOfPlans(t)
}

func TestAPlanThatIsInterruptedLeavesNothing(t *testing.T) {
	nowhere := strings.Replace(sample(t, "host-only.yaml", "plugin-interrupted"), "spec:\n", "spec:\n  scheduling: {nodeSelector: {no: such}}\n", 1)
	command := exec.Command("kubectl", "plimsoll", "-n", namespace, "plan", "-f", "-")
	command.Stdin = strings.NewReader(nowhere)
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() said { return kubectl(t, "", "get", "pods", "-l", "plimsoll.dev/plans", "-o", "name") }, 0, "pod/plan-plugin-interrupted-")
	if err := command.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	err := command.Wait()
	var ended *exec.ExitError
	if !errors.As(err, &ended) || ended.ExitCode() != 1 || !strings.Contains(out.String(), "stopped") {
		t.Errorf("%v: %s", err, out.String())
	}
	nothingIsLeftOfPlans(t)
}

// An image that is no model server plans nothing, and one that nobody can pull never comes to it.
func TestWhatKeepsAPlanFromBeingMadeIsTold(t *testing.T) {
	with := func(image string) string {
		return strings.Replace(sample(t, "host-only.yaml", "plugin-image"), "spec:\n", "spec:\n  server: {image: "+image+"}\n", 1)
	}
	images := kubectl(t, "", "-n", "plimsoll-system", "get", "deployment", "plimsoll-operator",
		"-o", "jsonpath={.spec.template.spec.containers[0].image}").is(t, 0).out
	plimsoll(t, with(images), "plan", "-f", "-").is(t, 1, "left no plan", "Its last words:\n  ")
	plimsoll(t, with("registry.invalid/none:1"), "plan", "-f", "-", "--timeout", "10s").
		is(t, 1, "no plan after 10s (--timeout); the last that was heard: pod ", "waits for its image")
	nothingIsLeftOfPlans(t)
}
