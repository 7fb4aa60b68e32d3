package jq

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/itchyny/gojq"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// The exit statuses of jq.
const (
	statusFalse   = 1 // with -e, the last output was false or null
	statusUsage   = 2
	statusCompile = 3
	statusNone    = 4 // with -e, there was no output
	statusError   = 5
)

// Run is the program.
func Run(ctx context.Context, i *process.Invocation) int {
	o, err := parseOptions(i)
	if err != nil {
		i.Errorf("%v", err)
		fmt.Fprintln(i.Stderr, "Use jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://jqlang.org")
		return statusUsage
	}
	switch {
	case o.help:
		fmt.Fprint(i.Stdout, usage)
		return 0
	case o.version:
		fmt.Fprintln(i.Stdout, "jq-1.8.1")
		return 0
	}
	code, problem := o.compile(i)
	if problem != nil {
		fmt.Fprintf(i.Stderr, "jq: error: %v\njq: 1 compile error\n", problem)
		return statusCompile
	}
	r := &run{ctx: yielding{ctx, i}, i: i, options: o, code: code}
	return r.all()
}

// compile makes the program of a filter.
func (o *options) compile(i *process.Invocation) (*gojq.Code, error) {
	query, err := gojq.Parse(o.filter)
	if err != nil {
		return nil, fmt.Errorf("syntax error: %w", err)
	}
	return gojq.Compile(query, gojq.WithVariables(o.names), gojq.WithEnvironLoader(func() []string { return i.Env }))
}

// run is one run of the program.
type run struct {
	ctx     context.Context
	i       *process.Invocation
	options *options
	code    *gojq.Code

	failed bool
	last   any  // the last output
	any    bool // there was one
}

func (r *run) all() int {
	inputs, err := r.inputs()
	for _, input := range inputs {
		ended, code := r.one(input)
		if ended {
			return code
		}
	}
	switch {
	case r.ctx.Err() != nil:
		return process.ExitStatus(r.ctx)
	case err != nil:
		fmt.Fprintf(r.i.Stderr, "jq: error (at <stdin>): %v\n", err)
		return statusUsage
	case r.failed:
		return statusError
	case r.options.exitStatus && !r.any:
		return statusNone
	case r.options.exitStatus && (r.last == nil || r.last == false):
		return statusFalse
	}
	return 0
}

// one runs the filter on an input. ended says that the program called halt.
func (r *run) one(input any) (ended bool, status int) {
	outputs := r.code.RunWithContext(r.ctx, input, r.options.values...)
	for {
		value, more := outputs.Next()
		if !more {
			return false, 0
		}
		if err, isError := value.(error); isError {
			var halt *gojq.HaltError
			if errors.As(err, &halt) {
				if text, isText := halt.Value().(string); isText {
					fmt.Fprint(r.i.Stderr, text)
				} else if halt.Value() != nil {
					_ = r.options.write(r.i.Stderr, halt.Value())
				}
				return true, halt.ExitCode()
			}
			if r.ctx.Err() != nil {
				return true, process.ExitStatus(r.ctx)
			}
			fmt.Fprintf(r.i.Stderr, "jq: error (at <stdin>:0): %v\n", err)
			r.failed = true
			return false, 0
		}
		r.last, r.any = value, true
		if err := r.options.write(r.i.Stdout, value); err != nil {
			if !errors.Is(err, filesystem.ErrBrokenPipe) {
				r.i.Errorf("error: writing output failed: %s", filesystem.Text(err))
			}
			return true, statusUsage
		}
	}
}

// inputs reads the values of the files, or of standard input: all those before
// the first that is no JSON.
func (r *run) inputs() ([]any, error) {
	if r.options.nullInput {
		return []any{nil}, nil
	}
	text, err := r.read()
	if err != nil {
		return nil, err
	}
	if r.options.rawInput {
		return rawInputs(text, r.options.slurp), nil
	}
	values, err := parseValues(text)
	if r.options.slurp && err == nil {
		if values == nil {
			values = []any{}
		}
		values = []any{values}
	}
	return values, err
}

func (r *run) read() (string, error) {
	var text strings.Builder
	names := r.options.files
	if len(names) == 0 {
		names = []string{"-"}
	}
	for _, name := range names {
		reader, err := r.i.Open(r.ctx, name)
		if err != nil {
			return "", fmt.Errorf("could not open %s: %s", name, filesystem.Text(err))
		}
		_, err = io.Copy(&text, io.LimitReader(reader, process.MaxText))
		_ = reader.Close()
		if err != nil {
			return "", err
		}
	}
	return text.String(), nil
}

func rawInputs(text string, slurp bool) []any {
	if slurp {
		return []any{text}
	}
	var lines []any
	for line := range strings.Lines(text) {
		lines = append(lines, strings.TrimSuffix(line, "\n"))
	}
	return lines
}

// parseValues parses a sequence of JSON values. Numbers keep their digits.
func parseValues(text string) ([]any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var values []any
	for {
		var value any
		err := decoder.Decode(&value)
		if errors.Is(err, io.EOF) {
			return values, nil
		}
		if err != nil {
			return values, fmt.Errorf("parse error: %w", err)
		}
		values = append(values, value)
	}
}

// write prints an output as the options say.
func (o *options) write(to io.Writer, value any) error {
	text, isText := value.(string)
	if !isText || !o.raw {
		data, err := gojq.Marshal(value)
		if err != nil {
			return err
		}
		if o.indent != "" {
			var indented bytes.Buffer
			if err := json.Indent(&indented, data, "", o.indent); err != nil {
				return err
			}
			data = indented.Bytes()
		}
		text = string(data)
		if o.ascii {
			text = toASCII(text)
		}
	}
	if !o.join {
		text += "\n"
	}
	_, err := io.WriteString(to, text)
	return err
}

// toASCII escapes what is not ASCII in a JSON text.
func toASCII(text string) string {
	var escaped strings.Builder
	for _, r := range text {
		switch {
		case r < 0x80:
			escaped.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&escaped, `\u%04x`, r)
		default:
			r -= 0x10000
			fmt.Fprintf(&escaped, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		}
	}
	return escaped.String()
}

// yielding is the context of a filter. gojq asks for Done at each of its steps,
// which are paid for there, so that a filter without end yields like any loop.
type yielding struct {
	context.Context
	i *process.Invocation
}

// Done implements context.Context.
func (y yielding) Done() <-chan struct{} {
	// The error is the context's own, which gojq finds next.
	_ = y.i.Step(y.Context)
	return y.Context.Done()
}

// readFile reads a file that an option names.
func readFile(i *process.Invocation, name string) (string, error) {
	data, err := i.System.FileSystem.ReadFile(i.Path(name))
	if err != nil {
		return "", fmt.Errorf("could not open %s: %s", name, filesystem.Text(err))
	}
	return string(data), nil
}
