package diagnosis

import (
	"encoding/json"
	"regexp"
	"strings"

	"plimsoll.dev/kubectl-plimsoll/internal/api"
)

// Fix is a change that would do, as a command.
type Fix struct {
	What    string `json:"what"`
	Command string `json:"command"`
	// Patch is what the command merges into the object; absent where it does something else.
	Patch map[string]any `json:"patch,omitempty"`
}

const marker = "Would fit: "

// The planner's own grammar; what is not in it, whoever wrote it, makes no command.
var (
	quantity  = regexp.MustCompile(`^(memory\.gpu|memory\.host) ([0-9]+(?:\.[0-9]+)?(?:[KMGTP]i)?)$`)
	tokens    = regexp.MustCompile(`^serving\.maxSequenceTokens ([1-9][0-9]{0,6})$`)
	dtype     = regexp.MustCompile(`^dtype (BFloat16|Float16|Float32)$`)
	policy    = regexp.MustCompile(`^placement\.policy (Auto|HostOnly)(?: \([0-9]+ of [0-9]+ layers on GPU\))?$`)
	wordsLeft = regexp.MustCompile(`\.\s|\.$|\s\(the largest GPU`)
)

// Suggestions are the changes that the planner says would fit.
func Suggestions(message string) []string {
	_, list, found := strings.Cut(message, marker)
	if !found {
		return nil
	}
	if end := wordsLeft.FindStringIndex(list); end != nil {
		list = list[:end[0]]
	}
	var suggestions []string
	for _, suggestion := range strings.Split(list, "; or ") {
		suggestions = append(suggestions, strings.TrimSpace(suggestion))
	}
	return suggestions
}

// Patch is a suggestion as a merge patch of the spec; false where it is none that is known.
func Patch(suggestion string, spec api.Spec) (map[string]any, bool) {
	patch := map[string]any{}
	for _, change := range strings.Split(suggestion, " with ") {
		change = strings.TrimSpace(change)
		if amount := quantity.FindStringSubmatch(change); amount != nil {
			memory := within(patch, "memory")
			memory[strings.TrimPrefix(amount[1], "memory.")] = amount[2]
			if amount[1] == "memory.gpu" && len(spec.Memory.PerGPU) > 0 {
				memory["perGpu"] = nil
			}
		} else if count := tokens.FindStringSubmatch(change); count != nil {
			within(patch, "serving")["maxSequenceTokens"] = json.Number(count[1])
		} else if kind := dtype.FindStringSubmatch(change); kind != nil {
			patch["dtype"] = kind[1]
		} else if how := policy.FindStringSubmatch(change); how != nil {
			within(patch, "placement")["policy"] = how[1]
			if how[1] == "HostOnly" {
				withoutGPUs(patch, spec)
			}
		} else {
			return nil, false
		}
	}
	return map[string]any{"spec": patch}, true
}

// withoutGPUs takes away what the API server refuses beside HostOnly.
func withoutGPUs(patch map[string]any, spec api.Spec) {
	if spec.Memory.GPU.Known {
		within(patch, "memory")["gpu"] = nil
	}
	if len(spec.Memory.PerGPU) > 0 {
		within(patch, "memory")["perGpu"] = nil
	}
	if spec.GPU != nil {
		patch["gpu"] = nil
	}
}

func within(patch map[string]any, field string) map[string]any {
	inner, there := patch[field].(map[string]any)
	if !there {
		inner = map[string]any{}
		patch[field] = inner
	}
	return inner
}

// patched is a merge patch as a command to copy.
func patched(model api.ModelDeployment, what string, patch map[string]any) Fix {
	text, err := json.Marshal(patch)
	if err != nil {
		panic(err) // words and numbers alone
	}
	return Fix{
		What: what,
		Command: "kubectl" + inNamespace(model) + " patch mdep " + model.Metadata.Name + " --type merge -p " +
			quoted(string(text)),
		Patch: patch,
	}
}

func inNamespace(model api.ModelDeployment) string {
	if model.Metadata.Namespace == "" {
		return ""
	}
	return " -n " + model.Metadata.Namespace
}

// quoted is one word to a shell.
func quoted(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// FileFixes are the planner's suggestions as what to write into the file that was planned: a merge patch as JSON.
func FileFixes(model api.ModelDeployment, message string) []Fix {
	var all []Fix
	for _, suggestion := range Suggestions(message) {
		if patch, known := Patch(suggestion, model.Spec); known {
			fix := patched(model, suggestion, patch)
			fix.Command = strings.TrimSuffix(strings.SplitN(fix.Command, " -p '", 2)[1], "'")
			all = append(all, fix)
		}
	}
	return all
}
