package main

import (
	"strings"
	"testing"
)

const root = "../.."

func TestEveryCommandOfTheDocumentsIsRunOrSaysWhyNot(t *testing.T) {
	blocks, err := all(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(blocks) < 10 {
		t.Fatalf("%d blocks", len(blocks))
	}
	for _, block := range blocks {
		for _, err := range check(root, block) {
			t.Error(err)
		}
	}
}

func wrongs(t *testing.T, text string) string {
	t.Helper()
	blocks, err := parse("doc.md", text)
	if err != nil {
		return err.Error()
	}
	var wrong []string
	for _, block := range blocks {
		for _, err := range check(root, block) {
			wrong = append(wrong, err.Error())
		}
	}
	return strings.Join(wrong, "\n")
}

func TestWhatAMarkMustSay(t *testing.T) {
	sh := "```sh\nmake test   # all\nmake bench \\\n  --long\n```\n"
	for marks, expected := range map[string]string{
		"":                                   "doc.md:1: nothing says what runs these commands",
		"* | run":                            "",
		"make test | run\n* | not run: long": "",
		"make | not run: why":                "",
		"make test | run":                    `nothing says what runs "make bench --long"`,
		"* | run\nmake test | run":           `no command begins with "make test"`,
		"* | run by .ci/run":                 "",
		"* | run by no/such":                 "no/such is not there",
		"* | run by README.md":               "README.md is run by none of",
		"* | run by e2e/chart/chart_test.go": "",
		"* | run by e2e/src/test/java/dev/plimsoll/e2e/SamplesE2E.java": "",
		"* | run by e2e/src/test/java/dev/plimsoll/e2e/Kubectl.java":    "is not called as tests are",
		"* | sometimes": "is not: COMMANDS | run",
		"* | not run: ": "is not: COMMANDS | run",
	} {
		text := sh
		if marks != "" {
			text = "<!-- commands\n" + marks + "\n-->\n" + sh
		}
		got := wrongs(t, text)
		if (expected == "") != (got == "") || !strings.Contains(got, expected) {
			t.Errorf("%q: %q, expected %q", marks, got, expected)
		}
	}
	if got := wrongs(t, "<!-- commands\n* | run\n-->\nWords between.\n"+sh); !strings.Contains(got, "nothing says") {
		t.Errorf("a mark of what stands elsewhere was taken: %q", got)
	}
}

func TestWordsOfTheReaderAreReplaced(t *testing.T) {
	replaced, err := replacing([]string{"DIR=/a model", "qwen=smol", "NAME=x", "NAMESPACE=n"})
	if err != nil {
		t.Fatal(err)
	}
	for command, expected := range map[string]string{
		"plimsoll inspect DIR":                      "plimsoll inspect /a model",
		"kubectl -n NAMESPACE get mdep/qwen NAME":   "kubectl -n n get mdep/smol x",
		"a/services/qwen:8000/proxy plan-qwen DIRS": "a/services/smol:8000/proxy plan-qwen DIRS",
	} {
		if got := replaced(command); got != expected {
			t.Errorf("%q becomes %q, expected %q", command, got, expected)
		}
	}
	if _, err := replacing([]string{"DIR"}); err == nil {
		t.Error("a word that stands for nothing was taken")
	}
}

func TestTheFirstCommandThatFailsEndsIt(t *testing.T) {
	if err := run(".", []string{"export WORD=1", `test "$WORD" = 1`}); err != nil {
		t.Errorf("commands of a document have one shell: %v", err)
	}
	for _, script := range [][]string{{"false", "true"}, {"echo $NOBODY_SETS_THIS"}, {"echo 'Warning: would violate'"}} {
		if err := run(".", script); err == nil {
			t.Errorf("%v did not fail", script)
		}
	}
}
