package system

import (
	"context"
	"fmt"
	"strings"

	"tabernetes/engine/userland/process"
)

// Env runs a program with other variables, or prints them.
func Env(ctx context.Context, i *process.Invocation) int {
	env := i.Env
	words := i.Args[1:]
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		switch {
		case words[0] == "-i" || words[0] == "-":
			env = nil
		case words[0] == "-u" && len(words) > 1:
			env = withoutVariable(env, words[1])
			words = words[1:]
		default:
			i.Errorf("unrecognized option: %s", strings.TrimLeft(words[0], "-"))
			return 1
		}
		words = words[1:]
	}
	for len(words) > 0 && strings.Contains(words[0], "=") {
		name, _, _ := strings.Cut(words[0], "=")
		env = append(withoutVariable(env, name), words[0])
		words = words[1:]
	}
	if len(words) == 0 {
		for _, pair := range env {
			fmt.Fprintln(i.Stdout, pair)
		}
		return 0
	}
	if _, err := i.System.LookPath(words[0], i.Dir, env); err != nil {
		i.Errorf("can't execute '%s': No such file or directory", words[0])
		return 127
	}
	return i.Execute(ctx, words, env, nil)
}

func withoutVariable(env []string, name string) []string {
	kept := make([]string, 0, len(env)+1)
	for _, pair := range env {
		if !strings.HasPrefix(pair, name+"=") {
			kept = append(kept, pair)
		}
	}
	return kept
}

// Printenv prints variables.
func Printenv(_ context.Context, i *process.Invocation) int {
	if len(i.Args) == 1 {
		for _, pair := range i.Env {
			fmt.Fprintln(i.Stdout, pair)
		}
		return 0
	}
	code := 0
	for _, name := range i.Args[1:] {
		found := false
		for _, pair := range i.Env {
			if value, ok := strings.CutPrefix(pair, name+"="); ok {
				fmt.Fprintln(i.Stdout, value)
				found = true
			}
		}
		if !found {
			code = 1
		}
	}
	return code
}
