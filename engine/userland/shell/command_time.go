package shell

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// maxSleep stands for a sleep without end.
const maxSleep = time.Duration(math.MaxInt64)

// parseDuration reads a number with a suffix s, m, h or d, or "infinity".
func parseDuration(text string) (time.Duration, bool) {
	if text == "infinity" || text == "inf" {
		return maxSleep, true
	}
	unit := time.Second
	if text != "" {
		switch text[len(text)-1] {
		case 's':
			text = text[:len(text)-1]
		case 'm':
			text, unit = text[:len(text)-1], time.Minute
		case 'h':
			text, unit = text[:len(text)-1], time.Hour
		case 'd':
			text, unit = text[:len(text)-1], 24*time.Hour
		}
	}
	if strings.Trim(text, "0123456789.") != "" {
		return 0, false
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || number < 0 {
		return 0, false
	}
	if number*float64(unit) >= float64(maxSleep) {
		return maxSleep, true
	}
	return time.Duration(number * float64(unit)), true
}

func commandSleep(ctx context.Context, i *Invocation) int {
	words := i.Args[1:]
	if len(words) == 0 {
		i.Errorf("missing operand")
		return 1
	}
	total := time.Duration(0)
	for _, word := range words {
		duration, ok := parseDuration(word)
		if !ok {
			i.Errorf("invalid number '%s'", word)
			return 1
		}
		if i.Name() == "usleep" {
			duration /= 1_000_000
		}
		if total += duration; total < 0 {
			total = maxSleep
		}
	}
	if total == maxSleep {
		<-ctx.Done()
		return ending(ctx)
	}
	if i.System.sleep(ctx, total) != nil {
		return ending(ctx)
	}
	return 0
}

func commandTimeout(ctx context.Context, i *Invocation) int {
	words := i.Args[1:]
	signal := SIGTERM
	for len(words) > 1 && strings.HasPrefix(words[0], "-") {
		switch words[0] {
		case "-s", "-k":
			if words[0] == "-s" {
				parsed, err := ParseSignal(words[1])
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
	limit, ok := parseDuration(words[0])
	if !ok {
		i.Errorf("invalid number '%s'", words[0])
		return 1
	}
	limited, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(limit, func() { cancel(killedError{signal}) })
	code := i.Execute(limited, words[1:], i.Env, nil)
	expired := !timer.Stop() && limited.Err() != nil && ctx.Err() == nil
	cancel(nil)
	if expired && signal != SIGKILL {
		return 143
	}
	return code
}
