package api

// Status is what is, as the operator says it. What was not measured is absent.
type Status struct {
	ObservedGeneration int64       `json:"observedGeneration"`
	URL                string      `json:"url"`
	Summary            Summary     `json:"summary"`
	Model              *Model      `json:"model"`
	Plan               *Plan       `json:"plan"`
	Rollout            *Rollout    `json:"rollout"`
	Pods               []Pod       `json:"pods"`
	HiddenPods         int         `json:"hiddenPods"`
	FailedPods         []FailedPod `json:"failedPods"`
	Conditions         []Condition `json:"conditions"`
}

// Summary is the line of `kubectl get`.
type Summary struct {
	Replicas  string `json:"replicas"`
	Placement string `json:"placement"`
	Dtype     string `json:"dtype"`
}

// Model is the checkpoint, as read from its headers.
type Model struct {
	Architecture string `json:"architecture"`
	Parameters   int64  `json:"parameters"`
	Layers       int    `json:"layers"`
	Dtype        string `json:"dtype"`
	Checkpoint   struct {
		Bytes int64  `json:"bytes"`
		Dtype string `json:"dtype"`
	} `json:"checkpoint"`
}

// Kinds are bytes by what they are for.
type Kinds struct {
	Weights     Bytes `json:"weights"`
	KVCache     Bytes `json:"kvCache"`
	Workspace   Bytes `json:"workspace"`
	Context     Bytes `json:"context"`
	Unaccounted Bytes `json:"unaccounted"`
}

// Plan is what one replica was predicted to take.
type Plan struct {
	Devices []PlannedDevice `json:"devices"`
	Host    Bytes           `json:"host"`
}

// PlannedDevice is what a device was predicted to hold.
type PlannedDevice struct {
	Name string `json:"name"`
	Kinds
	Total Bytes `json:"total"`
}

// Of is the predicted total of a device.
func (p *Plan) Of(device string) Bytes {
	if p == nil {
		return Bytes{}
	}
	if device == "host" && p.Host.Known {
		return p.Host
	}
	for _, planned := range p.Devices {
		if planned.Name == device {
			return planned.Total
		}
	}
	return Bytes{}
}

// Rollout is how the last change reached the pods, or why it has not.
type Rollout struct {
	Phase   string `json:"phase"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
	Image   string `json:"image"`
}

// Pod is one replica, as it last reported.
type Pod struct {
	Name     string      `json:"name"`
	UID      string      `json:"uid"`
	Node     string      `json:"node"`
	Current  bool        `json:"current"`
	Phase    string      `json:"phase"`
	Since    string      `json:"since"`
	Restarts int         `json:"restarts"`
	Devices  []Device    `json:"devices"`
	Host     *Host       `json:"host"`
	Load     *Load       `json:"load"`
	Failure  *PodFailure `json:"failure"`
}

// Device is a device of a replica and what lives on it.
type Device struct {
	Name            string    `json:"name"`
	Kind            string    `json:"kind"`
	Product         string    `json:"product"`
	Budget          Bytes     `json:"budget"`
	Measured        *Measured `json:"measured"`
	PredictionError string    `json:"predictionError"`
	Modules         []string  `json:"modules"`
}

// Measured is what was measured on a device.
type Measured struct {
	Kinds
	Process Bytes  `json:"process"`
	Source  string `json:"source"`
}

// Host is the memory of a replica's container.
type Host struct {
	Budget    Bytes `json:"budget"`
	Anonymous Bytes `json:"anonymous"`
	Pinned    Bytes `json:"pinned"`
	Peak      Bytes `json:"peak"`
}

// Load is how weights were, or are being, loaded.
type Load struct {
	Bytes        int64  `json:"bytes"`
	Percent      *int   `json:"percent"`
	Seconds      string `json:"seconds"`
	Rate         string `json:"rate"`
	StartToReady string `json:"startToReady"`
}

// PodFailure is why a replica does not serve.
type PodFailure struct {
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// FailedPod is one that failed for good.
type FailedPod struct {
	Name    string `json:"name"`
	Node    string `json:"node"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// Condition is one aspect of a deployment.
type Condition struct {
	Type    string `json:"type"`
	Status  string `json:"status"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}
