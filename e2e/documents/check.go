package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// suites are what runs tests; what none of them names is run by nobody.
var suites = []string{".ci/run", "e2e/test", "e2e/test-install"}

// documents are those whose commands are meant for people.
func documents(root string) ([]string, error) {
	found := []string{"README.md", "CONTRIBUTING.md"}
	for _, pattern := range []string{"docs/*.md", "manifests/*.md", "manifests/*/*/*.md", "charts/*/*.md", "e2e/*/README.md"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			short, err := filepath.Rel(root, file)
			if err != nil {
				return nil, err
			}
			found = append(found, short)
		}
	}
	return found, nil
}

// all are the blocks of all documents.
func all(root string) ([]block, error) {
	files, err := documents(root)
	if err != nil {
		return nil, err
	}
	var blocks []block
	for _, file := range files {
		of, err := read(filepath.Join(root, file))
		if err != nil {
			return nil, err
		}
		for i := range of {
			of[i].file = file
		}
		blocks = append(blocks, of...)
	}
	return blocks, nil
}

// check tells what is wrong with the marks of a block.
func check(root string, found block) []error {
	var wrong []error
	if len(found.marks) == 0 {
		return []error{fmt.Errorf("%s: nothing says what runs these commands, or why not (see e2e/documents)", found.where())}
	}
	used := make([]bool, len(found.marks))
	for _, command := range found.commands {
		if i := markOf(found, command); i < 0 {
			wrong = append(wrong, fmt.Errorf("%s: nothing says what runs %q, or why not", found.where(), command))
		} else {
			used[i] = true
		}
	}
	for i, mark := range found.marks {
		if !used[i] {
			wrong = append(wrong, fmt.Errorf("%s: no command begins with %q", found.where(), mark.prefix))
		}
		if mark.by != "" {
			if err := isRun(root, mark.by); err != nil {
				wrong = append(wrong, fmt.Errorf("%s: %q: %w", found.where(), mark.prefix, err))
			}
		}
	}
	return wrong
}

func markOf(found block, command string) int {
	for i, mark := range found.marks {
		if mark.fits(command) {
			return i
		}
	}
	return -1
}

// isRun is an error where a file is not there, or where no suite runs it: a script or a folder of tests is named by one, a
// test of a Maven module is run by its name.
func isRun(root, file string) error {
	if _, err := os.Stat(filepath.Join(root, file)); err != nil {
		return fmt.Errorf("%s is not there", file)
	}
	name := filepath.Base(file)
	if strings.Contains(file, "/src/test/java/") {
		for _, suffix := range []string{"Test.java", "IT.java", "E2E.java"} {
			if strings.HasSuffix(name, suffix) {
				return nil
			}
		}
		return fmt.Errorf("%s is not called as tests are", file)
	}
	if isSuite(file) {
		return nil
	}
	folder := filepath.Dir(file)
	for _, suite := range suites {
		text, err := os.ReadFile(filepath.Join(root, suite))
		if err != nil {
			return err
		}
		for _, word := range strings.Fields(string(text)) {
			if word == file || (strings.HasSuffix(name, "_test.go") && word == folder) {
				return nil
			}
		}
	}
	return fmt.Errorf("%s is run by none of %s", file, strings.Join(suites, ", "))
}

func isSuite(file string) bool {
	for _, suite := range suites {
		if suite == file {
			return true
		}
	}
	return false
}
