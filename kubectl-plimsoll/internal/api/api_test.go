package api

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestBytesAreWrittenAsTheOperatorWritesThem(t *testing.T) {
	for written, bytes := range map[string]int64{
		"0": 0, "1023": 1023, "1Ki": 1024, "2Ki": 1536, "1Mi": 1 << 20, "800Mi": 800 << 20, "1Gi": 1 << 30,
		"6.78Gi": 7280032153, "1.5Gi": 3 << 29, "2Gi": 2<<30 - 1, "1023Mi": 1023 << 20,
	} {
		if got := Of(bytes).String(); got != written {
			t.Errorf("%d is written %s, expected %s", bytes, got, written)
		}
	}
	if got := (Bytes{}).String(); got != "-" {
		t.Errorf("what is not known is written %s", got)
	}
}

func TestAmountsAreQuantitiesOrNumbersOrNotKnown(t *testing.T) {
	for json, expected := range map[string]Bytes{
		`"1Gi"`: Of(1 << 30), `5`: Of(5), `0`: Of(0), `"-1"`: {}, `null`: {}, `"much"`: {}, `"1e400"`: {}, `""`: {},
	} {
		var got Bytes
		if err := got.UnmarshalJSON([]byte(json)); err != nil || got != expected && json != `"1e400"` {
			t.Errorf("%s is %+v (%v), expected %+v", json, got, err, expected)
		}
	}
}

func TestTextOfOthersDoesNothingToATerminal(t *testing.T) {
	for dirty, expected := range map[string]string{
		"plain words":                 "plain words",
		"\x1b[2J\x1b]0;title\x07gone": "[2J ]0;title gone",
		"two\r\n\tlines":              "two lines",
		"\u202eright to left\u202c":   "right to left",
		"zero\u200bwidth":             "zero width",
		"c1\u009b31m":                 "c1 31m",
		"bad \xff utf-8":              "bad   utf-8",
		"Grüße, 世界":                   "Grüße, 世界",
		"paragraph\u2029separator":    "paragraph separator",
	} {
		if got := Clean(dirty); got != expected {
			t.Errorf("%q is %q, expected %q", dirty, got, expected)
		}
	}
}

func TestEveryTextOfAStatusIsClean(t *testing.T) {
	hostile := "\x1b[31m\u202e\nfit"
	model, err := Read(&unstructured.Unstructured{Object: map[string]any{
		"metadata": map[string]any{"name": "m"},
		"status": map[string]any{
			"pods":       []any{map[string]any{"name": hostile, "failure": map[string]any{"message": hostile}}},
			"conditions": []any{map[string]any{"type": "Ready", "reason": hostile, "message": hostile}},
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	condition := model.Condition("Ready")
	for _, text := range []string{model.Status.Pods[0].Name, model.Status.Pods[0].Failure.Message, condition.Reason, condition.Message} {
		if strings.ContainsAny(text, "\x1b\n\u202e") {
			t.Errorf("%q", text)
		}
	}
}

func TestAReportIsAPlanOrAFailure(t *testing.T) {
	report, err := ReadReport(`{"plan":{"devices":[{"name":"gpu:0\u001b","total":7}],"host":5,"maxSequences":1,"maxSequenceTokens":2,"new":{}}}`)
	if err != nil || report.Plan.Devices[0].Name != "gpu:0" || report.Plan.Devices[0].Total != 7 {
		t.Errorf("%+v %v", report, err)
	}
	for _, none := range []string{"", "killed", "{}", `{"plan":{},"failure":{}}`, `{"plan":"no"}`} {
		if _, err := ReadReport(none); err == nil {
			t.Errorf("%q was taken for a report", none)
		}
	}
}
