package process

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Matching finds the processes whose command line is accepted.
func Matching(accept func(arguments []string) bool) []Identity {
	var found []Identity
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			continue
		}
		identity, err := Identify(pid)
		if err != nil {
			continue
		}
		line, err := os.ReadFile(file)
		if err == nil && len(line) > 0 && accept(strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")) {
			found = append(found, identity)
		}
	}
	return found
}
