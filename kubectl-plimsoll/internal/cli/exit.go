package cli

import "fmt"

// Exit codes, those of `plimsoll plan` among them.
const (
	exitOK = 0
	// exitFailed is for what no other code stands for, such as a cluster that does not answer.
	exitFailed = 1
	// exitUsage is for a command line, or a file, that is wrong.
	exitUsage = 2
	// exitWrong is for a deployment that is not Ready, for something that is wrong, and for a plan that does not fit.
	exitWrong = 3
	// exitBadCheckpoint is for a checkpoint that is missing, invalid, unsafe or not implemented.
	exitBadCheckpoint = 4
	// exitReadFailed is for a checkpoint that could not be read.
	exitReadFailed = 5
)

// exit ends a command with a code; what is to be said of it has been said where err is nil.
type exit struct {
	code int
	err  error
}

func (e exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e exit) Unwrap() error {
	return e.err
}

func usage(format string, args ...any) error {
	return exit{exitUsage, fmt.Errorf(format, args...)}
}
