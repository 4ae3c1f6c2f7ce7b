package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintf(os.Stderr, "usage: documents ROOT %q|%q [WORD=STANDS-FOR...]\n", here, inCluster)
		os.Exit(2)
	}
	if err := runAll(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "documents:", err)
		os.Exit(1)
	}
}

// runAll runs what documents say is run there: the commands of a document in one shell, in their order, up to the first that
// fails. Words that stand for something of the reader's are replaced.
func runAll(root, where string, words []string) error {
	replaced, err := replacing(words)
	if err != nil {
		return err
	}
	blocks, err := all(root)
	if err != nil {
		return err
	}
	ran := 0
	for i := 0; i < len(blocks); {
		file := blocks[i].file
		var script []string
		for ; i < len(blocks) && blocks[i].file == file; i++ {
			for _, command := range blocks[i].commands {
				if at := markOf(blocks[i], command); at >= 0 && blocks[i].marks[at].where == where {
					script = append(script, replaced(command))
				}
			}
		}
		if len(script) == 0 {
			continue
		}
		fmt.Println("--", file)
		if err := run(root, script); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		ran += len(script)
	}
	if ran == 0 {
		return errors.New("no document says that anything is " + where)
	}
	fmt.Printf("%d commands of documents ran\n", ran)
	return nil
}

// replacing puts what words stand for in their place.
func replacing(words []string) (func(string) string, error) {
	type pair struct {
		word   *regexp.Regexp
		stands string
	}
	var pairs []pair
	for _, each := range words {
		word, stands, found := strings.Cut(each, "=")
		if !found {
			return nil, fmt.Errorf("%q is not WORD=STANDS-FOR", each)
		}
		pairs = append(pairs, pair{regexp.MustCompile(`(^|[^\w.-])` + regexp.QuoteMeta(word) + `\b`), stands})
	}
	return func(command string) string {
		for _, pair := range pairs {
			command = pair.word.ReplaceAllString(command, "${1}"+strings.ReplaceAll(pair.stands, "$", "$$"))
		}
		return command
	}, nil
}

// warning is what the API server says of what it takes and other clusters do not.
var warning = regexp.MustCompile(`(?m)^Warning: .*$`)

func run(root string, script []string) error {
	shell := exec.Command("bash", "-e", "-u", "-o", "pipefail", "-v", "-c", strings.Join(script, "\n"))
	shell.Dir = root
	fmt.Println(strings.Join(script, "\n"))
	out, err := shell.CombinedOutput()
	if found := warning.Find(out); err == nil && found != nil {
		err = errors.New(string(found))
	}
	if err != nil {
		os.Stderr.Write(out)
	}
	return err
}
