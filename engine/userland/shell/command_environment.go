package shell

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

func commandPwd(_ context.Context, i *Invocation) int {
	fmt.Fprintln(i.Stdout, i.Dir)
	return 0
}

func commandEnv(ctx context.Context, i *Invocation) int {
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

func commandPrintenv(_ context.Context, i *Invocation) int {
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

func commandHostname(_ context.Context, i *Invocation) int {
	name := i.System.Hostname
	if len(i.Args) > 1 && i.Args[1] == "-s" {
		name, _, _ = strings.Cut(name, ".")
	}
	if len(i.Args) > 1 && i.Args[1] == "-i" && i.System.Network != nil {
		addresses, err := i.System.Network.Lookup(context.Background(), name)
		if err != nil || len(addresses) == 0 {
			i.Errorf("%s: Unknown host", name)
			return 1
		}
		name = addresses[0]
	}
	fmt.Fprintln(i.Stdout, name)
	return 0
}

func commandWhoami(_ context.Context, i *Invocation) int {
	fmt.Fprintln(i.Stdout, i.User)
	return 0
}

func commandID(_ context.Context, i *Invocation) int {
	found, _, ok := i.parse("ugnG", nil)
	if !ok {
		return 1
	}
	number := "0"
	if i.User != "root" {
		number = "1000"
		if _, err := strconv.Atoi(i.User); err == nil {
			number = i.User
		}
	}
	switch {
	case found.has('n'):
		fmt.Fprintln(i.Stdout, i.User)
	case found.has('u') || found.has('g') || found.has('G'):
		fmt.Fprintln(i.Stdout, number)
	case number == i.User:
		fmt.Fprintf(i.Stdout, "uid=%s gid=0(root) groups=0(root)\n", number)
	default:
		fmt.Fprintf(i.Stdout, "uid=%s(%s) gid=%s(%s) groups=%s(%s)\n", number, i.User, number, i.User, number, i.User)
	}
	return 0
}

func commandUname(_ context.Context, i *Invocation) int {
	found, _, ok := i.parse("asnrvmpio", nil)
	if !ok {
		return 1
	}
	parts := []struct {
		letter byte
		text   string
	}{
		{'s', "Linux"}, {'n', i.System.Hostname}, {'r', "6.12.0"}, {'v', "#1 SMP"}, {'m', "x86_64"}, {'o', "GNU/Linux"},
	}
	var words []string
	for _, part := range parts {
		if found.has('a') || found.has(part.letter) || len(found) == 0 && part.letter == 's' {
			words = append(words, part.text)
		}
	}
	fmt.Fprintln(i.Stdout, strings.Join(words, " "))
	return 0
}

func commandNproc(_ context.Context, i *Invocation) int {
	fmt.Fprintln(i.Stdout, max(1, i.System.Processors))
	return 0
}

func commandClear(_ context.Context, i *Invocation) int {
	fmt.Fprint(i.Stdout, "\x1b[H\x1b[J")
	return 0
}

func commandYes(ctx context.Context, i *Invocation) int {
	word := "y"
	if len(i.Args) > 1 {
		word = strings.Join(i.Args[1:], " ")
	}
	block := strings.Repeat(word+"\n", max(1, bytesPerStep/(len(word)+1)))
	for i.Step(ctx) == nil {
		if _, err := fmt.Fprint(i.Stdout, block); err != nil {
			break
		}
	}
	return 1
}
