package api

import (
	"encoding/json"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Resource is what the API server calls ModelDeployments.
var Resource = schema.GroupVersionResource{Group: "plimsoll.dev", Version: "v1alpha1", Resource: "modeldeployments"}

// Kind is the kind of a ModelDeployment.
var Kind = schema.GroupVersionKind{Group: "plimsoll.dev", Version: "v1alpha1", Kind: "ModelDeployment"}

// Labels of what belongs to a ModelDeployment.
const (
	DeploymentLabel = "plimsoll.dev/deployment"
	PlansLabel      = "plimsoll.dev/plans"
	Server          = "server"
)

// ModelDeployment is one as it is stored, and as far as it is shown here.
type ModelDeployment struct {
	Metadata metav1.ObjectMeta `json:"metadata"`
	Spec     Spec              `json:"spec"`
	Status   Status            `json:"status"`
}

// Spec is what is asked for, as far as pictures and patches need it.
type Spec struct {
	Dtype     string `json:"dtype"`
	Suspend   bool   `json:"suspend"`
	Placement struct {
		Policy string `json:"policy"`
	} `json:"placement"`
	Memory struct {
		GPU    Bytes `json:"gpu"`
		Host   Bytes `json:"host"`
		PerGPU []struct {
			Index int   `json:"index"`
			Limit Bytes `json:"limit"`
		} `json:"perGpu"`
	} `json:"memory"`
	GPU     map[string]any `json:"gpu"`
	Rollout struct {
		Paused            bool   `json:"paused"`
		OnOperatorUpgrade string `json:"onOperatorUpgrade"`
	} `json:"rollout"`
	Server struct {
		Image string `json:"image"`
	} `json:"server"`
}

// Read takes a stored object apart.
func Read(stored *unstructured.Unstructured) (ModelDeployment, error) {
	var model ModelDeployment
	text, err := json.Marshal(CleanTree(stored.Object))
	if err == nil {
		err = json.Unmarshal(text, &model)
	}
	if err != nil {
		return model, fmt.Errorf("%s is no ModelDeployment that this version can read: %w", stored.GetName(), err)
	}
	return model, nil
}

// FullName is NAMESPACE/NAME.
func (m ModelDeployment) FullName() string {
	if m.Metadata.Namespace == "" {
		return m.Metadata.Name
	}
	return m.Metadata.Namespace + "/" + m.Metadata.Name
}

// IsSeen is whether an operator has looked at the spec as it is.
func (m ModelDeployment) IsSeen() bool {
	return m.Status.ObservedGeneration == m.Metadata.Generation
}

// Condition is the one of a type; its status is Unknown where there is none.
func (m ModelDeployment) Condition(kind string) Condition {
	for _, condition := range m.Status.Conditions {
		if condition.Type == kind {
			return condition
		}
	}
	return Condition{Type: kind, Status: "Unknown"}
}

// WrittenAt is when the status was last written.
func (m ModelDeployment) WrittenAt() (time.Time, bool) {
	var last time.Time
	for _, entry := range m.Metadata.ManagedFields {
		if entry.Subresource == "status" && entry.Time != nil && entry.Time.After(last) {
			last = entry.Time.Time
		}
	}
	return last, !last.IsZero()
}

// Budget is what a device may take by the spec; what is not given there is not known.
func (s Spec) Budget(device string) Bytes {
	if device == "host" {
		return s.Memory.Host
	}
	for _, limit := range s.Memory.PerGPU {
		if device == fmt.Sprintf("gpu:%d", limit.Index) {
			return limit.Limit
		}
	}
	if len(device) > 4 && device[:4] == "gpu:" {
		return s.Memory.GPU
	}
	return Bytes{}
}
