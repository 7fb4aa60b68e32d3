package shell

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"tabernetes/engine/userland/process"
)

// interpreter is the state of one shell: what fork(2) copies for a subshell. It
// is used by one goroutine.
type interpreter struct {
	system *process.System
	task   *process.Task
	name   string // $0, and the beginning of messages
	bash   bool   // words its messages as bash does and knows its syntax
	// script says that messages contain line numbers, as for a file.
	script      bool
	interactive bool
	pid         int // $$: that of the shell, in subshells too
	depth       int
	started     time.Time

	dir       string
	files     process.Descriptors
	variables map[string]expand.Variable
	foreign   []string                     // of the environment: names that no variable can have
	locals    []map[string]expand.Variable // what the functions that run have hidden
	functions map[string]*syntax.Stmt
	aliases   map[string]string
	params    []string
	options   options
	last      map[*syntax.CallExpr]bool // see becomes
	traps     map[process.Signal]string
	jobs      []*job
	lastJob   int // $!
	option    optionCursor

	status       int // $?
	substituted  int // the status of the last command substitution, or noStatus
	conditions   int // how many conditions are being evaluated: set -e waits
	loops        int // how many loops are around
	functionDeep int
	sourceDeep   int
	line         uint

	breaking   int // loops still to leave
	continuing int // loops still to leave before the next turn
	returning  bool
	exiting    bool
	aborted    bool // exiting because of an error: an interactive shell goes on
	replaced   bool // exec made it another program: no EXIT trap
	trapping   bool
	keep       bool // exec without a command: its redirections stay
}

const noStatus = -1

// options are what set switches.
type options struct {
	allExport, errorExit, noExecute, noGlob, noUnset, trace, verbose, pipeFail bool
}

func newInterpreter(t *process.Task, name, dir string, files process.Descriptors, env []string) *interpreter {
	in := &interpreter{
		system: t.System(), task: t, name: name, pid: t.PID(), started: time.Now(),
		dir: dir, files: files, variables: map[string]expand.Variable{},
		functions: map[string]*syntax.Stmt{}, aliases: map[string]string{}, traps: map[process.Signal]string{},
	}
	if in.dir == "" {
		in.dir = "/"
	}
	for _, pair := range env {
		variable, value, ok := strings.Cut(pair, "=")
		switch {
		case !ok:
		case syntax.ValidName(variable):
			in.variables[variable] = expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: value}
		default:
			in.foreign = append(in.foreign, pair)
		}
	}
	for variable, value := range map[string]string{"IFS": " \t\n", "OPTIND": "1", "PS1": `\w \$ `, "PS2": "> ", "PS4": "+ "} {
		in.variables[variable] = expand.Variable{Set: true, Kind: expand.String, Str: value}
	}
	in.put("PWD", in.dir)
	if !in.variables["PATH"].IsSet() {
		in.put("PATH", process.DefaultPath)
	}
	if !in.variables["HOME"].IsSet() {
		in.put("HOME", t.System().Account().Home)
	}
	return in
}

// put sets a shell variable without changing whether it is exported.
func (in *interpreter) put(name, value string) {
	variable := in.variables[name]
	variable.Set, variable.Kind, variable.Str = true, expand.String, value
	in.variables[name] = variable
}

func (in *interpreter) get(name string) string { return in.variables[name].String() }

// environment are the exported variables in the order of their names, and what the
// shell was given and cannot name.
func (in *interpreter) environment() []string {
	var env []string
	for _, name := range slices.Sorted(maps.Keys(in.variables)) {
		if variable := in.variables[name]; variable.Exported && variable.IsSet() {
			env = append(env, name+"="+variable.String())
		}
	}
	return append(env, in.foreign...)
}

