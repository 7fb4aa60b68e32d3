package system

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// Timeout runs a program and signals it after a time.
func Timeout(ctx context.Context, i *process.Invocation) int {
	words := i.Args[1:]
	signal := process.SIGTERM
	for len(words) > 1 && strings.HasPrefix(words[0], "-") {
		switch words[0] {
		case "-s", "-k":
			if words[0] == "-s" {
				parsed, err := process.ParseSignal(words[1])
				if err != nil {
					i.Errorf("bad signal name '%s'", words[1])
					return 1
				}
				signal = parsed
			}
			words = words[2:]
		case "-t":
			words = words[1:]
		default:
			i.Errorf("unrecognized option: %s", strings.TrimLeft(words[0], "-"))
			return 1
		}
	}
	if len(words) < 2 {
		fmt.Fprintln(i.Stderr, "Usage: timeout [-s SIG] [-k KILL_SECS] SECS PROG ARGS")
		return 1
	}
	limit, ok := notation.Duration(words[0])
	if !ok {
		i.Errorf("invalid number '%s'", words[0])
		return 1
	}
	limited, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(limit, func() { cancel(process.Killed(signal)) })
	code := i.Execute(limited, words[1:], i.Env, nil)
	expired := !timer.Stop() && limited.Err() != nil && ctx.Err() == nil
	cancel(nil)
	if expired && signal != process.SIGKILL {
		return 143
	}
	return code
}
