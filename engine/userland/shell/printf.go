package shell

import (
	"context"
	"fmt"

	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// Printf is printf, as a program and built in.
func Printf(ctx context.Context, i *process.Invocation) int {
	words := i.Args[1:]
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	if len(words) == 0 {
		fmt.Fprintln(i.Stderr, "usage: printf FORMAT [ARG]...")
		return 1
	}
	format, arguments := words[0], words[1:]
	code := 0
	for {
		printer := notation.Formatter{Arguments: arguments, Wrong: func(format string, values ...any) {
			code = 1
			i.Errorf(format, values...)
		}}
		text, stop := printer.Format(format)
		if _, err := fmt.Fprint(i.Stdout, text); err != nil {
			return 1
		}
		if stop || printer.Used == 0 || printer.Used >= len(arguments) || i.Step(ctx) != nil {
			return code
		}
		arguments = arguments[printer.Used:]
	}
}
