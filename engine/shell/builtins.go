package shell

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"tabernetes/engine/filesystem"
)

// builtin is a command that changes the shell itself. It gives the status.
type builtin func(ctx context.Context, in *interpreter, args []string) int

// builtinOf gives the builtin of a name, or nil.
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
		return inProcess(commandEcho)
	case "printf":
		return inProcess(commandPrintf)
	case "test", "[":
		return inProcess(commandTest)
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

// inProcess makes a program a builtin: it runs without a process of its own.
func inProcess(command Command) builtin {
	return func(ctx context.Context, in *interpreter, args []string) int {
		return command(ctx, &Invocation{
			Args: args, Env: nil, Dir: in.dir, User: in.task.user,
			Stdin: bound{ctx, in.task, in.files[0]}, Stdout: in.output(ctx), Stderr: in.errors(ctx),
			System: in.system, task: in.task, files: in.files, depth: in.depth, builtin: in.name,
		})
	}
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

func builtinChangeDirectory(ctx context.Context, in *interpreter, args []string) int {
	args = args[1:]
	for len(args) > 0 && (args[0] == "-L" || args[0] == "-P" || args[0] == "--") {
		args = args[1:]
	}
	target, show := in.get("HOME"), false
	if len(args) > 0 {
		target = args[0]
	}
	if target == "-" {
		target, show = in.get("OLDPWD"), true
		if target == "" {
			in.complain(ctx, "cd: OLDPWD not set")
			return 1
		}
	}
	resolved, err := in.system.FileSystem.RealPath(absolute(in.dir, target))
	if err == nil {
		info, statErr := in.system.FileSystem.Stat(resolved)
		if statErr != nil {
			err = statErr
		} else if !info.IsDir() {
			err = filesystem.ErrNotDirectory
		}
	}
	if err != nil {
		if in.bash {
			in.complain(ctx, "cd: %s: %s", target, filesystem.Text(err))
			return 1
		}
		in.complain(ctx, "cd: can't cd to %s: %s", target, filesystem.Text(err))
		return 2
	}
	in.put("OLDPWD", in.dir)
	in.dir = cleanPath(absolute(in.dir, target))
	if _, err := in.system.FileSystem.Stat(in.dir); err != nil {
		in.dir = resolved
	}
	in.put("PWD", in.dir)
	if show {
		fmt.Fprintln(in.output(ctx), in.dir)
	}
	return 0
}

func builtinPrintDirectory(ctx context.Context, in *interpreter, args []string) int {
	dir := in.dir
	if len(args) > 1 && args[1] == "-P" {
		if resolved, err := in.system.FileSystem.RealPath(dir); err == nil {
			dir = resolved
		}
	}
	fmt.Fprintln(in.output(ctx), dir)
	return 0
}

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
	data, err := in.system.FileSystem.ReadFile(absolute(in.dir, args[1]))
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

// describe tells what a name stands for: in one word, or in a sentence.
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
	found, err := in.system.look(name, in.dir, in.get("PATH"))
	if err != nil {
		return ""
	}
	return sentence(found.path, found.path)
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

// optionTable are the options of set.
var optionTable = []struct {
	letter byte
	name   string
	of     func(*options) *bool
}{
	{'a', "allexport", func(o *options) *bool { return &o.allExport }},
	{'e', "errexit", func(o *options) *bool { return &o.errorExit }},
	{'f', "noglob", func(o *options) *bool { return &o.noGlob }},
	{'n', "noexec", func(o *options) *bool { return &o.noExecute }},
	{'u', "nounset", func(o *options) *bool { return &o.noUnset }},
	{'v', "verbose", func(o *options) *bool { return &o.verbose }},
	{'x', "xtrace", func(o *options) *bool { return &o.trace }},
	{0, "pipefail", func(o *options) *bool { return &o.pipeFail }},
}

func (o *options) set(letter byte, on bool) bool {
	for _, option := range optionTable {
		if option.letter == letter && letter != 0 {
			*option.of(o) = on
			return true
		}
	}
	return strings.IndexByte("bhmCE", letter) >= 0
}

func (o *options) setNamed(name string, on bool) bool {
	for _, option := range optionTable {
		if option.name == name {
			*option.of(o) = on
			return true
		}
	}
	return slices.Contains([]string{"posix", "monitor", "notify", "vi", "emacs", "ignoreeof", "noclobber", "errtrace", "functrace"}, name)
}

func builtinSet(ctx context.Context, in *interpreter, args []string) int {
	args = args[1:]
	if len(args) == 0 {
		for _, name := range slices.Sorted(maps.Keys(in.variables)) {
			if variable := in.variables[name]; variable.IsSet() {
				fmt.Fprintf(in.output(ctx), "%s='%s'\n", name, strings.ReplaceAll(variable.String(), "'", `'\''`))
			}
		}
		return 0
	}
	for len(args) > 0 {
		word := args[0]
		if word == "--" {
			in.params = args[1:]
			return 0
		}
		if len(word) < 2 || word[0] != '-' && word[0] != '+' {
			break
		}
		args = args[1:]
		on := word[0] == '-'
		for n := 1; n < len(word); n++ {
			if word[n] == 'o' {
				if len(args) == 0 {
					for _, option := range optionTable {
						state := "off"
						if *option.of(&in.options) {
							state = "on"
						}
						fmt.Fprintf(in.output(ctx), "%-16s%s\n", option.name, state)
					}
					return 0
				}
				if !in.options.setNamed(args[0], on) {
					in.fatal(ctx, 2, "set: illegal option %co %s", word[0], args[0])
					return 2
				}
				args = args[1:]
				continue
			}
			if !in.options.set(word[n], on) {
				in.fatal(ctx, 2, "set: illegal option %c%c", word[0], word[n])
				return 2
			}
		}
	}
	if len(args) > 0 {
		in.params = args
	}
	return 0
}

func builtinShift(ctx context.Context, in *interpreter, args []string) int {
	count := 1
	if len(args) > 1 {
		number, err := strconv.Atoi(args[1])
		if err != nil || number < 0 {
			in.fatal(ctx, 2, "shift: Illegal number: %s", args[1])
			return 2
		}
		count = number
	}
	if count > len(in.params) {
		return 1
	}
	in.params = in.params[count:]
	return 0
}

func builtinUnset(ctx context.Context, in *interpreter, args []string) int {
	functions := false
	for _, name := range args[1:] {
		switch {
		case name == "-f":
			functions = true
		case name == "-v":
		case functions:
			delete(in.functions, name)
		case in.variables[name].ReadOnly:
			in.readOnly(ctx, name)
			return in.status
		case in.variables[name].Declared():
			delete(in.variables, name)
		default:
			delete(in.functions, name)
		}
	}
	return 0
}

func builtinRead(ctx context.Context, in *interpreter, args []string) int {
	args = args[1:]
	raw := false
	limit := time.Duration(0)
	count := 0
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "-" {
		word := args[0]
		args = args[1:]
		if word == "--" {
			break
		}
		for n := 1; n < len(word); n++ {
			letter := word[n]
			if letter == 'r' || letter == 's' {
				raw = raw || letter == 'r'
				continue
			}
			value := word[n+1:]
			if value == "" && len(args) > 0 {
				value, args = args[0], args[1:]
			}
			switch letter {
			case 'p':
				fmt.Fprint(in.errors(ctx), value)
			case 't':
				seconds, err := strconv.ParseFloat(value, 64)
				if err != nil || seconds < 0 {
					in.complain(ctx, "read: %s: invalid timeout specification", value)
					return 2
				}
				limit = max(time.Nanosecond, time.Duration(seconds*float64(time.Second)))
			case 'n', 'd', 'u', 'a':
				count, _ = strconv.Atoi(value)
			default:
				in.complain(ctx, "read: illegal option -%c", letter)
				return 2
			}
			break
		}
	}
	_ = count
	line, err := readLineWithin(ctx, in, limit)
	for !raw && err == nil && strings.HasSuffix(line, "\\\n") && !strings.HasSuffix(line, "\\\\\n") {
		more := ""
		more, err = readLineWithin(ctx, in, limit)
		line = strings.TrimSuffix(line, "\\\n") + more
	}
	line = strings.TrimSuffix(line, "\n")
	if len(args) == 0 {
		args = []string{"REPLY"}
	}
	values := expand.ReadFields(in.config(ctx), line, len(args), raw)
	for n, name := range args {
		value := ""
		if n < len(values) {
			value = values[n]
		}
		if !syntax.ValidName(name) {
			in.complain(ctx, "read: '%s': bad variable name", name)
			return 2
		}
		if !in.assignString(ctx, name, value) {
			return in.status
		}
	}
	if err != nil {
		return 1
	}
	return 0
}

// optionCursor is where getopts stands in a word of several options.
type optionCursor struct{ word, letter int }

func builtinGetopts(ctx context.Context, in *interpreter, args []string) int {
	if len(args) < 3 {
		in.complain(ctx, "getopts: usage: getopts optstring var [arg]")
		return 2
	}
	wanted, name, words := args[1], args[2], in.params
	if len(args) > 3 {
		words = args[3:]
	}
	index, err := strconv.Atoi(in.get("OPTIND"))
	if err != nil || index < 1 {
		index = 1
	}
	if in.option.word != index {
		in.option = optionCursor{word: index}
	}
	end := func() int {
		in.put(name, "?")
		in.put("OPTIND", strconv.Itoa(index))
		return 1
	}
	if index > len(words) {
		return end()
	}
	word := words[index-1]
	if in.option.letter == 0 {
		if word == "--" {
			index++
			return end()
		}
		if len(word) < 2 || word[0] != '-' {
			return end()
		}
		in.option.letter = 1
	}
	letter := word[in.option.letter]
	in.option.letter++
	last := in.option.letter >= len(word)
	at := strings.IndexByte(wanted, letter)
	quiet := strings.HasPrefix(wanted, ":")
	delete(in.variables, "OPTARG")
	result := string(letter)
	switch {
	case at < 0 || letter == ':':
		result = "?"
		if quiet {
			in.put("OPTARG", string(letter))
		} else {
			in.complain(ctx, "illegal option -%c", letter)
		}
	case at+1 < len(wanted) && wanted[at+1] == ':':
		switch {
		case !last:
			in.put("OPTARG", word[in.option.letter:])
		case index < len(words):
			in.put("OPTARG", words[index])
			index++
		case quiet:
			result = ":"
			in.put("OPTARG", string(letter))
		default:
			result = "?"
			in.complain(ctx, "no arg for -%c option", letter)
		}
		last = true
	}
	if last {
		index++
		in.option = optionCursor{word: index}
	}
	in.put(name, result)
	in.put("OPTIND", strconv.Itoa(index))
	return 0
}

func builtinTrap(ctx context.Context, in *interpreter, args []string) int {
	args = args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) > 0 && args[0] == "-l" {
		fmt.Fprintln(in.output(ctx), strings.Join(signalNames[1:], " "))
		return 0
	}
	if len(args) == 0 || args[0] == "-p" {
		for _, signal := range slices.Sorted(maps.Keys(in.traps)) {
			name := signal.String()
			if in.bash && signal != onExit {
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
		signal, err := ParseSignal(name)
		if err != nil {
			in.complain(ctx, "trap: %s: invalid signal specification", name)
			code = 1
			continue
		}
		in.setTrap(signal, text)
	}
	return code
}

func (in *interpreter) setTrap(signal Signal, text string) {
	switch text {
	case "-":
		delete(in.traps, signal)
		in.task.restore(signal)
		return
	case "":
		in.task.ignore(signal)
	default:
		in.task.catch(signal, nil)
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
			translated[n+1] = strconv.Itoa(j.task.pid)
		}
	}
	return inProcess(commandKill)(ctx, in, translated)
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
