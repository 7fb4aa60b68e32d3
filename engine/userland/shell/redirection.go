package shell

import (
	"context"
	"os"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// maxDescriptor is the highest file descriptor that a redirection may name.
const maxDescriptor = 99

// redirect applies redirections to the descriptors. If one fails it prints the
// error and sets the status.
func (in *interpreter) redirect(ctx context.Context, redirections []*syntax.Redirect) bool {
	for _, redirection := range redirections {
		if !in.redirectOne(ctx, redirection) {
			if in.status == 0 {
				in.status = 1
			}
			return false
		}
	}
	return true
}

func describeOpenError(bash bool, name string, err error, creates bool) string {
	text := filesystem.Text(err)
	if bash {
		return name + ": " + text
	}
	verb := "open"
	if creates {
		verb = "create"
	}
	if text == filesystem.Text(filesystem.ErrNotExist) {
		text = "no such file"
		if creates {
			text = "nonexistent directory"
		}
	}
	return "can't " + verb + " " + name + ": " + text
}

func (in *interpreter) redirectOne(ctx context.Context, redirection *syntax.Redirect) bool {
	target := 1
	switch redirection.Op {
	case syntax.RdrIn, syntax.RdrInOut, syntax.DplIn, syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc:
		target = 0
	}
	if redirection.N != nil {
		number, err := strconv.Atoi(redirection.N.Value)
		if err != nil || number < 0 || number > maxDescriptor {
			in.complain(ctx, "%s: %s", redirection.N.Value, filesystem.Text(filesystem.ErrBadFile))
			return false
		}
		target = number
	}
	switch redirection.Op {
	case syntax.Hdoc, syntax.DashHdoc:
		text, ok := in.document(ctx, redirection)
		if ok {
			in.files.Set(target, process.Reading(strings.NewReader(text)))
		}
		return ok
	case syntax.WordHdoc:
		text, ok := in.literal(ctx, redirection.Word)
		if ok {
			in.files.Set(target, process.Reading(strings.NewReader(text+"\n")))
		}
		return ok
	}
	name, ok := in.literal(ctx, redirection.Word)
	if !ok {
		return false
	}
	switch redirection.Op {
	case syntax.DplIn, syntax.DplOut:
		if name == "-" {
			in.files.Set(target, nil)
			return true
		}
		number, err := strconv.Atoi(name)
		if err == nil {
			source := in.files[number]
			if source == nil {
				in.complain(ctx, "%d: %s", number, filesystem.Text(filesystem.ErrBadFile))
				return false
			}
			in.files.Set(target, source)
			return true
		}
		if redirection.Op == syntax.DplIn || redirection.N != nil {
			in.complain(ctx, "%s: ambiguous redirect", name)
			return false
		}
		return in.redirectFile(ctx, name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 1, 2)
	case syntax.RdrIn:
		return in.redirectFile(ctx, name, os.O_RDONLY, target)
	case syntax.RdrInOut:
		return in.redirectFile(ctx, name, os.O_RDWR|os.O_CREATE, target)
	case syntax.RdrOut, syntax.RdrClob:
		return in.redirectFile(ctx, name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, target)
	case syntax.AppOut:
		return in.redirectFile(ctx, name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, target)
	case syntax.RdrAll:
		return in.redirectFile(ctx, name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 1, 2)
	case syntax.AppAll:
		return in.redirectFile(ctx, name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 1, 2)
	}
	in.complain(ctx, "syntax error: redirection %s is not supported", redirection.Op)
	return false
}

func (in *interpreter) redirectFile(ctx context.Context, name string, flag int, targets ...int) bool {
	opened, err := in.system.Open(in.files, process.Absolute(in.dir, name), flag)
	if name == "" {
		err = filesystem.ErrNotExist
	}
	if err != nil {
		in.complain(ctx, "%s", describeOpenError(in.bash, name, err, flag&os.O_CREATE != 0))
		return false
	}
	for _, target := range targets {
		in.files.Set(target, opened)
	}
	return true
}

// document expands a here-document.
func (in *interpreter) document(ctx context.Context, redirection *syntax.Redirect) (string, bool) {
	if redirection.Hdoc == nil {
		return "", true
	}
	word := *redirection.Hdoc
	if redirection.Op == syntax.DashHdoc {
		word.Parts = withoutTabs(word.Parts)
	}
	quoted := false
	for _, part := range redirection.Word.Parts {
		switch part := part.(type) {
		case *syntax.SglQuoted, *syntax.DblQuoted:
			quoted = true
		case *syntax.Lit:
			quoted = quoted || strings.Contains(part.Value, `\`)
		}
	}
	if quoted {
		return literally(word.Parts), true
	}
	return in.expandDocument(ctx, &word)
}

// literally is the text of a here-document whose delimiter is quoted.
func literally(parts []syntax.WordPart) string {
	var text strings.Builder
	for _, part := range parts {
		switch part := part.(type) {
		case *syntax.Lit:
			text.WriteString(part.Value)
		case *syntax.SglQuoted:
			text.WriteString(part.Value)
		}
	}
	return text.String()
}

// withoutTabs removes the leading tabs from the lines of a here-document.
func withoutTabs(parts []syntax.WordPart) []syntax.WordPart {
	stripped := make([]syntax.WordPart, 0, len(parts))
	begins := true
	for _, part := range parts {
		literal, ok := part.(*syntax.Lit)
		if !ok {
			stripped = append(stripped, part)
			begins = false
			continue
		}
		lines := strings.SplitAfter(literal.Value, "\n")
		for n, line := range lines {
			if n > 0 || begins {
				lines[n] = strings.TrimLeft(line, "\t")
			}
		}
		begins = strings.HasSuffix(literal.Value, "\n")
		copied := *literal
		copied.Value = strings.Join(lines, "")
		stripped = append(stripped, &copied)
	}
	return stripped
}
