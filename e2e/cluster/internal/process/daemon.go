package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Daemon is a program that outlives the command that started it.
type Daemon struct {
	Name string
	Path string
	Args []string
}

// Folder keeps the identities and the logs of daemons.
type Folder struct {
	Identities string
	Logs       string
}

// Log is where a daemon's output goes.
func (f Folder) Log(name string) string { return filepath.Join(f.Logs, name+".log") }

func (f Folder) record(name string) string { return filepath.Join(f.Identities, name+".json") }

// Find is the running daemon of this name.
func (f Folder) Find(name string) (Identity, bool) {
	data, err := os.ReadFile(f.record(name))
	if err != nil {
		return Identity{}, false
	}
	var identity Identity
	if json.Unmarshal(data, &identity) != nil {
		return Identity{}, false
	}
	return identity, identity.Alive()
}

// Ensure starts a daemon unless it runs, and says whether it did. The environment holds a PATH and
// nothing else: no proxy of the user's comes between the cluster's programs.
func (f Folder) Ensure(daemon Daemon) (started bool, err error) {
	if _, running := f.Find(daemon.Name); running {
		return false, nil
	}
	if err := errors.Join(os.MkdirAll(f.Identities, 0o700), os.MkdirAll(f.Logs, 0o755)); err != nil {
		return false, err
	}
	if err := os.Rename(f.Log(daemon.Name), f.Log(daemon.Name)+".previous"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return false, err
	}
	log, err := os.Create(f.Log(daemon.Name))
	if err != nil {
		return false, err
	}
	defer func() { _ = log.Close() }()
	command := exec.Command(daemon.Path, daemon.Args...)
	command.Stdout, command.Stderr = log, log
	command.Dir = "/"
	command.Env = []string{"PATH=" + os.Getenv("PATH")}
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	// What the caller has open, such as a lock, is not the daemon's to hold.
	if err := unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return false, fmt.Errorf("files of the caller's: %w", err)
	}
	if err := command.Start(); err != nil {
		return false, fmt.Errorf("%s: %w", daemon.Name, err)
	}
	identity, err := Identify(command.Process.Pid)
	go func() { _ = command.Wait() }()
	if err != nil {
		return true, fmt.Errorf("%s ended at once:\n%s", daemon.Name, f.Tail(daemon.Name))
	}
	data, err := json.Marshal(identity)
	if err != nil {
		return true, err
	}
	return true, os.WriteFile(f.record(daemon.Name), data, 0o600)
}

// Stop ends a daemon: it is asked to, and killed if it still runs when the patience is over.
func (f Folder) Stop(name string, patience time.Duration) error {
	if identity, running := f.Find(name); running {
		if err := End(identity, patience); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := os.Remove(f.record(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// End asks a process to end, and kills it if it still runs when the patience is over.
func End(identity Identity, patience time.Duration) error {
	for _, step := range []struct {
		signal   syscall.Signal
		patience time.Duration
	}{{syscall.SIGTERM, patience}, {syscall.SIGKILL, 10 * time.Second}} {
		if err := identity.Signal(step.signal); err != nil {
			return err
		}
		for deadline := time.Now().Add(step.patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			if !identity.Alive() {
				return nil
			}
		}
	}
	return fmt.Errorf("process %d does not end, even when killed", identity.PID)
}

// Tail is the end of a daemon's log.
func (f Folder) Tail(name string) string {
	data, err := os.ReadFile(f.Log(name))
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}
