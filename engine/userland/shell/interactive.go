package shell

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"tabernetes/engine/userland/process"
)

// interact runs a shell whose standard input is a terminal: it prompts, Ctrl-C
// ends the line being typed or run, and an error ends only the line.
func (in *interpreter) interact(ctx context.Context) {
	in.interactive = true
	attention := attention{atPrompt: make(chan struct{}, 1)}
	in.task.Catch(process.SIGINT, attention.interrupt)
	for _, signal := range []process.Signal{process.SIGQUIT, process.SIGTERM} {
		in.task.Catch(signal, func() {})
	}
	lines := typedLines{of: in}
	pending := ""
	for !in.exiting && ctx.Err() == nil {
		in.prompt(ctx, pending != "")
		select {
		case line := <-lines.next(ctx):
			lines.asked = nil
			pending += line.text
			if pending != "" && (line.err != nil || complete(pending)) {
				in.runTyped(ctx, pending, &attention)
				pending = ""
			}
			if line.err != nil {
				return
			}
		case <-attention.atPrompt: // the terminal has dropped what was typed
			pending, in.status = "", process.SIGINT.Status()
		case <-ctx.Done():
		}
	}
}

// attention records what a shell is doing when Ctrl-C arrives.
type attention struct {
	atPrompt chan struct{} // Ctrl-C at the prompt

	mu     sync.Mutex
	cancel context.CancelCauseFunc // of the line that runs; guarded by mu
}

func (a *attention) interrupt() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.cancel != nil {
		a.cancel(process.Killed(process.SIGINT))
		return
	}
	select {
	case a.atPrompt <- struct{}{}:
	default:
	}
}

func (a *attention) set(cancel context.CancelCauseFunc) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cancel = cancel
}

// runTyped runs a line until it ends or Ctrl-C comes.
func (in *interpreter) runTyped(ctx context.Context, text string, attention *attention) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	attention.set(cancel)
	in.run(ctx, text)
	attention.set(nil)
	if ctx.Err() != nil {
		in.status = process.SIGINT.Status()
	}
	if in.aborted {
		in.exiting, in.aborted = false, false
	}
	in.returning, in.conditions, in.loops = false, 0, 0
}

// typedLine is a line, or the last one with the reason why none follows.
type typedLine struct {
	text string
	err  error
}

// typedLines reads ahead by one line at most, and only when one is requested, so
// that the commands of a line get the input typed for them.
type typedLines struct {
	of    *interpreter
	asked chan typedLine
}

func (l *typedLines) next(ctx context.Context) <-chan typedLine {
	if l.asked == nil {
		asked := make(chan typedLine, 1)
		l.asked = asked
		reader := l.of.task.Bind(ctx, l.of.files[0])
		go func() {
			text, err := readLine(reader)
			asked <- typedLine{text, err}
		}()
	}
	return l.asked
}

// prompt prints PS1, or PS2 when a line is continued.
func (in *interpreter) prompt(ctx context.Context, more bool) {
	name := "PS1"
	if more {
		name = "PS2"
	}
	fmt.Fprint(in.errors(ctx), in.decode(in.get(name)))
}

// decode replaces the backslash escapes in a prompt.
func (in *interpreter) decode(prompt string) string {
	user, sign := in.system.Account().Name, "$"
	if in.system.User.UID == 0 {
		sign = "#"
	}
	directory := in.dir
	if home := in.get("HOME"); home != "" && home != "/" && (directory == home || strings.HasPrefix(directory, home+"/")) {
		directory = "~" + strings.TrimPrefix(directory, home)
	}
	return strings.NewReplacer(
		`\u`, user, `\h`, in.system.Hostname, `\H`, in.system.Hostname, `\w`, directory, `\W`, lastElement(directory),
		`\$`, sign, `\s`, in.name, `\n`, "\n", `\[`, "", `\]`, "", `\\`, `\`,
	).Replace(prompt)
}

func lastElement(directory string) string {
	if directory == "/" {
		return directory
	}
	return directory[strings.LastIndex(directory, "/")+1:]
}
