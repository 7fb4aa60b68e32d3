package shell

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"mvdan.cc/sh/v3/syntax"
)

// job is a command in the background.
type job struct {
	number int
	task   *task
	text   string
}

// maxJobs is how many jobs a shell remembers; the oldest that has ended is
// forgotten.
const maxJobs = 100

// fork runs something in a subshell and waits for it. files become its
// descriptors; with nil it has copies of the shell's. It reports whether there was
// a process for it; the status is set.
func (in *interpreter) fork(ctx context.Context, files descriptors, run func(context.Context, *interpreter)) bool {
	childCtx, child, err := in.system.newTask(ctx, in.task, []string{in.name})
	if err != nil {
		files.closeAll()
		in.forkFailed(ctx)
		return false
	}
	in.status = in.inside(childCtx, child, files, run)
	return true
}

// inside runs something in a subshell that is the process child.
func (in *interpreter) inside(ctx context.Context, child *task, files descriptors, run func(context.Context, *interpreter)) int {
	sub := in.subshell(child)
	if files != nil {
		sub.files.closeAll()
		sub.files = files
	}
	if sub.deeper(ctx, "subshell") {
		run(ctx, sub)
	}
	code := sub.finish(ctx)
	child.end(code)
	return code
}

// background starts a command and goes on.
func (in *interpreter) background(ctx context.Context, statement *syntax.Stmt) {
	childCtx, child, err := in.system.newTask(context.WithoutCancel(ctx), in.task, []string{in.name})
	if err != nil {
		in.forkFailed(ctx)
		return
	}
	child.background = true
	if !in.interactive {
		child.ignore(SIGINT)
		child.ignore(SIGQUIT)
	}
	files := in.files.copy()
	files.set(0, emptyStream())
	foreground := *statement
	foreground.Background = false
	sub := in.subshell(child)
	sub.files.closeAll()
	sub.files = files
	in.addJob(child, source(&foreground))
	go func() {
		if sub.deeper(childCtx, "subshell") {
			sub.statement(childCtx, &foreground)
		}
		child.end(sub.finish(childCtx))
	}()
	in.status = 0
}

func (in *interpreter) addJob(t *task, text string) {
	for n := 0; len(in.jobs) >= maxJobs && n < len(in.jobs); n++ {
		if in.jobs[n].task.hasEnded() {
			in.jobs = append(in.jobs[:n:n], in.jobs[n+1:]...)
			break
		}
	}
	number := 1
	for _, j := range in.jobs {
		if !j.task.hasEnded() {
			number = max(number, j.number+1)
		}
	}
	in.jobs = append(in.jobs, &job{number: number, task: t, text: text})
	in.lastJob = t.pid
}

func (t *task) hasEnded() bool {
	select {
	case <-t.ended:
		return true
	default:
		return false
	}
}

// source is the text of a command.
func source(statement *syntax.Stmt) string {
	var text strings.Builder
	_ = syntax.NewPrinter(syntax.SingleLine(true)).Print(&text, statement)
	return strings.TrimSpace(text.String())
}

// pipeline runs commands side by side, each in a subshell, and takes the status
// of the last.
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
		task  *task
		files descriptors
	}
	started := make([]stage, 0, len(stages))
	input := in.files[0]
	if input != nil {
		input.retain()
	}
	for n := range stages {
		stageCtx, child, err := in.system.newTask(ctx, in.task, []string{in.name})
		if err != nil {
			for _, s := range started {
				s.files.closeAll()
				s.task.end(1)
			}
			if input != nil {
				input.release()
			}
			in.forkFailed(ctx)
			return
		}
		files := in.files.copy()
		files.set(0, input)
		if input != nil {
			input.release()
		}
		if n < len(stages)-1 {
			reader, writer := pipeStreams()
			files.set(1, writer)
			if withErrors[n] {
				files.set(2, writer)
			}
			input = reader.retain()
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
		<-s.task.ended
		if !in.options.pipeFail || s.task.code != 0 {
			failed = s.task.code
		}
	}
	in.status = failed
}

// handleSignals runs the traps of the signals that have arrived.
func (in *interpreter) handleSignals(ctx context.Context) {
	for !in.exiting && !in.trapping {
		signal, ok := in.task.take()
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

// wait waits for a process to end. A signal that is caught ends the wait with
// 128 and its number.
func (in *interpreter) wait(ctx context.Context, t *task) int {
	for {
		if signal, ok := in.task.next(); ok {
			return 128 + int(signal)
		}
		select {
		case <-t.ended:
			return t.code
		case <-in.task.arrival:
		case <-ctx.Done():
			return ending(ctx)
		}
	}
}

// next tells which caught signal waits, without taking it.
func (t *task) next() (Signal, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.arrived) == 0 {
		return 0, false
	}
	return t.arrived[0], true
}

// jobOf finds a job by %n, %%, %+ or its process number.
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
		if err == nil && (byNumber && j.number == number || !byNumber && j.task.pid == number) {
			return j
		}
	}
	return nil
}

func builtinWait(ctx context.Context, in *interpreter, args []string) int {
	if len(args) == 1 {
		for _, j := range append([]*job(nil), in.jobs...) {
			if code := in.wait(ctx, j.task); !j.task.hasEnded() {
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
		if !j.task.hasEnded() {
			return code
		}
	}
	return code
}

func builtinJobs(ctx context.Context, in *interpreter, _ []string) int {
	for n, j := range in.jobs {
		state, mark := "Running", ' '
		if j.task.hasEnded() {
			state = "Done"
			if j.task.code != 0 {
				state = fmt.Sprintf("Done(%d)", j.task.code)
			}
		}
		if n == len(in.jobs)-1 {
			mark = '+'
		}
		fmt.Fprintf(in.output(ctx), "[%d]%c  %-22s %s\n", j.number, mark, state, j.text)
	}
	var left []*job
	for _, j := range in.jobs {
		if !j.task.hasEnded() {
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
	stop := context.AfterFunc(ctx, func() { j.task.signal(SIGKILL) })
	defer stop()
	code := in.wait(ctx, j.task)
	return code
}

// readLine reads one line byte by byte, so that nothing behind it is taken.
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
	return readLine(bound{ctx, in.task, in.files[0]})
}
