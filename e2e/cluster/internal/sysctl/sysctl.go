// Package sysctl remembers the kernel settings that the kubelet and the network plugins change, and
// puts them back.
package sysctl

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

var settings = []string{
	"kernel/keys/root_maxbytes",
	"kernel/keys/root_maxkeys",
	"kernel/panic",
	"kernel/panic_on_oops",
	"net/ipv4/ip_forward",
	"vm/overcommit_memory",
	"vm/panic_on_oom",
}

type memory struct {
	Boot   string            `json:"boot"`
	Values map[string]string `json:"values"`
}

// Remember writes the settings to a file, unless it holds those of this boot already.
func Remember(file string) error {
	boot, err := read("kernel/random/boot_id")
	if err != nil {
		return err
	}
	if remembered, err := recall(file); err == nil && remembered.Boot == boot {
		return nil
	}
	now := memory{Boot: boot, Values: map[string]string{}}
	for _, setting := range settings {
		if value, err := read(setting); err == nil {
			now.Values[setting] = value
		}
	}
	data, err := json.MarshalIndent(now, "", "  ")
	if err != nil {
		return err
	}
	return errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, data, 0o600))
}

// Restore puts back what was remembered in this boot, and forgets it.
func Restore(file string) error {
	remembered, err := recall(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var failures []error
	if boot, err := read("kernel/random/boot_id"); err == nil && boot == remembered.Boot {
		for setting, value := range remembered.Values {
			if now, err := read(setting); err == nil && now != value {
				failures = append(failures, os.WriteFile(filepath.Join("/proc/sys", setting), []byte(value), 0o644))
			}
		}
	}
	return errors.Join(append(failures, os.Remove(file))...)
}

func recall(file string) (memory, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return memory{}, err
	}
	var remembered memory
	if err := json.Unmarshal(data, &remembered); err != nil {
		return memory{}, fmt.Errorf("%s: %w", file, err)
	}
	return remembered, nil
}

func read(setting string) (string, error) {
	content, err := os.ReadFile(filepath.Join("/proc/sys", setting))
	return strings.TrimSpace(string(content)), err
}
