// Package sysctl remembers the kernel settings that the kubelet and the network plugins change, and
// puts them back.
package sysctl

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// settings are what the kubelet (pkg/kubelet/cm/container_manager_linux.go and pkg/util/sysctl) and the bridge plugin set
// them to.
var settings = map[string]string{
	"kernel/keys/root_maxbytes": "25000000",
	"kernel/keys/root_maxkeys":  "1000000",
	"kernel/panic":              "10",
	"kernel/panic_on_oops":      "1",
	forwarding:                  "1",
	"vm/overcommit_memory":      "1",
	"vm/panic_on_oom":           "0",
}

const forwarding = "net/ipv4/ip_forward"

type memory struct {
	Boot   string            `json:"boot"`
	Values map[string]string `json:"values"`
	// Links are the network interfaces that were there.
	Links []string `json:"links"`
}

// Remember writes the settings, and which network interfaces there are, to a file, unless it holds those of this boot already.
func Remember(file string, links []string) error {
	boot, err := read("kernel/random/boot_id")
	if err != nil {
		return err
	}
	if remembered, err := recall(file); err == nil && remembered.Boot == boot {
		return nil
	}
	now := memory{Boot: boot, Values: map[string]string{}, Links: links}
	for setting := range settings {
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

// Restore puts back what was remembered in this boot and still is as the cluster's programs set it, and forgets it. Links are the
// network interfaces that are there now.
func Restore(file string, links []string) error {
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
			if now, err := read(setting); err == nil && remembered.isOurs(setting, now, links) {
				failures = append(failures, os.WriteFile(filepath.Join("/proc/sys", setting), []byte(value), 0o644))
			}
		}
	}
	return errors.Join(append(failures, os.Remove(file))...)
}

// isOurs says whether a value is not what it was because of the cluster. Forwarding that whoever came later needs, such as Docker or a
// VPN, cannot be told from the cluster's: it stays where a network interface has come.
func (m memory) isOurs(setting, now string, links []string) bool {
	if now == m.Values[setting] || now != settings[setting] {
		return false
	}
	return setting != forwarding || !slices.ContainsFunc(links, func(link string) bool { return !slices.Contains(m.Links, link) })
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
