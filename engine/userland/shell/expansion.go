package shell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// Bounds of an expansion.
const (
	maxFields       = 100_000 // of one command
	maxSubstitution = 4 << 20 // bytes of one command substitution
)

// errReadOnly is the error for an assignment to a readonly variable.
var errReadOnly = errors.New("is read only")

// config is the configuration for package expand; it lives for one expansion.
func (in *interpreter) config(ctx context.Context) *expand.Config {
	config := &expand.Config{
		Env:     variables{in},
		NoUnset: in.options.noUnset,
		ExtGlob: in.bash,
		CmdSubst: func(w io.Writer, substitution *syntax.CmdSubst) error {
			return in.substitute(ctx, w, substitution)
		},
		ProcSubst: func(*syntax.ProcSubst) (string, error) {
			return "", errors.New("syntax error: process substitution is not supported")
		},
	}
	if !in.options.noGlob {
		config.ReadDir2 = func(name string) ([]fs.DirEntry, error) {
			if err := in.task.Spend(ctx, 1); err != nil {
				return nil, err
			}
			return in.system.FileSystem.ReadDir(process.Absolute(in.dir, name))
		}
	}
	return config
}

// safely turns a panic of the expansion library into an error; there are rare ones
// for words that the parser accepts.
func safely[T any](expansion func() (T, error)) (result T, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("bad substitution: %v", broken)
		}
	}()
	return expansion()
}

// fields expands words to arguments. It has printed the error if it fails.
func (in *interpreter) fields(ctx context.Context, words []*syntax.Word) ([]string, bool) {
	fields, err := safely(func() ([]string, error) {
		var fields []string
		for field, err := range expand.FieldsSeq(in.config(ctx), words...) {
			if err != nil {
				return nil, err
			}
			if len(fields) >= maxFields {
				return nil, errors.New("argument list too long")
			}
			if len(fields)%100 == 99 {
				if err := in.task.Spend(ctx, 1); err != nil {
					return nil, err
				}
			}
			fields = append(fields, field)
		}
		return fields, nil
	})
	if err != nil {
		in.expansionError(ctx, err)
	}
	return fields, err == nil
}

func (in *interpreter) literal(ctx context.Context, word *syntax.Word) (string, bool) {
	text, err := safely(func() (string, error) { return expand.Literal(in.config(ctx), word) })
	if err != nil {
		in.expansionError(ctx, err)
	}
	return text, err == nil
}

func (in *interpreter) expandDocument(ctx context.Context, word *syntax.Word) (string, bool) {
	text, err := safely(func() (string, error) { return expand.Document(in.config(ctx), word) })
	if err != nil {
		in.expansionError(ctx, err)
	}
	return text, err == nil
}

func (in *interpreter) arithm(ctx context.Context, expression syntax.ArithmExpr) (int, error) {
	return safely(func() (int, error) { return expand.Arithm(in.config(ctx), expression) })
}

// matches says whether a text matches a shell pattern.
func (in *interpreter) matches(ctx context.Context, word *syntax.Word, text string) bool {
	wanted, err := safely(func() (string, error) { return expand.Pattern(in.config(ctx), word) })
	if err != nil {
		in.expansionError(ctx, err)
		return false
	}
	return notation.Match(wanted, text)
}

// expansionError prints what was wrong with a word, and ends a shell that is
// not interactive.
func (in *interpreter) expansionError(ctx context.Context, err error) {
	if ctx.Err() != nil || errors.Is(err, errSubstitutionFailed) {
		in.exiting, in.aborted = true, true
		return
	}
	code := 2
	if in.bash {
		code = 1
	}
	var unset expand.UnsetParameterError
	text := err.Error()
	if errors.As(err, &unset) {
		message := unset.Message
		switch {
		case message == "unbound variable" && !in.bash:
			message = "parameter not set"
		case message == "" && in.bash:
			message = "parameter null or not set"
		case message == "":
			message = "parameter not set or null"
		}
		text = unset.Node.Param.Value + ": " + message
		if in.bash {
			code = 127
		}
	} else if text == "division by zero" && !in.bash {
		text = "divide by zero"
	}
	in.fatal(ctx, code, "%s", text)
}

// errSubstitutionFailed stands for an error that has been printed already.
var errSubstitutionFailed = errors.New("command substitution failed")

// substitute runs a command substitution.
func (in *interpreter) substitute(ctx context.Context, w io.Writer, substitution *syntax.CmdSubst) error {
	if len(substitution.Stmts) == 0 {
		in.substituted = 0
		return nil
	}
	var output captured
	files := in.files.Copy()
	files.Set(1, process.Writing(&output))
	status := in.status
	ok := in.fork(ctx, files, func(ctx context.Context, sub *interpreter) {
		if name, only := onlyInput(substitution.Stmts); only {
			sub.copyFile(ctx, name)
			return
		}
		sub.statements(ctx, substitution.Stmts)
	})
	in.substituted, in.status = in.status, status
	switch {
	case !ok:
		return errSubstitutionFailed
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case output.err != nil:
		return output.err
	}
	_, err := w.Write(output.text.Bytes())
	return err
}

// captured is the output of a command substitution.
type captured struct {
	text bytes.Buffer
	err  error // it was too long
}

func (c *captured) Write(p []byte) (int, error) {
	if c.text.Len()+len(p) > maxSubstitution {
		c.err = errors.New("the output of a command substitution is too long")
		return 0, filesystem.ErrNoSpace
	}
	return c.text.Write(p)
}

// onlyInput recognises $(<file).
func onlyInput(statements []*syntax.Stmt) (*syntax.Word, bool) {
	if len(statements) != 1 || statements[0].Cmd != nil || len(statements[0].Redirs) != 1 ||
		statements[0].Redirs[0].Op != syntax.RdrIn {
		return nil, false
	}
	return statements[0].Redirs[0].Word, true
}

func (in *interpreter) copyFile(ctx context.Context, word *syntax.Word) {
	name, ok := in.literal(ctx, word)
	if !ok {
		return
	}
	data, err := in.system.FileSystem.ReadFile(process.Absolute(in.dir, name))
	if err != nil {
		in.complain(ctx, "%s", describeOpenError(in.bash, name, err, false))
		in.status = 1
		return
	}
	_, _ = in.output(ctx).Write(data)
	in.status = 0
}
