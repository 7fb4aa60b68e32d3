package shell

import (
	"context"
	"os"
	"path"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"tabernetes/engine/userland/filesystem"
)

// maxDescriptor is the highest file descriptor that a redirection may name.
const maxDescriptor = 99

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
			in.files.set(target, callerReader(strings.NewReader(text)))
		}
		return ok
	case syntax.WordHdoc:
		text, ok := in.literal(ctx, redirection.Word)
		if ok {
			in.files.set(target, callerReader(strings.NewReader(text+"\n")))
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
			in.files.set(target, nil)
			return true
		}
		number, err := strconv.Atoi(name)
		if err == nil {
			source := in.files[number]
			if source == nil {
				in.complain(ctx, "%d: %s", number, filesystem.Text(filesystem.ErrBadFile))
				return false
			}
			in.files.set(target, source)
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
	opened, err := in.system.openStream(in.files, absolute(in.dir, name), flag, 0o644)
	if name == "" {
		err = filesystem.ErrNotExist
	}
	if err != nil {
		in.complain(ctx, "%s", describeOpenError(in.bash, name, err, flag&os.O_CREATE != 0))
		return false
	}
	for _, target := range targets {
		in.files.set(target, opened)
	}
	return true
}

// openStream opens a file, or one of the names under /dev and /proc that stand for
// a descriptor of the process, or of process 1.
func (s *System) openStream(files descriptors, name string, flag int, mode os.FileMode) (*stream, error) {
	for range 2 { // /var/log/nginx/access.log is a link to /dev/stdout
		switch clean := path.Clean(name); clean {
		case "/dev/stdin", "/dev/stdout", "/dev/stderr":
			return files.opened(map[string]int{"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}[clean])
		default:
			for _, directory := range []string{"/dev/fd/", "/proc/self/fd/"} {
				if text, ok := strings.CutPrefix(clean, directory); ok {
					if number, err := strconv.Atoi(text); err == nil {
						return files.opened(number)
					}
				}
			}
			if text, ok := strings.CutPrefix(clean, "/proc/1/fd/"); ok {
				return s.descriptorOfFirst(text)
			}
		}
		target, err := s.FileSystem.Readlink(name)
		if err != nil {
			break
		}
		name = absolute(path.Dir(name), target)
	}
	if path.Clean(name) == "/dev/null" { // also where nobody made the device
		return nullStream(), nil
	}
	file, err := s.FileSystem.OpenFile(name, flag, mode)
	if err != nil {
		return nil, err
	}
	return fileStream(file), nil
}

func nullStream() *stream {
	null := emptyStream()
	null.write = func(_ context.Context, p []byte) (int, error) { return len(p), nil }
	return null
}

func (d descriptors) opened(number int) (*stream, error) {
	if d[number] == nil {
		return nil, filesystem.ErrNotExist
	}
	return d[number], nil
}

func (s *System) descriptorOfFirst(text string) (*stream, error) {
	number, err := strconv.Atoi(text)
	s.mu.Lock()
	defer s.mu.Unlock()
	first := s.tasks[1]
	if err != nil || first == nil || number < 0 || number >= len(first.standard) || first.standard[number] == nil {
		return nil, filesystem.ErrNotExist
	}
	return first.standard[number], nil
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

// withoutTabs takes the tabs away that begin the lines of a here-document.
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
