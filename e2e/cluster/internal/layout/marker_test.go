package layout

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAFolderThatIsEmptyOrNotThereIsMarkedOnce(t *testing.T) {
	for _, folder := range []string{t.TempDir(), filepath.Join(t.TempDir(), "not", "there")} {
		files := Layout{State: folder}
		if files.IsMarked() {
			t.Errorf("%s is marked by nobody", folder)
		}
		for range 2 {
			if err := files.Mark(); err != nil {
				t.Fatal(err)
			}
		}
		if !files.IsMarked() {
			t.Errorf("%s is not marked", folder)
		}
	}
}

func TestTheStateOfAClusterFromBeforeFoldersWereMarkedIsTakenForOne(t *testing.T) {
	files := Layout{State: t.TempDir()}
	for _, name := range []string{"pki", "run", "addresses.json"} {
		if err := os.Mkdir(files.In(name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := files.Mark(); err != nil || !files.IsMarked() {
		t.Errorf("got %v", err)
	}
}

func TestAFolderOfSomebodyElsesIsNotMarked(t *testing.T) {
	files := Layout{State: t.TempDir()}
	for _, name := range []string{"addresses.json", "letter.txt"} {
		if err := os.WriteFile(files.In(name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := files.Mark(); err == nil || !strings.Contains(err.Error(), "letter.txt") || !strings.Contains(err.Error(), "PLIMSOLL_STATE") {
		t.Errorf("got %v", err)
	}
	if files.IsMarked() {
		t.Error("marked")
	}
}
