package shell

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"tabernetes/engine/userland/process"
)

// Kill is kill, as a program and built in.
func Kill(_ context.Context, i *process.Invocation) int {
	words := i.Args[1:]
	signal := process.SIGTERM
	if len(words) > 0 && strings.HasPrefix(words[0], "-") && words[0] != "--" {
		name := words[0][1:]
		words = words[1:]
		if name == "l" && len(words) > 0 {
			signal, err := process.ParseSignal(words[0])
			if err != nil {
				i.Errorf("bad signal name '%s'", words[0])
				return 1
			}
			if _, err := strconv.Atoi(words[0]); err == nil {
				fmt.Fprintln(i.Stdout, signal)
			} else {
				fmt.Fprintln(i.Stdout, int(signal))
			}
			return 0
		}
		if name == "l" {
			fmt.Fprintln(i.Stdout, strings.Join(process.SignalNames(), "\n"))
			return 0
		}
		if name == "s" && len(words) > 0 {
			name, words = words[0], words[1:]
		}
		parsed, err := process.ParseSignal(name)
		if err != nil {
			i.Errorf("bad signal name '%s'", name)
			return 1
		}
		signal = parsed
	}
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	if len(words) == 0 {
		i.Errorf("you need to specify whom to kill")
		return 1
	}
	code := 0
	for _, word := range words {
		pid, err := strconv.Atoi(word)
		if err != nil {
			i.Errorf("invalid number '%s'", word)
			code = 1
			continue
		}
		if pid == -1 {
			for _, t := range i.System.Tasks() {
				if t.PID() != 1 && t != i.Task() {
					t.Signal(signal)
				}
			}
			continue
		}
		if !i.System.Kill(max(pid, -pid), signal) {
			i.Errorf("can't kill pid %d: No such process", pid)
			code = 1
		}
	}
	return code
}
