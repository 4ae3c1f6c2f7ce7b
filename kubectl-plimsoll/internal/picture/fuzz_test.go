package picture

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"plimsoll.dev/kubectl-plimsoll/internal/api"
	"plimsoll.dev/kubectl-plimsoll/internal/diagnosis"
	"plimsoll.dev/kubectl-plimsoll/internal/golden"
)

// Whatever a status holds is drawn, or refused by name; what it says does nothing to a terminal.
func FuzzAnyStatusIsDrawn(f *testing.F) {
	for _, each := range golden.Cases(f) {
		text, err := json.Marshal(each.Object.Object)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"metadata":{"name":"m"},"status":{"pods":[{"name":"\u001b[2J","devices":[{"name":"gpu:0","budget":"0",
		"measured":{"weights":"9223372036854775807","kvCache":"9E","process":"1"}}],"host":{"peak":"9223372036854775807"},
		"load":{"percent":-7,"bytes":-1}}],"plan":{"devices":[{"name":"gpu:0","total":"9Ei"}]}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		object := &unstructured.Unstructured{}
		if json.Unmarshal(text, &object.Object) != nil || object.Object == nil {
			return
		}
		model, err := api.Read(object)
		if err != nil {
			return
		}
		var out bytes.Buffer
		for _, width := range []int{40, 100} {
			page := Page{Out: &out, Width: width, Plain: true}
			page.Whole(model)
			page.Brief(model)
			for _, finding := range diagnosis.Of(model).Findings {
				page.Hanging(finding.Reason, finding.Message)
			}
		}
		if strings.ContainsAny(out.String(), "\x1b\x07\u202e\u009b") {
			t.Errorf("%q", out.String())
		}
	})
}

// So is whatever a planning pod left.
func FuzzAnyReportIsDrawn(f *testing.F) {
	f.Add(`{"plan":{"devices":[{"name":"gpu:0","budget":-5,"weights":-1,"kvCache":9223372036854775807,"workspace":9223372036854775807,"total":7}]}}`)
	f.Add(`{"failure":{"reason":"x\u001b","message":"Would fit: memory.gpu 1Gi","deficits":[{"device":"d","needed":-1,"budget":-9}]}}`)
	f.Fuzz(func(t *testing.T, message string) {
		report, err := api.ReadReport(message)
		if err != nil {
			return
		}
		var out bytes.Buffer
		Page{Out: &out, Width: 60, Plain: true}.Planned("Auto", api.Of(1), &report)
		if strings.ContainsAny(out.String(), "\x1b\x07\u202e\u009b") {
			t.Errorf("%q", out.String())
		}
	})
}
