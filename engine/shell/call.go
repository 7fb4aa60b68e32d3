package shell

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"tabernetes/engine/filesystem"
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
		in.dispatch(ctx, args)
	}
	undo()
}

// assignForCommand makes the assignments before a command. They are exported and
// undone afterwards, but for a special builtin.
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

// withoutAliases replaces the first word when it is an alias.
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

// deeper counts a function, eval, source or shell inside another.
func (in *interpreter) deeper(ctx context.Context, what string) bool {
	limit := in.system.Limits.MaxDepth
	if limit == 0 {
		limit = defaultMaxDepth
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
	childCtx, child, err := in.system.newTask(ctx, in.task, args)
	if err != nil {
		in.forkFailed(ctx)
		return
	}
	files := in.files.copy()
	code := child.run(childCtx, found, in.execution(args, files), 0)
	if childCtx.Err() != nil {
		code = ending(childCtx)
		if ctx.Err() == nil {
			in.reportSignal(ctx, Signal(code-128))
		}
	}
	files.closeAll()
	child.end(code)
	in.status = code & 0xff
}

func (in *interpreter) execution(args []string, files descriptors) execution {
	return execution{args: args, env: in.environment(), dir: in.dir, files: files, depth: in.depth + 1}
}

// reportSignal says by what a program was ended, as shells do.
func (in *interpreter) reportSignal(ctx context.Context, signal Signal) {
	text := map[Signal]string{
		SIGHUP: "Hangup", SIGQUIT: "Quit", SIGKILL: "Killed", SIGUSR1: "User defined signal 1",
		SIGUSR2: "User defined signal 2", SIGALRM: "Alarm clock", SIGTERM: "Terminated",
	}[signal]
	if text != "" {
		fmt.Fprintln(in.errors(ctx), text)
	}
}

// lookup finds a program; when there is none it says so and sets the status.
func (in *interpreter) lookup(ctx context.Context, name string) (program, bool) {
	found, err := in.system.look(name, in.dir, in.get("PATH"))
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
	return program{}, false
}

// exec makes the shell another program.
func (in *interpreter) exec(ctx context.Context, args []string) int {
	found, ok := in.lookup(ctx, args[0])
	if !ok {
		in.exiting, in.aborted = true, true
		return in.status
	}
	in.task.exec(args)
	in.replaced, in.exiting = true, true
	return in.task.run(ctx, found, in.execution(args, in.files), 0)
}

// trace prints what set -x shows.
func (in *interpreter) trace(ctx context.Context, args []string) {
	if !in.options.trace {
		return
	}
	quoted := make([]string, len(args))
	for n, arg := range args {
		quoted[n] = quote(arg)
	}
	fmt.Fprintln(in.errors(ctx), in.get("PS4")+strings.Join(quoted, " "))
}

func (in *interpreter) traceAssignment(ctx context.Context, assignment *syntax.Assign) {
	if in.options.trace {
		name := assignment.Name.Value
		fmt.Fprintln(in.errors(ctx), in.get("PS4")+name+"="+quote(in.get(name)))
	}
}

// quote puts a word into single quotes if a shell would read it differently
// otherwise.
func quote(word string) string {
	plain := word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%") == ""
	if plain {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// declare carries out export, readonly, local and bash's declare, which the
// parser reads as keywords.
func (in *interpreter) declare(ctx context.Context, c *syntax.DeclClause) {
	in.substituted = noStatus
	in.status = 0
	variant := c.Variant.Value
	local := variant == "local" || (variant == "declare" || variant == "typeset") && in.functionDeep > 0
	if variant == "local" && in.functionDeep == 0 {
		in.fatal(ctx, 2, "local: not in a function")
		return
	}
	exported, readOnly, printing, remove, array := variant == "export", variant == "readonly", false, false, false
	named := false
	for _, argument := range c.Args {
		if argument.Naked && argument.Name == nil {
			words, ok := in.fields(ctx, []*syntax.Word{argument.Value})
			if !ok {
				return
			}
			for _, word := range words {
				if letters, ok := strings.CutPrefix(word, "-"); ok && letters != "" {
					for _, letter := range letters {
						switch letter {
						case 'x':
							exported = true
						case 'r':
							readOnly = true
						case 'n':
							remove = true
						case 'p':
							printing = true
						case 'a':
							array = true
						case 'g':
							local = false
						case 'i', '-':
						default:
							in.complain(ctx, "%s: -%c: invalid option", variant, letter)
							in.status = 2
							return
						}
					}
					continue
				}
				name, value, given := strings.Cut(word, "=")
				if !in.declareOne(ctx, name, local) {
					return
				}
				if given && !in.assignString(ctx, name, value) {
					return
				}
				in.attributes(name, exported && !remove, readOnly, remove, array)
				named = true
			}
			continue
		}
		name := argument.Name.Value
		if !in.declareOne(ctx, name, local) {
			return
		}
		if !argument.Naked && !in.assign(ctx, argument) {
			return
		}
		in.attributes(name, exported && !remove, readOnly, remove, array)
		named = true
	}
	if in.substituted > 0 && !named {
		in.status = in.substituted
	}
	if !named || printing {
		in.printDeclarations(ctx, variant, exported, readOnly)
	}
}

func (in *interpreter) declareOne(ctx context.Context, name string, local bool) bool {
	if !syntax.ValidName(name) {
		if in.bash {
			in.complain(ctx, "`%s': not a valid identifier", name)
			in.status = 1
			return false
		}
		in.fatal(ctx, 2, "%s: bad variable name", name)
		return false
	}
	if local && len(in.locals) > 0 {
		hidden := in.locals[len(in.locals)-1]
		if _, ok := hidden[name]; !ok {
			hidden[name] = in.variables[name]
			if in.variables[name].ReadOnly {
				return true
			}
			if in.bash { // ash keeps the value
				delete(in.variables, name)
			}
		}
	}
	return true
}

func (in *interpreter) attributes(name string, exported, readOnly, remove, array bool) {
	variable := in.variables[name]
	variable.Exported = variable.Exported && !remove || exported
	variable.ReadOnly = variable.ReadOnly || readOnly
	if array && variable.Kind == expand.Unknown {
		variable.Kind, variable.Set, variable.List = expand.Indexed, true, []string{}
	}
	in.variables[name] = variable
}

func (in *interpreter) printDeclarations(ctx context.Context, variant string, exported, readOnly bool) {
	word := variant
	if in.bash {
		word = map[string]string{"export": "declare -x", "readonly": "declare -r"}[variant]
	}
	for _, name := range slices.Sorted(maps.Keys(in.variables)) {
		variable := in.variables[name]
		if exported && !variable.Exported || readOnly && !variable.ReadOnly || !exported && !readOnly && !variable.IsSet() {
			continue
		}
		line := strings.TrimSpace(word + " " + name)
		if variable.IsSet() {
			value := "'" + strings.ReplaceAll(variable.String(), "'", `'\''`) + "'"
			if in.bash {
				value = fmt.Sprintf("%q", variable.String())
			}
			line += "=" + value
		}
		fmt.Fprintln(in.output(ctx), line)
	}
}

// commandShell is sh: it runs the text after -c, a file, or its standard input.
func commandShell(ctx context.Context, i *Invocation) int {
	name := path.Base(i.Args[0])
	in := newInterpreter(i.task, i.Args[0], i.Dir, i.files.copy(), i.Env)
	if in.bash = name == "bash"; in.bash {
		in.put("PS1", `\u@\h:\w\$ `) // as Debian's /etc/bash.bashrc has it
	}
	in.depth = i.depth
	if !in.deeper(ctx, name) {
		in.files.closeAll()
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
		in.files.closeAll()
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
				in.files.closeAll()
				return 127
			}
			i.Errorf("can't open '%s': %s", args[0], filesystem.Text(err))
			in.files.closeAll()
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
	in.run(ctx, text)
	return in.finish(ctx)
}

// readStandardInput runs what is read, line by line, so that commands that read
// from the same input find what follows.
func (in *interpreter) readStandardInput(ctx context.Context) {
	pending := ""
	for !in.exiting && ctx.Err() == nil {
		line, err := readLine(bound{ctx, in.task, in.files[0]})
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

// complete says whether a text is more than the beginning of a command.
func complete(text string) bool {
	if strings.HasSuffix(text, "\\\n") {
		return false
	}
	_, err := syntax.NewParser().Parse(strings.NewReader(text), "")
	return err == nil || !syntax.IsIncomplete(err)
}
