package shell

import (
	"context"
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// call runs a simple command: assignments, then a function, a builtin or a
// program.
func (in *interpreter) call(ctx context.Context, c *syntax.CallExpr) {
	in.substituted = noStatus
	args, ok := in.fields(ctx, in.withoutAliases(c.Args))
	if !ok {
		return
	}
	if len(args) == 0 {
		for _, assignment := range c.Assigns {
			if !in.assign(ctx, assignment) {
				return
			}
			in.traceAssignment(ctx, assignment)
		}
		in.status = max(in.substituted, 0)
		return
	}
	undo, ok := in.assignForCommand(ctx, c.Assigns, isSpecial(args[0]) && !in.bash)
	if ok {
		in.trace(ctx, args)
		if in.becomes(c, args[0]) {
			in.status = in.exec(ctx, args)
		} else {
			in.dispatch(ctx, args)
		}
	}
	undo()
}

// assignForCommand makes the assignments before a command. They are exported,
// and undone afterwards except for a special builtin.
func (in *interpreter) assignForCommand(ctx context.Context, assignments []*syntax.Assign, lasting bool) (undo func(), ok bool) {
	saved := map[string]expand.Variable{}
	undo = func() {
		for name, variable := range saved {
			if variable.Declared() {
				in.variables[name] = variable
			} else {
				delete(in.variables, name)
			}
		}
	}
	for _, assignment := range assignments {
		name := assignment.Name.Value
		if _, ok := saved[name]; !ok && !lasting {
			saved[name] = in.variables[name]
		}
		if !in.assign(ctx, assignment) {
			return undo, false
		}
		if !lasting {
			variable := in.variables[name]
			variable.Exported = true
			in.variables[name] = variable
		}
	}
	return undo, true
}

// withoutAliases replaces the first word if it is an alias.
func (in *interpreter) withoutAliases(words []*syntax.Word) []*syntax.Word {
	seen := map[string]bool{}
	for len(words) > 0 {
		name := words[0].Lit()
		text, ok := in.aliases[name]
		if !ok || seen[name] {
			return words
		}
		seen[name] = true
		var replacement []*syntax.Word
		for word, err := range syntax.NewParser().WordsSeq(strings.NewReader(text)) {
			if err != nil {
				return words
			}
			replacement = append(replacement, word)
		}
		words = append(replacement, words[1:]...)
	}
	return words
}

// dispatch runs what a name stands for.
func (in *interpreter) dispatch(ctx context.Context, args []string) {
	if body := in.functions[args[0]]; body != nil {
		in.function(ctx, body, args)
		return
	}
	in.dispatchCommand(ctx, args)
}

// dispatchCommand runs a builtin or a program.
func (in *interpreter) dispatchCommand(ctx context.Context, args []string) {
	if run := builtinOf(args[0]); run != nil {
		in.status = run(ctx, in, args)
		return
	}
	in.program(ctx, args)
}

func (in *interpreter) function(ctx context.Context, body *syntax.Stmt, args []string) {
	if !in.deeper(ctx, args[0]) {
		return
	}
	params, loops := in.params, in.loops
	in.params, in.loops = args[1:], 0
	in.locals = append(in.locals, map[string]expand.Variable{})
	in.functionDeep++

	in.status = 0
	in.statement(ctx, body)

	in.functionDeep--
	for name, variable := range in.locals[len(in.locals)-1] {
		if variable.Declared() {
			in.variables[name] = variable
		} else {
			delete(in.variables, name)
		}
	}
	in.locals = in.locals[:len(in.locals)-1]
	in.params, in.loops = params, loops
	in.depth--
	in.returning = false
}

// defaultDepth is the default of process.Limits.MaxDepth.
const defaultDepth = 100

// deeper counts the nesting of functions, eval, source and shells.
func (in *interpreter) deeper(ctx context.Context, what string) bool {
	limit := in.system.Limits.MaxDepth
	if limit == 0 {
		limit = defaultDepth
	}
	if in.depth >= limit {
		in.fatal(ctx, 1, "%s: maximum nesting level exceeded (%d)", what, limit)
		return false
	}
	in.depth++
	return true
}

// program runs a program as a child process and waits for it.
func (in *interpreter) program(ctx context.Context, args []string) {
	found, ok := in.lookup(ctx, args[0])
	if !ok {
		return
	}
	childCtx, child, err := in.system.Fork(ctx, in.task, args)
	if err != nil {
		in.forkFailed(ctx, err)
		return
	}
	files := in.files.Copy()
	code := child.Run(childCtx, found, in.execution(args, files))
	if childCtx.Err() != nil {
		code = process.ExitStatus(childCtx)
		if ctx.Err() == nil {
			in.reportSignal(ctx, process.Signal(code-128))
		}
	}
	files.Close()
	child.End(code)
	in.status = code & 0xff
}

func (in *interpreter) execution(args []string, files process.Descriptors) process.Execution {
	return process.Execution{Args: args, Env: in.environment(), Dir: in.dir, Files: files, Depth: in.depth + 1}
}

// reportSignal prints which signal ended a program, as shells do.
func (in *interpreter) reportSignal(ctx context.Context, signal process.Signal) {
	text := map[process.Signal]string{
		process.SIGHUP: "Hangup", process.SIGQUIT: "Quit", process.SIGKILL: "Killed", process.SIGUSR1: "User defined signal 1",
		process.SIGUSR2: "User defined signal 2", process.SIGALRM: "Alarm clock", process.SIGTERM: "Terminated",
	}[signal]
	if text != "" {
		fmt.Fprintln(in.errors(ctx), text)
	}
}

// lookup finds a program; if there is none it prints that and sets the status.
func (in *interpreter) lookup(ctx context.Context, name string) (process.Program, bool) {
	found, err := in.task.Find(name, in.dir, in.get("PATH"))
	if err == nil {
		return found, true
	}
	notFound := filesystem.Text(err) == filesystem.Text(filesystem.ErrNotExist)
	in.status = 126
	text := filesystem.Text(err)
	if notFound {
		in.status = 127
		text = "not found"
		switch {
		case in.bash && strings.Contains(name, "/"):
			text = filesystem.Text(err)
		case in.bash:
			text = "command not found"
		}
	}
	in.complain(ctx, "%s: %s", name, text)
	if in.system.Hint != nil && notFound {
		if hint := in.system.Hint(name); hint != "" {
			fmt.Fprintln(in.errors(ctx), hint)
		}
	}
	return process.Program{}, false
}

// exec replaces the shell with another program.
func (in *interpreter) exec(ctx context.Context, args []string) int {
	found, ok := in.lookup(ctx, args[0])
	if !ok {
		in.exiting, in.aborted = true, true
		return in.status
	}
	in.task.Replace(args)
	in.replaced, in.exiting = true, true
	return in.task.Run(ctx, found, in.execution(args, in.files))
}

// trace prints what set -x shows.
func (in *interpreter) trace(ctx context.Context, args []string) {
	if !in.options.trace {
		return
	}
	quoted := make([]string, len(args))
	for n, arg := range args {
		quoted[n] = notation.Quote(arg)
	}
	fmt.Fprintln(in.errors(ctx), in.get("PS4")+strings.Join(quoted, " "))
}

func (in *interpreter) traceAssignment(ctx context.Context, assignment *syntax.Assign) {
	if in.options.trace {
		name := assignment.Name.Value
		fmt.Fprintln(in.errors(ctx), in.get("PS4")+name+"="+notation.Quote(in.get(name)))
	}
}
