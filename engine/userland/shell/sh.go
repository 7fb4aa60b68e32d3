package shell

import (
	"context"
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// Run is sh, the program: it runs the text after -c, a file, or its standard input.
func Run(ctx context.Context, i *process.Invocation) int {
	name := path.Base(i.Args[0])
	in := newInterpreter(i.Task(), i.Args[0], i.Dir, i.Files().Copy(), i.Env)
	if in.bash = name == "bash"; in.bash {
		in.put("PS1", `\u@\h:\w\$ `) // as Debian's /etc/bash.bashrc has it
	}
	in.depth = i.Depth()
	if !in.deeper(ctx, name) {
		in.files.Close()
		return 2
	}
	args := i.Args[1:]
	text, given, interactive := "", false, i.Terminal(0) && i.Terminal(2)
	for len(args) > 0 && len(args[0]) > 1 && (args[0][0] == '-' || args[0][0] == '+') {
		word := args[0]
		args = args[1:]
		if word == "--" {
			break
		}
		if word == "--login" || word == "--norc" || word == "--noprofile" || word == "--posix" {
			continue
		}
		for n, letter := range word[1:] {
			switch {
			case letter == 'c':
				given = true
			case letter == 'o' && n == len(word)-2 && len(args) > 0:
				if !in.options.setNamed(args[0], word[0] == '-') {
					i.Errorf("illegal option -o %s", args[0])
					return 2
				}
				args = args[1:]
			case letter == 'i':
				interactive = true
			case strings.ContainsRune("lsm", letter):
			case !in.options.set(byte(letter), word[0] == '-'):
				i.Errorf("illegal option -%c", letter)
				return 2
			}
		}
	}
	switch {
	case given && len(args) == 0:
		i.Errorf("-c requires an argument")
		in.files.Close()
		return 2
	case given:
		text, args = args[0], args[1:]
		if len(args) > 0 {
			in.name, args = args[0], args[1:]
		}
	case len(args) > 0:
		in.name, in.script = args[0], true
		data, err := i.System.FileSystem.ReadFile(i.Path(args[0]))
		if err != nil {
			if in.bash {
				i.Errorf("%s: %s", args[0], filesystem.Text(err))
				in.files.Close()
				return 127
			}
			i.Errorf("can't open '%s': %s", args[0], filesystem.Text(err))
			in.files.Close()
			return 2
		}
		text, args = string(data), args[1:]
	default:
		in.params = nil
		if interactive {
			in.interact(ctx)
		} else {
			in.readStandardInput(ctx)
		}
		return in.finish(ctx)
	}
	in.params = args
	if given {
		in.runCommand(ctx, text)
	} else {
		in.run(ctx, text)
	}
	return in.finish(ctx)
}

// readStandardInput runs the input line by line, so that commands that read
// from the same input get what follows.
func (in *interpreter) readStandardInput(ctx context.Context) {
	pending := ""
	for !in.exiting && ctx.Err() == nil {
		line, err := readLine(in.task.Bind(ctx, in.files[0]))
		pending += line
		if pending != "" && (err != nil || complete(pending)) {
			in.run(ctx, pending)
			pending = ""
		}
		if err != nil {
			return
		}
	}
}

// complete says whether a text is complete, not just the beginning of a command.
func complete(text string) bool {
	if strings.HasSuffix(text, "\\\n") {
		return false
	}
	_, err := syntax.NewParser().Parse(strings.NewReader(text), "")
	return err == nil || !syntax.IsIncomplete(err)
}
