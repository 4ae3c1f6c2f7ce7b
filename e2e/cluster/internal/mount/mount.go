// Package mount knows what is mounted on this machine.
package mount

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// Mount is one line of proc_pid_mountinfo(5).
type Mount struct {
	Point string
	Type  string
}

// List is every mount that this process sees, in the order in which they were made.
func List() ([]Mount, error) {
	content, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	return parse(string(content)), nil
}

// RemoveBelow unmounts everything inside a folder, the last mount first.
func RemoveBelow(folder string) error {
	mounts, err := List()
	if err != nil {
		return err
	}
	slices.Reverse(mounts)
	var failures []error
	for _, mounted := range mounts {
		if !strings.HasPrefix(mounted.Point, strings.TrimSuffix(folder, "/")+"/") {
			continue
		}
		if err := unix.Unmount(mounted.Point, unix.MNT_DETACH); err != nil {
			failures = append(failures, fmt.Errorf("unmount %s: %w", mounted.Point, err))
		}
	}
	return errors.Join(failures...)
}

var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

func parse(mountinfo string) []Mount {
	var mounts []Mount
	for _, line := range strings.Split(mountinfo, "\n") {
		before, after, found := strings.Cut(line, " - ")
		fields, kind := strings.Fields(before), strings.Fields(after)
		if !found || len(fields) < 5 || len(kind) == 0 {
			continue
		}
		point := unescape.Replace(fields[4])
		mounts = append(mounts, Mount{Point: point, Type: kind[0]})
	}
	return mounts
}
