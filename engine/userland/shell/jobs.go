package shell

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"mvdan.cc/sh/v3/syntax"

	"tabernetes/engine/userland/process"
)

// job is a command in the background.
type job struct {
	number int
	task   *process.Task
	text   string
}

// maxJobs is how many jobs a shell remembers; beyond that it forgets the oldest
// one that has ended.
const maxJobs = 100

// fork runs something in a subshell and waits for it. files become its
// descriptors; with nil it gets copies of the shell's. It sets the status, and
// reports whether a process could be created.
func (in *interpreter) fork(ctx context.Context, files process.Descriptors, run func(context.Context, *interpreter)) bool {
	childCtx, child, err := in.system.Fork(ctx, in.task, []string{in.name})
	if err != nil {
		files.Close()
		in.forkFailed(ctx, err)
		return false
	}
	in.status = in.inside(childCtx, child, files, run)
	return true
}

// inside runs something in a subshell, in the process child.
func (in *interpreter) inside(ctx context.Context, child *process.Task, files process.Descriptors, run func(context.Context, *interpreter)) int {
	sub := in.subshell(child)
	if files != nil {
		sub.files.Close()
		sub.files = files
	}
	if sub.deeper(ctx, "subshell") {
		run(ctx, sub)
	}
	code := sub.finish(ctx)
	child.End(code)
	return code
}

// background starts a command without waiting for it.
func (in *interpreter) background(ctx context.Context, statement *syntax.Stmt) {
	childCtx, child, err := in.system.Fork(context.WithoutCancel(ctx), in.task, []string{in.name})
	if err != nil {
		in.forkFailed(ctx, err)
		return
	}
	child.Background()
	if !in.interactive {
		child.Ignore(process.SIGINT)
		child.Ignore(process.SIGQUIT)
	}
	files := in.files.Copy()
	files.Set(0, process.Empty())
	foreground := *statement
	foreground.Background = false
	sub := in.subshell(child)
	sub.files.Close()
	sub.files = files
	in.addJob(child, source(&foreground))
	go func() {
		if sub.deeper(childCtx, "subshell") {
			sub.statement(childCtx, &foreground)
		}
		child.End(sub.finish(childCtx))
	}()
	in.status = 0
}

func (in *interpreter) addJob(t *process.Task, text string) {
	for n := 0; len(in.jobs) >= maxJobs && n < len(in.jobs); n++ {
		if in.jobs[n].task.HasEnded() {
			in.jobs = append(in.jobs[:n:n], in.jobs[n+1:]...)
			break
		}
	}
	number := 1
	for _, j := range in.jobs {
		if !j.task.HasEnded() {
			number = max(number, j.number+1)
		}
	}
	in.jobs = append(in.jobs, &job{number: number, task: t, text: text})
	in.lastJob = t.PID()
}

// source is the text of a command.
func source(statement *syntax.Stmt) string {
	var text strings.Builder
	_ = syntax.NewPrinter(syntax.SingleLine(true)).Print(&text, statement)
	return strings.TrimSpace(text.String())
}

// pipeline runs commands concurrently, each in a subshell, and sets the status
// of the last one.
func (in *interpreter) pipeline(ctx context.Context, c *syntax.BinaryCmd) {
	var stages []*syntax.Stmt
	var withErrors []bool
	var flatten func(*syntax.Stmt)
	flatten = func(statement *syntax.Stmt) {
		binary, ok := statement.Cmd.(*syntax.BinaryCmd)
		if !ok || len(statement.Redirs) > 0 || statement.Negated || (binary.Op != syntax.Pipe && binary.Op != syntax.PipeAll) {
			stages = append(stages, statement)
			return
		}
		flatten(binary.X)
		withErrors = append(withErrors, binary.Op == syntax.PipeAll)
		flatten(binary.Y)
	}
	flatten(&syntax.Stmt{Cmd: c})

	type stage struct {
		ctx   context.Context
		task  *process.Task
		files process.Descriptors
	}
	started := make([]stage, 0, len(stages))
	input := in.files[0]
	if input != nil {
		input.Retain()
	}
	for n := range stages {
		stageCtx, child, err := in.system.Fork(ctx, in.task, []string{in.name})
		if err != nil {
			for _, s := range started {
				s.files.Close()
				s.task.End(1)
			}
			if input != nil {
				input.Release()
			}
			in.forkFailed(ctx, err)
			return
		}
		files := in.files.Copy()
		files.Set(0, input)
		if input != nil {
			input.Release()
		}
		if n < len(stages)-1 {
			reader, writer := process.Pipe()
			files.Set(1, writer)
			if withErrors[n] {
				files.Set(2, writer)
			}
			input = reader.Retain()
		}
		started = append(started, stage{stageCtx, child, files})
	}
	run := func(n int) {
		s := started[n]
		in.inside(s.ctx, s.task, s.files, func(ctx context.Context, sub *interpreter) { sub.statement(ctx, stages[n]) })
	}
	for n := range len(stages) - 1 {
		go run(n)
	}
	run(len(stages) - 1)
	failed := 0
	for _, s := range started {
		<-s.task.Ended()
		if !in.options.pipeFail || s.task.Status() != 0 {
			failed = s.task.Status()
		}
	}
	in.status = failed
}

