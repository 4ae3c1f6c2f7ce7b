package layout

import (
	"errors"
	"fmt"
	"os"
)

const (
	marker = ".plimsoll-cluster"
	text   = "This folder is the state of a local cluster of Plimsoll's: `cluster down --purge` removes all of it.\n"
)

// Mark makes the state folder a cluster's. One that holds something and is not marked is somebody else's.
func (l Layout) Mark() error {
	if l.IsMarked() {
		return nil
	}
	entries, err := os.ReadDir(l.State)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("PLIMSOLL_STATE=%s holds other things (%s, ...): name a folder that is empty or not there; "+
			"if it is the state of a cluster made before folders were marked, touch %s",
			l.State, entries[0].Name(), l.In(marker))
	}
	return errors.Join(os.MkdirAll(l.State, 0o755), os.WriteFile(l.In(marker), []byte(text), 0o644))
}

// IsMarked says whether the state folder was made for a cluster, and may be removed.
func (l Layout) IsMarked() bool {
	found, err := os.Lstat(l.In(marker))
	return err == nil && found.Mode().IsRegular()
}
