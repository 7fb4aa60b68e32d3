package process

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Signal is a signal with its number on Linux.
type Signal int

// The signals that the simulation uses.
const (
	SIGHUP  Signal = 1
	SIGINT  Signal = 2
	SIGQUIT Signal = 3
	SIGKILL Signal = 9
	SIGUSR1 Signal = 10
	SIGUSR2 Signal = 12
	SIGPIPE Signal = 13
	SIGALRM Signal = 14
	SIGTERM Signal = 15
	SIGCHLD Signal = 17
	SIGCONT Signal = 18
	SIGSTOP Signal = 19
)

// OnExit is the number of the EXIT trap among the traps: POSIX calls it signal 0.
const OnExit Signal = 0

// signalNames are the names of the signals from 1 on, without SIG.
var signalNames = []string{
	"", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
	"TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH",
	"IO", "PWR", "SYS",
}

// SignalNames are the names of the signals from 1 on, without SIG.
func SignalNames() []string { return slices.Clone(signalNames[1:]) }

// Status is the exit status that a shell reports for a process ended by the signal.
func (s Signal) Status() int { return 128 + int(s) }

// String is the name without SIG, such as "TERM".
func (s Signal) String() string {
	if s == OnExit {
		return "EXIT"
	}
	if s > 0 && int(s) < len(signalNames) {
		return signalNames[s]
	}
	return strconv.Itoa(int(s))
}

// ParseSignal parses a signal as kill and trap do: a number, or a name with or
// without SIG, in either case.
func ParseSignal(text string) (Signal, error) {
	if number, err := strconv.Atoi(text); err == nil {
		if number < 0 || number > 64 {
			return 0, fmt.Errorf("invalid signal %q", text)
		}
		return Signal(number), nil
	}
	name := strings.TrimPrefix(strings.ToUpper(text), "SIG")
	if name == "EXIT" {
		return OnExit, nil
	}
	if number := slices.Index(signalNames, name); number > 0 {
		return Signal(number), nil
	}
	return 0, fmt.Errorf("invalid signal %q", text)
}

// endsProcess says whether the default action of a signal is to end the process.
func (s Signal) endsProcess() bool {
	switch s {
	case SIGCHLD, SIGCONT, SIGSTOP, 20, 21, 22, 23, 28: // TSTP TTIN TTOU URG WINCH
		return false
	}
	return true
}
