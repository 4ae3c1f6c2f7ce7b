package golden

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// update writes what is said into golden files and documents.
var update = os.Getenv("PLIMSOLL_UPDATE") != ""

// Text compares what was written with testdata/NAME.txt of the package under test.
func Text(t *testing.T, name, written string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(written), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	expected, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(expected) != written {
		t.Errorf("%s differs (PLIMSOLL_UPDATE=1 go test ./... writes it). Written:\n%s\nExpected:\n%s", file, written, expected)
	}
}

// Block compares what was written with the block of a document that stands behind <!-- output: NAME -->. The block's
// first line is the command.
func Block(t *testing.T, document, name, command, written string) {
	t.Helper()
	file := filepath.Join(Root(), document)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)(<!-- output: " + regexp.QuoteMeta(name) + " -->\n```\n)(.*?)(```\n)")
	found := block.FindStringSubmatchIndex(string(text))
	if found == nil {
		t.Fatalf("%s has no block <!-- output: %s -->", document, name)
	}
	wanted := "$ " + command + "\n" + strings.TrimRight(written, "\n") + "\n"
	if update {
		changed := string(text[:found[4]]) + wanted + string(text[found[5]:])
		if err := os.WriteFile(file, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if shown := string(text[found[4]:found[5]]); shown != wanted {
		t.Errorf("%s shows other output of %q than there is (PLIMSOLL_UPDATE=1 go test ./... writes it). Written:\n%s\nShown:\n%s",
			document, command, wanted, shown)
	}
}