// handleSignals runs the traps of the signals that have arrived.
func (in *interpreter) handleSignals(ctx context.Context) {
	for !in.exiting && !in.trapping {
		signal, ok := in.task.Take()
		if !ok {
			return
		}
		text := in.traps[signal]
		if text == "" {
			continue
		}
		status, breaking, continuing, returning := in.status, in.breaking, in.continuing, in.returning
		in.breaking, in.continuing, in.returning = 0, 0, false
		in.trapping = true
		in.source(ctx, text)
		in.trapping = false
		if in.exiting {
			return
		}
		in.status, in.breaking, in.continuing, in.returning = status, breaking, continuing, returning
	}
}

// wait waits for a process to end. A caught signal ends the wait with 128 plus
// its number.
func (in *interpreter) wait(ctx context.Context, t *process.Task) int {
	for {
		if signal, ok := in.task.Next(); ok {
			return signal.Status()
		}
		select {
		case <-t.Ended():
			return t.Status()
		case <-in.task.Arrival():
		case <-ctx.Done():
			return process.ExitStatus(ctx)
		}
	}
}

// jobOf finds a job by %n, %%, %+ or its process ID.
func (in *interpreter) jobOf(word string) *job {
	if word == "%%" || word == "%+" || word == "%" {
		if len(in.jobs) == 0 {
			return nil
		}
		return in.jobs[len(in.jobs)-1]
	}
	text, byNumber := strings.CutPrefix(word, "%")
	number, err := strconv.Atoi(text)
	for _, j := range in.jobs {
		if err == nil && (byNumber && j.number == number || !byNumber && j.task.PID() == number) {
			return j
		}
	}
	return nil
}

func builtinWait(ctx context.Context, in *interpreter, args []string) int {
	if len(args) == 1 {
		for _, j := range append([]*job(nil), in.jobs...) {
			if code := in.wait(ctx, j.task); !j.task.HasEnded() {
				return code
			}
		}
		in.jobs = nil
		return 0
	}
	code := 0
	for _, word := range args[1:] {
		j := in.jobOf(word)
		if j == nil {
			code = 127
			if _, err := strconv.Atoi(word); err != nil || in.bash {
				in.complain(ctx, "wait: pid %s is not a child of this shell", word)
			}
			continue
		}
		code = in.wait(ctx, j.task)
		if !j.task.HasEnded() {
			return code
		}
	}
	return code
}

func builtinJobs(ctx context.Context, in *interpreter, _ []string) int {
	for n, j := range in.jobs {
		state, mark := "Running", ' '
		if j.task.HasEnded() {
			state = "Done"
			if j.task.Status() != 0 {
				state = fmt.Sprintf("Done(%d)", j.task.Status())
			}
		}
		if n == len(in.jobs)-1 {
			mark = '+'
		}
		fmt.Fprintf(in.output(ctx), "[%d]%c  %-22s %s\n", j.number, mark, state, j.text)
	}
	var left []*job
	for _, j := range in.jobs {
		if !j.task.HasEnded() {
			left = append(left, j)
		}
	}
	in.jobs = left
	return 0
}

func builtinForeground(ctx context.Context, in *interpreter, args []string) int {
	word := "%%"
	if len(args) > 1 {
		word = args[1]
	}
	j := in.jobOf(word)
	if j == nil {
		in.complain(ctx, "%s: %s: no such job", args[0], word)
		return 1
	}
	fmt.Fprintln(in.output(ctx), j.text)
	if args[0] == "bg" {
		return 0
	}
	stop := context.AfterFunc(ctx, func() { j.task.Signal(process.SIGKILL) })
	defer stop()
	code := in.wait(ctx, j.task)
	return code
}

// readLine reads one line byte by byte, so that nothing after it is consumed.
func readLine(reader io.Reader) (string, error) {
	var line strings.Builder
	var one [1]byte
	for {
		n, err := reader.Read(one[:])
		if n > 0 {
			line.WriteByte(one[0])
			if one[0] == '\n' {
				return line.String(), nil
			}
			if line.Len() > maxScript {
				return line.String(), errScriptTooLong
			}
		}
		if err != nil {
			return line.String(), err
		}
	}
}

// readLineWithin is readLine with a time limit; 0 is none.
func readLineWithin(ctx context.Context, in *interpreter, limit time.Duration) (string, error) {
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	return readLine(in.task.Bind(ctx, in.files[0]))
}