// subshell copies the shell for a process of its own.
func (in *interpreter) subshell(t *process.Task) *interpreter {
	sub := *in
	sub.task = t
	sub.files = in.files.Copy()
	sub.variables = maps.Clone(in.variables)
	sub.functions = maps.Clone(in.functions)
	sub.aliases = maps.Clone(in.aliases)
	sub.locals = nil
	for _, hidden := range in.locals {
		sub.locals = append(sub.locals, maps.Clone(hidden))
	}
	sub.traps = map[process.Signal]string{}
	for signal, text := range in.traps {
		if text == "" {
			sub.traps[signal] = ""
		}
	}
	sub.jobs = nil
	sub.interactive = false
	sub.depth++
	return &sub
}

func (in *interpreter) output(ctx context.Context) io.Writer {
	return in.task.Bind(ctx, in.files[1])
}

func (in *interpreter) errors(ctx context.Context) io.Writer {
	return in.task.Bind(ctx, in.files[2])
}

// complain prints an error with the prefix of a shell's messages.
func (in *interpreter) complain(ctx context.Context, format string, values ...any) {
	prefix := in.name + ": "
	if in.script {
		prefix += fmt.Sprintf("line %d: ", in.line)
	}
	fmt.Fprintf(in.errors(ctx), "%s%s\n", prefix, fmt.Sprintf(format, values...))
}

// fatal prints an error that ends a shell that is not interactive.
func (in *interpreter) fatal(ctx context.Context, code int, format string, values ...any) {
	in.complain(ctx, format, values...)
	in.status = code
	in.exiting, in.aborted = true, true
}

// forkFailed prints that there are too many processes.
func (in *interpreter) forkFailed(ctx context.Context, err error) {
	if in.bash {
		in.fatal(ctx, 254, "fork: retry: %v", err)
		return
	}
	in.fatal(ctx, 2, "can't fork: %v", err)
}

// stopped says whether the rest of a list of commands is not to run.
func (in *interpreter) stopped(ctx context.Context) bool {
	return in.exiting || in.returning || in.breaking > 0 || in.continuing > 0 || ctx.Err() != nil
}

// source runs a text: each line once it has been read completely, as a shell
// does, so that everything before a syntax error has run.
func (in *interpreter) source(ctx context.Context, text string) {
	statements, err := in.parse(text)
	in.list(ctx, statements, err)
}

// list runs what could be parsed of a text; err is the syntax error after it, or
// nil.
func (in *interpreter) list(ctx context.Context, statements []*syntax.Stmt, err error) {
	bad := uint(0)
	if err != nil {
		bad = errorLine(err)
	}
	for _, statement := range statements {
		if in.stopped(ctx) {
			return
		}
		if err != nil && statement.End().Line() >= bad {
			break
		}
		in.statement(ctx, statement)
	}
	if err != nil && !in.stopped(ctx) {
		in.syntaxError(ctx, err)
	}
}

// run runs the text as the shell's whole program.
func (in *interpreter) run(ctx context.Context, text string) {
	in.source(ctx, text)
	in.breaking, in.continuing = 0, 0
	in.handleSignals(ctx)
}

// runCommand runs the text after -c, which the shell's last command may replace.
func (in *interpreter) runCommand(ctx context.Context, text string) {
	statements, err := in.parse(text)
	if err == nil {
		in.last = lastCommands(statements)
	}
	in.list(ctx, statements, err)
	in.breaking, in.continuing = 0, 0
	in.handleSignals(ctx)
}

// finish ends the shell: the EXIT trap runs, files are closed. It returns the
// exit status.
func (in *interpreter) finish(ctx context.Context) int {
	if text, ok := in.traps[process.OnExit]; ok && text != "" && !in.replaced && ctx.Err() == nil {
		delete(in.traps, process.OnExit)
		in.exiting, in.returning, in.breaking, in.continuing = false, false, 0, 0
		code := in.status
		in.trapping = true
		in.source(ctx, text)
		if !in.exiting || in.aborted {
			in.status = code
		}
	}
	in.files.Close()
	if ctx.Err() != nil {
		return process.ExitStatus(ctx)
	}
	return in.status & 0xff
}

