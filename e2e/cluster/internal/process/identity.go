// Package process starts, finds and ends long-lived processes. A process is known by its number, its
// start time and the boot it was started in, so that a number that has been given to another program
// is never mistaken for ours.
package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Identity is one process for as long as it lives, and nothing afterwards.
type Identity struct {
	PID int `json:"pid"`
	// StartTicks is the time since boot at which it was started, in clock ticks.
	StartTicks uint64 `json:"startTicks"`
	// Boot is the kernel's identifier of the boot.
	Boot string `json:"boot"`
}

// Identify is the process that now has this number; an error if there is none.
func Identify(pid int) (Identity, error) {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return Identity{}, err
	}
	state, ticks, err := parseStat(string(stat))
	if err != nil {
		return Identity{}, err
	}
	if state == 'Z' || state == 'X' {
		return Identity{}, fmt.Errorf("process %d has ended", pid)
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return Identity{}, err
	}
	return Identity{PID: pid, StartTicks: ticks, Boot: strings.TrimSpace(string(boot))}, nil
}

// Alive says whether this very process still runs.
func (i Identity) Alive() bool {
	now, err := Identify(i.PID)
	return err == nil && now == i
}

// Signal sends a signal to this very process; one that has ended is left alone.
func (i Identity) Signal(signal os.Signal) error {
	// The handle is a pidfd: once it is open, the number cannot come to mean another process.
	handle, err := os.FindProcess(i.PID)
	if err != nil {
		return nil
	}
	defer func() { _ = handle.Release() }()
	if !i.Alive() {
		return nil
	}
	if err := handle.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("process %d: %w", i.PID, err)
	}
	return nil
}

// parseStat takes state and start time from /proc/PID/stat (proc_pid_stat(5), fields 3 and 22). The
// second field is the program's name in parentheses and may itself hold spaces and parentheses.
func parseStat(stat string) (state byte, startTicks uint64, err error) {
	_, rest, found := cutLast(stat, ") ")
	fields := strings.Fields(rest)
	if !found || len(fields) < 20 {
		return 0, 0, fmt.Errorf("no process statistics: %q", stat)
	}
	startTicks, err = strconv.ParseUint(fields[19], 10, 64)
	return fields[0][0], startTicks, err
}

func cutLast(text, separator string) (before, after string, found bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(separator):], true
}
