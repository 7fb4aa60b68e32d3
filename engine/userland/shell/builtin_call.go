package shell

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

func builtinEval(ctx context.Context, in *interpreter, args []string) int {
	if !in.deeper(ctx, "eval") {
		return in.status
	}
	in.status = 0
	in.source(ctx, strings.Join(args[1:], " "))
	in.depth--
	return in.status
}

func builtinSource(ctx context.Context, in *interpreter, args []string) int {
	if len(args) < 2 {
		in.fatal(ctx, 2, "%s: filename argument required", args[0])
		return 2
	}
	data, err := in.system.FileSystem.ReadFile(process.Absolute(in.dir, args[1]))
	if err != nil {
		if in.bash {
			in.complain(ctx, "%s: %s", args[1], filesystem.Text(err))
			return 1
		}
		in.fatal(ctx, 2, "%s: can't open '%s': %s", args[0], args[1], filesystem.Text(err))
		return 2
	}
	if !in.deeper(ctx, args[1]) {
		return in.status
	}
	params := in.params
	if len(args) > 2 {
		in.params = args[2:]
	}
	in.sourceDeep++
	in.status = 0
	in.source(ctx, string(data))
	in.sourceDeep--
	in.depth--
	in.params = params
	in.returning = false
	return in.status
}

func builtinExec(ctx context.Context, in *interpreter, args []string) int {
	args = args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) > 1 && args[0] == "-a" {
		args = args[2:]
	}
	if len(args) == 0 {
		in.keep = true
		return 0
	}
	return in.exec(ctx, args)
}

func builtinCommand(ctx context.Context, in *interpreter, args []string) int {
	args = args[1:]
	if len(args) == 0 {
		return 0
	}
	switch args[0] {
	case "-v":
		code := 0
		for _, name := range args[1:] {
			if found := in.describe(name, true); found != "" {
				fmt.Fprintln(in.output(ctx), found)
			} else {
				code = 127
				if in.bash {
					code = 1
				}
			}
		}
		return code
	case "-V":
		return builtinType(ctx, in, args)
	case "-p", "--":
		args = args[1:]
	}
	if len(args) > 0 {
		in.dispatchCommand(ctx, args)
	}
	return in.status
}

func builtinBuiltin(ctx context.Context, in *interpreter, args []string) int {
	if len(args) < 2 {
		return 0
	}
	run := builtinOf(args[1])
	if run == nil {
		in.complain(ctx, "builtin: %s: not a shell builtin", args[1])
		return 1
	}
	return run(ctx, in, args[1:])
}

// describe says what a name stands for: in one word, or in a sentence.
func (in *interpreter) describe(name string, brief bool) string {
	sentence := func(word, text string) string {
		if brief {
			return word
		}
		return name + " is " + text
	}
	if alias, ok := in.aliases[name]; ok {
		if in.bash {
			return sentence("alias "+name+"='"+alias+"'", "aliased to `"+alias+"'")
		}
		return sentence("alias "+name+"='"+alias+"'", "an alias for "+alias)
	}
	switch {
	case syntax.IsKeyword(name):
		return sentence(name, "a shell keyword")
	case in.functions[name] != nil:
		return sentence(name, "a function")
	case slices.Contains([]string{"export", "readonly", "local", "let"}, name), builtinOf(name) != nil:
		if isSpecial(name) && !in.bash {
			return sentence(name, "a special shell builtin")
		}
		return sentence(name, "a shell builtin")
	}
	found, err := in.system.Find(name, in.dir, in.get("PATH"))
	if err != nil {
		return ""
	}
	return sentence(found.Path, found.Path)
}

func builtinType(ctx context.Context, in *interpreter, args []string) int {
	code := 0
	for _, name := range args[1:] {
		if found := in.describe(name, false); found != "" {
			fmt.Fprintln(in.output(ctx), found)
			continue
		}
		if in.bash {
			in.complain(ctx, "%s: %s: not found", args[0], name)
			code = 1
			continue
		}
		fmt.Fprintf(in.errors(ctx), "%s: not found\n", name)
		code = 127
	}
	return code
}