// statements runs a list.
func (in *interpreter) statements(ctx context.Context, list []*syntax.Stmt) {
	for _, statement := range list {
		if in.stopped(ctx) {
			return
		}
		in.statement(ctx, statement)
	}
}

// statement runs one command with its redirections, in the background if asked.
func (in *interpreter) statement(ctx context.Context, statement *syntax.Stmt) {
	in.line = statement.Pos().Line()
	if in.options.noExecute || in.task.Spend(ctx, 1) != nil {
		return
	}
	in.handleSignals(ctx)
	if in.stopped(ctx) {
		return
	}
	switch {
	case statement.Background:
		in.background(ctx, statement)
	case statement.Coprocess:
		in.fatal(ctx, 2, "syntax error: coprocesses are not supported")
	default:
		in.foreground(ctx, statement)
	}
	in.handleSignals(ctx)
}

func (in *interpreter) foreground(ctx context.Context, statement *syntax.Stmt) {
	if statement.Negated {
		in.conditions++
	}
	saved := in.files
	if len(statement.Redirs) > 0 {
		in.files = in.files.Copy()
	}
	if in.redirect(ctx, statement.Redirs) {
		if statement.Cmd != nil {
			in.command(ctx, statement.Cmd)
		} else {
			in.status = 0
		}
	}
	if len(statement.Redirs) > 0 {
		if in.keep {
			saved.Close()
		} else {
			in.files.Close()
			in.files = saved
		}
	}
	in.keep = false
	if statement.Negated {
		in.conditions--
		if in.status == 0 {
			in.status = 1
		} else {
			in.status = 0
		}
		return
	}
	if binary, ok := statement.Cmd.(*syntax.BinaryCmd); ok && (binary.Op == syntax.AndStmt || binary.Op == syntax.OrStmt) {
		return // its last command has decided
	}
	if in.status != 0 && in.options.errorExit && in.conditions == 0 {
		in.exiting = true
	}
}

// condition runs a list whose failure is an answer rather than an error.
func (in *interpreter) condition(ctx context.Context, list []*syntax.Stmt) bool {
	in.conditions++
	in.statements(ctx, list)
	in.conditions--
	return in.status == 0
}

func (in *interpreter) command(ctx context.Context, command syntax.Command) {
	switch c := command.(type) {
	case *syntax.CallExpr:
		in.call(ctx, c)
	case *syntax.Block:
		in.statements(ctx, c.Stmts)
	case *syntax.Subshell:
		in.fork(ctx, nil, func(ctx context.Context, sub *interpreter) { sub.statements(ctx, c.Stmts) })
	case *syntax.BinaryCmd:
		in.binary(ctx, c)
	case *syntax.IfClause:
		in.ifClause(ctx, c)
	case *syntax.WhileClause:
		in.whileClause(ctx, c)
	case *syntax.ForClause:
		in.forClause(ctx, c)
	case *syntax.CaseClause:
		in.caseClause(ctx, c)
	case *syntax.FuncDecl:
		in.status = 0
		if c.Name != nil {
			in.functions[c.Name.Value] = c.Body
		}
	case *syntax.ArithmCmd:
		in.arithmetic(ctx, c.X)
	case *syntax.LetClause:
		for _, expression := range c.Exprs {
			in.arithmetic(ctx, expression)
		}
	case *syntax.TestClause:
		in.testClause(ctx, c)
	case *syntax.DeclClause:
		in.declare(ctx, c)
	case *syntax.TimeClause:
		in.timeClause(ctx, c)
	default:
		in.fatal(ctx, 2, "syntax error: this construct is not supported")
	}
}

// arithmetic sets the status of (( )) and let.
func (in *interpreter) arithmetic(ctx context.Context, expression syntax.ArithmExpr) {
	value, err := in.arithm(ctx, expression)
	in.status = 0
	if err != nil {
		in.expansionError(ctx, err)
	} else if value == 0 {
		in.status = 1
	}
}
