package layout

import (
	"errors"
	"fmt"
	"os"
	"slices"
)

const (
	marker = ".plimsoll-cluster"
	text   = "This folder is the state of a local cluster of Plimsoll's: `cluster down --purge` removes all of it.\n"
)

// written is all that a cluster writes into its state folder.
var written = []string{
	"addresses.json", "cni", "config", "containerd", "etcd", "kubeconfig", "kubelet", "logs", "pki", "run", "sysctls.json",
}

// Mark makes the state folder a cluster's. One that holds something that no cluster writes, and is not marked, is somebody else's.
func (l Layout) Mark() error {
	if l.IsMarked() {
		return nil
	}
	entries, err := os.ReadDir(l.State)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, entry := range entries {
		if !slices.Contains(written, entry.Name()) {
			return fmt.Errorf("PLIMSOLL_STATE=%s holds other things (%s, ...): name a folder that is empty or not there",
				l.State, entry.Name())
		}
	}
	return errors.Join(os.MkdirAll(l.State, 0o755), os.WriteFile(l.In(marker), []byte(text), 0o644))
}

// IsMarked says whether the state folder was made for a cluster, and may be removed.
func (l Layout) IsMarked() bool {
	found, err := os.Lstat(l.In(marker))
	return err == nil && found.Mode().IsRegular()
}
