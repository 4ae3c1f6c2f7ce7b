// Command documents holds the documents to what their commands do: each block of shell commands says which of them are run by
// what, or why not, in a comment before it that readers do not see:
//
//	<!-- commands
//	make test | run by .ci/run
//	model-server/plimsoll | run
//	make bench-gpu | not run: needs a GPU
//	-->
//
// A line speaks of the commands that begin as it does (* of all), the first that fits of each. What "run" and "run in the cluster" say is run by this program.
package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// block is one of a document's, in the document's words.
type block struct {
	file     string
	line     int
	commands []string
	marks    []mark
}

func (b block) where() string {
	return fmt.Sprintf("%s:%d", b.file, b.line)
}

// mark says what becomes of the commands that begin with a prefix.
type mark struct {
	prefix string
	// where this program runs them; "" where it does not.
	where string
	by    string
	why   string
}

func (m mark) fits(command string) bool {
	return m.prefix == "*" || strings.HasPrefix(command, m.prefix)
}

// Where this program runs commands.
const (
	here      = "run"
	inCluster = "run in the cluster"
)

var (
	fence  = regexp.MustCompile("^ *```(sh|bash|shell)$")
	end    = regexp.MustCompile("^ *```$")
	remark = regexp.MustCompile(`\s+#\s.*$`)
)

// read takes a document apart.
func read(file string) ([]block, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return parse(file, string(text))
}

func parse(file, text string) ([]block, error) {
	var blocks []block
	var marks []mark
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		switch {
		case line == "<!-- commands":
			marks = nil
			for i++; i < len(lines) && strings.TrimSpace(lines[i]) != "-->"; i++ {
				one, err := parseMark(lines[i])
				if err != nil {
					return nil, fmt.Errorf("%s:%d: %w", file, i+1, err)
				}
				marks = append(marks, one)
			}
		case fence.MatchString(lines[i]):
			found := block{file: file, line: i + 1, marks: marks}
			var body []string
			for i++; i < len(lines) && !end.MatchString(lines[i]); i++ {
				body = append(body, lines[i])
			}
			found.commands = commands(body)
			blocks = append(blocks, found)
			marks = nil
		case line != "":
			marks = nil
		}
	}
	return blocks, nil
}

// commands are the lines of a block without remarks; one that ends with a backslash goes on.
func commands(lines []string) []string {
	var found []string
	whole := ""
	for _, line := range lines {
		line = strings.TrimSpace(remark.ReplaceAllString(line, ""))
		if strings.HasPrefix(line, "#") {
			continue
		}
		if before, goesOn := strings.CutSuffix(line, `\`); goesOn {
			whole += before
			continue
		}
		if whole += line; whole != "" {
			found = append(found, whole)
		}
		whole = ""
	}
	return found
}

func parseMark(line string) (mark, error) {
	prefix, says, marked := strings.Cut(line, " | ")
	one := mark{prefix: strings.TrimSpace(prefix)}
	says = strings.TrimSpace(says)
	switch {
	case !marked || one.prefix == "":
	case says == here || says == inCluster:
		one.where = says
		return one, nil
	case strings.HasPrefix(says, "run by "):
		one.by = strings.TrimPrefix(says, "run by ")
		return one, nil
	case len(says) > len("not run: ") && strings.HasPrefix(says, "not run: "):
		one.why = strings.TrimPrefix(says, "not run: ")
		return one, nil
	}
	return one, fmt.Errorf("%q is not: COMMANDS | run, COMMANDS | run in the cluster, COMMANDS | run by FILE, or COMMANDS | not run: WHY", line)
}
