package shell

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tabernetes/engine/userland/process"
)

func builtinTrap(ctx context.Context, in *interpreter, args []string) int {
	args = args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) > 0 && args[0] == "-l" {
		fmt.Fprintln(in.output(ctx), strings.Join(process.SignalNames(), " "))
		return 0
	}
	if len(args) == 0 || args[0] == "-p" {
		for _, signal := range slices.Sorted(maps.Keys(in.traps)) {
			name := signal.String()
			if in.bash && signal != process.OnExit {
				name = "SIG" + name
			}
			fmt.Fprintf(in.output(ctx), "trap -- '%s' %s\n", strings.ReplaceAll(in.traps[signal], "'", `'\''`), name)
		}
		return 0
	}
	text := args[0]
	names := args[1:]
	_, numberErr := strconv.Atoi(text)
	if len(args) == 1 || numberErr == nil {
		text, names = "-", args
	}
	code := 0
	for _, name := range names {
		signal, err := process.ParseSignal(name)
		if err != nil {
			in.complain(ctx, "trap: %s: invalid signal specification", name)
			code = 1
			continue
		}
		in.setTrap(signal, text)
	}
	return code
}

func (in *interpreter) setTrap(signal process.Signal, text string) {
	switch text {
	case "-":
		delete(in.traps, signal)
		in.task.Restore(signal)
		return
	case "":
		in.task.Ignore(signal)
	default:
		in.task.Catch(signal, nil)
	}
	in.traps[signal] = text
}

func builtinKill(ctx context.Context, in *interpreter, args []string) int {
	translated := slices.Clone(args)
	for n, word := range translated[1:] {
		if strings.HasPrefix(word, "%") {
			j := in.jobOf(word)
			if j == nil {
				in.complain(ctx, "kill: %s: no such job", word)
				return 1
			}
			translated[n+1] = strconv.Itoa(j.task.PID())
		}
	}
	return inProcess(Kill)(ctx, in, translated)
}

func builtinAlias(ctx context.Context, in *interpreter, args []string) int {
	prefix := ""
	if in.bash {
		prefix = "alias "
	}
	if len(args) == 1 {
		for _, name := range slices.Sorted(maps.Keys(in.aliases)) {
			fmt.Fprintf(in.output(ctx), "%s%s='%s'\n", prefix, name, in.aliases[name])
		}
		return 0
	}
	code := 0
	for _, word := range args[1:] {
		name, value, given := strings.Cut(word, "=")
		switch {
		case given:
			in.aliases[name] = value
		case in.aliases[name] != "":
			fmt.Fprintf(in.output(ctx), "%s%s='%s'\n", prefix, name, in.aliases[name])
		default:
			in.complain(ctx, "alias: %s not found", name)
			code = 1
		}
	}
	return code
}

func builtinUnalias(_ context.Context, in *interpreter, args []string) int {
	code := 0
	for _, name := range args[1:] {
		if name == "-a" {
			clear(in.aliases)
			continue
		}
		if _, ok := in.aliases[name]; !ok {
			code = 1
		}
		delete(in.aliases, name)
	}
	return code
}

func builtinUmask(ctx context.Context, in *interpreter, args []string) int {
	if len(args) == 1 {
		fmt.Fprintln(in.output(ctx), "0022")
	}
	return 0
}

func builtinTimes(ctx context.Context, in *interpreter, _ []string) int {
	fmt.Fprint(in.output(ctx), "0m0.00s 0m0.00s\n0m0.00s 0m0.00s\n")
	return 0
}
