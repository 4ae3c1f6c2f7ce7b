package api

import (
	"encoding/json"
	"errors"
)

// Report is what a planning pod leaves as its termination message: a plan, or why there is none.
type Report struct {
	Model   *ReportedModel `json:"model,omitempty"`
	Plan    *ReportedPlan  `json:"plan,omitempty"`
	Failure *Failure       `json:"failure,omitempty"`
}

// ReportedModel is the checkpoint, as read from its headers.
type ReportedModel struct {
	Architecture    string `json:"architecture"`
	Parameters      int64  `json:"parameters"`
	Layers          int    `json:"layers"`
	CheckpointBytes int64  `json:"checkpointBytes"`
	CheckpointDtype string `json:"checkpointDtype"`
	Dtype           string `json:"dtype"`
	Revision        string `json:"revision,omitempty"`
}

// ReportedPlan is predicted bytes of one replica.
type ReportedPlan struct {
	Devices           []ReportedDevice `json:"devices"`
	Host              int64            `json:"host"`
	MaxSequences      int              `json:"maxSequences"`
	MaxSequenceTokens int              `json:"maxSequenceTokens"`
	CacheTokens       *int64           `json:"cacheTokens,omitempty"`
}

// ReportedDevice is predicted bytes of a device.
type ReportedDevice struct {
	Name      string   `json:"name"`
	Budget    int64    `json:"budget"`
	Weights   int64    `json:"weights"`
	KVCache   int64    `json:"kvCache"`
	Workspace int64    `json:"workspace"`
	Context   int64    `json:"context"`
	Total     int64    `json:"total"`
	Modules   []string `json:"modules,omitempty"`
}

// Failure is why nothing fits, or why there is nothing to plan.
type Failure struct {
	Reason   string    `json:"reason"`
	Message  string    `json:"message"`
	Deficits []Deficit `json:"deficits,omitempty"`
	WouldFit []string  `json:"wouldFit,omitempty"`
}

// Deficit is a device that would have to hold more than it may.
type Deficit struct {
	Device    string `json:"device"`
	Needed    int64  `json:"needed"`
	Budget    int64  `json:"budget"`
	Weights   int64  `json:"weights"`
	KVCache   int64  `json:"kvCache"`
	Workspace int64  `json:"workspace"`
	Context   int64  `json:"context"`
}

// ReadReport reads a termination message. Exactly one of plan and failure is there.
func ReadReport(message string) (Report, error) {
	var tree any
	var report Report
	if err := json.Unmarshal([]byte(message), &tree); err != nil {
		return report, err
	}
	text, err := json.Marshal(CleanTree(tree))
	if err == nil {
		err = json.Unmarshal(text, &report)
	}
	if err == nil && (report.Plan == nil) == (report.Failure == nil) {
		err = errors.New("neither a plan nor a failure")
	}
	return report, err
}
