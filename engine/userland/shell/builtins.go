package shell

import (
	"context"
	"strconv"

	"tabernetes/engine/userland/process"
)

// builtin is a command that changes the shell itself. It returns the exit status.
type builtin func(ctx context.Context, in *interpreter, args []string) int

// builtinOf returns the builtin with a name, or nil.
func builtinOf(name string) builtin {
	switch name {
	case ":", "true":
		return func(context.Context, *interpreter, []string) int { return 0 }
	case "false":
		return func(context.Context, *interpreter, []string) int { return 1 }
	case "break", "continue":
		return builtinBreak
	case "return":
		return builtinReturn
	case "exit", "logout":
		return builtinExit
	case "cd":
		return builtinChangeDirectory
	case "pwd":
		return builtinPrintDirectory
	case "eval":
		return builtinEval
	case ".", "source":
		return builtinSource
	case "exec":
		return builtinExec
	case "command":
		return builtinCommand
	case "builtin":
		return builtinBuiltin
	case "type":
		return builtinType
	case "set":
		return builtinSet
	case "shift":
		return builtinShift
	case "unset":
		return builtinUnset
	case "read":
		return builtinRead
	case "getopts":
		return builtinGetopts
	case "trap":
		return builtinTrap
	case "wait":
		return builtinWait
	case "jobs":
		return builtinJobs
	case "fg", "bg":
		return builtinForeground
	case "kill":
		return builtinKill
	case "alias":
		return builtinAlias
	case "unalias":
		return builtinUnalias
	case "umask":
		return builtinUmask
	case "hash", "ulimit", "shopt", "disown", "enable", "bind", "complete":
		return func(context.Context, *interpreter, []string) int { return 0 }
	case "times":
		return builtinTimes
	case "echo":
		return inProcess(Echo)
	case "printf":
		return inProcess(Printf)
	case "test", "[":
		return inProcess(Test)
	}
	return nil
}

// isSpecial says whether assignments before a builtin last (POSIX's special
// builtins).
func isSpecial(name string) bool {
	switch name {
	case ":", ".", "source", "break", "continue", "eval", "exec", "exit", "return", "set", "shift", "times", "trap", "unset":
		return true
	}
	return false
}

// inProcess turns a program into a builtin, which runs without a process of its own.
func inProcess(command process.Command) builtin {
	return func(ctx context.Context, in *interpreter, args []string) int {
		return command(ctx, in.invocation(ctx, args))
	}
}

func (in *interpreter) invocation(ctx context.Context, args []string) *process.Invocation {
	return in.task.Invocation(ctx, process.Execution{Args: args, Dir: in.dir, Files: in.files, Depth: in.depth, Builtin: in.name})
}

func builtinBreak(ctx context.Context, in *interpreter, args []string) int {
	count := 1
	if len(args) > 1 {
		number, err := strconv.Atoi(args[1])
		if err != nil || number < 1 {
			in.fatal(ctx, 2, "%s: Illegal number: %s", args[0], args[1])
			return in.status
		}
		count = number
	}
	if count = min(count, in.loops); count == 0 {
		return 0
	}
	if args[0] == "break" {
		in.breaking = count
	} else {
		in.continuing = count
	}
	return 0
}

// statusArgument reads the number after exit and return.
func (in *interpreter) statusArgument(ctx context.Context, args []string) (int, bool) {
	if len(args) < 2 {
		return in.status, true
	}
	number, err := strconv.Atoi(args[1])
	if err != nil || number < 0 && !in.bash {
		in.fatal(ctx, 2, "%s: Illegal number: %s", args[0], args[1])
		return in.status, false
	}
	return number & 0xff, true
}

func builtinReturn(ctx context.Context, in *interpreter, args []string) int {
	code, ok := in.statusArgument(ctx, args)
	if !ok {
		return code
	}
	if in.functionDeep == 0 && in.sourceDeep == 0 {
		in.exiting = true
		return code
	}
	in.returning = true
	return code
}

func builtinExit(ctx context.Context, in *interpreter, args []string) int {
	code, ok := in.statusArgument(ctx, args)
	if ok {
		in.exiting, in.aborted = true, false
	}
	return code
}
