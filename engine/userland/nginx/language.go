package nginx

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"tabernetes/engine/userland/filesystem"
)

// directive is a line of a configuration, or a block of lines.
type directive struct {
	name  string
	args  []string
	block []directive
	// at is its place, as "file:line".
	at string
}

// maxIncludes bounds the includes of a configuration; one more is an error, as a file
// that includes itself.
const maxIncludes = 64

// reader reads the files of a configuration.
type reader struct {
	files    *filesystem.FileSystem
	includes int
}

// emerg is an error that nginx does not start with; the text is nginx's.
func emerg(at, format string, values ...any) error {
	return fmt.Errorf("%s in %s", fmt.Sprintf(format, values...), at)
}

// read reads a file and those that it includes.
func (r *reader) read(name string) ([]directive, error) {
	text, err := r.files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("open() %q failed (%d: %s)", name, number(err), filesystem.Text(err))
	}
	s := &scanner{file: name, text: string(text), line: 1}
	found, err := s.directives(false)
	if err != nil {
		return nil, err
	}
	return r.include(found, path.Dir(name))
}

// include replaces each include by what is in its files.
func (r *reader) include(list []directive, directory string) ([]directive, error) {
	var all []directive
	for _, one := range list {
		if one.name != "include" || len(one.args) != 1 {
			block, err := r.include(one.block, directory)
			if err != nil {
				return nil, err
			}
			one.block = block
			all = append(all, one)
			continue
		}
		names, err := r.matching(one, directory)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			included, err := r.read(name)
			if err != nil {
				return nil, err
			}
			all = append(all, included...)
		}
	}
	return all, nil
}

// matching are the files that an include names. Files that a pattern finds need not
// exist, and neither need the usual types, which have no effect here.
func (r *reader) matching(include directive, directory string) ([]string, error) {
	if r.includes++; r.includes > maxIncludes {
		return nil, emerg(include.at, "too many included files")
	}
	name := include.args[0]
	if !path.IsAbs(name) {
		name = path.Join(directory, name)
	}
	if !strings.ContainsAny(name, "*?[") {
		if _, err := r.files.Stat(name); err != nil && path.Base(name) == "mime.types" {
			return nil, nil
		}
		return []string{name}, nil
	}
	entries, err := r.files.ReadDir(path.Dir(name))
	if err != nil {
		return nil, nil //nolint:nilerr // a pattern finds nothing in a directory that is not there
	}
	var names []string
	for _, entry := range entries {
		if ok, err := path.Match(path.Base(name), entry.Name()); err == nil && ok && !entry.IsDir() {
			names = append(names, path.Join(path.Dir(name), entry.Name()))
		}
	}
	return names, nil
}

// number is the C library's number of a file's error, as far as nginx meets it.
func number(err error) int {
	if errors.Is(err, filesystem.ErrNotDirectory) {
		return 20
	}
	if errors.Is(err, fs.ErrPermission) {
		return 13
	}
	return 2
}

// scanner reads the text of one file.
type scanner struct {
	file, text string
	line       int
}

func (s *scanner) at() string { return fmt.Sprintf("%s:%d", s.file, s.line) }

// directives reads up to the end of a block, or of the file.
func (s *scanner) directives(inBlock bool) ([]directive, error) {
	var list []directive
	for {
		word, kind, err := s.next()
		switch {
		case err != nil:
			return nil, err
		case kind == endOfFile && inBlock:
			return nil, emerg(s.at(), `unexpected end of file, expecting "}"`)
		case kind == endOfFile:
			return list, nil
		case kind == '}' && inBlock:
			return list, nil
		case kind != 0:
			return nil, emerg(s.at(), "unexpected %q", word)
		}
		one := directive{name: word, at: s.at()}
		for ended := false; !ended; {
			word, kind, err := s.next()
			if err != nil {
				return nil, err
			}
			switch kind {
			case 0:
				one.args = append(one.args, word)
			case ';':
				ended = true
			case '{':
				if one.block, err = s.directives(true); err != nil {
					return nil, err
				}
				ended = true
			case '}':
				return nil, emerg(s.at(), `unexpected "}"`)
			default:
				return nil, emerg(s.at(), `unexpected end of file, expecting ";" or "}"`)
			}
		}
		list = append(list, one)
	}
}

// endOfFile is the kind of what is not there any more.
const endOfFile = 'E'

// next returns the next word, whose kind is zero, or one of the characters ; { }.
func (s *scanner) next() (word string, kind byte, err error) {
	for s.text != "" {
		switch c := s.text[0]; c {
		case '\n':
			s.line++
			s.text = s.text[1:]
		case ' ', '\t', '\r':
			s.text = s.text[1:]
		case '#':
			end := strings.IndexByte(s.text, '\n')
			if end < 0 {
				end = len(s.text)
			}
			s.text = s.text[end:]
		case ';', '{', '}':
			s.text = s.text[1:]
			return string(c), c, nil
		case '"', '\'':
			return s.quoted(c)
		default:
			return s.bare(), 0, nil
		}
	}
	return "", endOfFile, nil
}

// quoted reads a word in quotes.
func (s *scanner) quoted(quote byte) (string, byte, error) {
	var word strings.Builder
	began := s.at()
	for n := 1; n < len(s.text); n++ {
		switch c := s.text[n]; {
		case c == quote:
			s.text = s.text[n+1:]
			return word.String(), 0, nil
		case c == '\\' && n+1 < len(s.text):
			n++
			switch s.text[n] {
			case 'n':
				word.WriteByte('\n')
			case 't':
				word.WriteByte('\t')
			case 'r':
				word.WriteByte('\r')
			case quote, '\\':
				word.WriteByte(s.text[n])
			default:
				word.WriteString(s.text[n-1 : n+1])
			}
		default:
			if c == '\n' {
				s.line++
			}
			word.WriteByte(c)
		}
	}
	return "", 0, emerg(began, `unexpected end of file, expecting "%c"`, quote)
}

// bare reads a word without quotes, which may have ${name} in it.
func (s *scanner) bare() string {
	for n := 0; n < len(s.text); n++ {
		switch c := s.text[n]; {
		case c == '\\' && n+1 < len(s.text):
			n++
		case c == '$' && n+1 < len(s.text) && s.text[n+1] == '{':
			if end := strings.IndexByte(s.text[n:], '}'); end > 0 {
				n += end
			}
		case strings.IndexByte(" \t\r\n;{}", c) >= 0:
			word := s.text[:n]
			s.text = s.text[n:]
			return word
		}
	}
	word := s.text
	s.text = ""
	return word
}
