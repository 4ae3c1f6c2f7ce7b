package process

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestStartTimeIsFoundBehindANameOfSpacesAndParentheses(t *testing.T) {
	fields := make([]string, 50)
	for i := range fields {
		fields[i] = "0"
	}
	fields[0], fields[19] = "S", "4711"
	state, ticks, err := parseStat("12 (a) b (c)) " + strings.Join(fields, " "))
	if err != nil || state != 'S' || ticks != 4711 {
		t.Fatalf("got %c, %d, %v", state, ticks, err)
	}
}

func TestTextThatIsNoStatisticsIsRefused(t *testing.T) {
	for _, text := range []string{"", "12 (name)", "12 (name) S 1 2 3"} {
		if _, _, err := parseStat(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestANumberThatWasGivenToAnotherProcessIsNotOurs(t *testing.T) {
	self, err := Identify(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for name, other := range map[string]Identity{
		"an earlier start": {PID: self.PID, StartTicks: self.StartTicks - 1, Boot: self.Boot},
		"an earlier boot":  {PID: self.PID, StartTicks: self.StartTicks, Boot: "another"},
	} {
		if other.Alive() {
			t.Errorf("%s is taken for this process", name)
		}
		if err := other.Signal(os.Kill); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !self.Alive() {
		t.Error("this process is not known to run")
	}
}

func TestADaemonHoldsNothingThatItsCallerHasOpen(t *testing.T) {
	folder := Folder{Identities: t.TempDir(), Logs: t.TempDir()}
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	// As a shell leaves its locks open to whatever it runs.
	inherited, err := unix.Dup(int(writer.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Ensure(Daemon{Name: "sleeper", Path: "/bin/sleep", Args: []string{"60"}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Stop("sleeper", 0) })
	if err := errors.Join(writer.Close(), unix.Close(inherited)); err != nil {
		t.Fatal(err)
	}
	if err := reader.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := reader.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the daemon has its caller's file open: %v", err)
	}
}

func TestADaemonIsStartedOnceFoundAndStopped(t *testing.T) {
	folder := Folder{Identities: t.TempDir(), Logs: t.TempDir()}
	daemon := Daemon{Name: "sleeper", Path: "/bin/sh", Args: []string{"-c", "echo awake; exec sleep 600"}}
	for round, want := range []bool{true, false} {
		if started, err := folder.Ensure(daemon); err != nil || started != want {
			t.Fatalf("round %d: started %v, %v", round, started, err)
		}
	}
	identity, running := folder.Find("sleeper")
	if !running {
		t.Fatal("not found")
	}
	for deadline := time.Now().Add(10 * time.Second); folder.Tail("sleeper") != "awake"; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("log: %q", folder.Tail("sleeper"))
		}
	}
	if err := folder.Stop("sleeper", 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if identity.Alive() {
		t.Error("still runs")
	}
	if _, running := folder.Find("sleeper"); running {
		t.Error("still found")
	}
}

func TestADaemonThatIgnoresTheRequestIsKilled(t *testing.T) {
	command := exec.Command("/bin/sh", "-c", `trap "" TERM; echo ready; while :; do sleep 1; done`)
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := output.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	identity, err := Identify(command.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := End(identity, 50*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Errorf("ended by %v", err)
	}
}
