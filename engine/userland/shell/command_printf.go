package shell

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// unescape replaces backslash sequences. zero says that octal numbers begin with
// 0, as in echo -e and %b. stop is set by \c.
func unescape(text string, zero bool) (result string, stop bool) {
	var out strings.Builder
	for n := 0; n < len(text); n++ {
		if text[n] != '\\' || n+1 == len(text) {
			out.WriteByte(text[n])
			continue
		}
		n++
		if at := strings.IndexByte("abefnrtv\\\"'", text[n]); at >= 0 {
			if (text[n] == '"' || text[n] == '\'') && zero {
				out.WriteByte('\\')
			}
			out.WriteByte("\a\b\x1b\f\n\r\t\v\\\"'"[at])
			continue
		}
		switch {
		case text[n] == 'c':
			return out.String(), true
		case text[n] == 'x':
			digits := leading(text[n+1:], 2, "0123456789abcdefABCDEF")
			if digits == "" {
				out.WriteString(`\x`)
				continue
			}
			number, _ := strconv.ParseUint(digits, 16, 8)
			out.WriteByte(byte(number))
			n += len(digits)
		case text[n] >= '0' && text[n] <= '7':
			limit := 3
			if zero && text[n] == '0' {
				limit = 4
			}
			digits := leading(text[n:], limit, "01234567")
			number, _ := strconv.ParseUint(digits, 8, 16)
			out.WriteByte(byte(number))
			n += len(digits) - 1
		default:
			out.WriteByte('\\')
			out.WriteByte(text[n])
		}
	}
	return out.String(), false
}

func leading(text string, limit int, set string) string {
	n := 0
	for n < len(text) && n < limit && strings.IndexByte(set, text[n]) >= 0 {
		n++
	}
	return text[:n]
}

func commandPrintf(ctx context.Context, i *Invocation) int {
	words := i.Args[1:]
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	if len(words) == 0 {
		fmt.Fprintln(i.Stderr, "usage: printf FORMAT [ARG]...")
		return 1
	}
	format, arguments := words[0], words[1:]
	code := 0
	for {
		printer := formatter{invocation: i, arguments: arguments}
		stop := printer.print(format)
		if printer.failed {
			code = 1
		}
		if _, err := fmt.Fprint(i.Stdout, printer.out.String()); err != nil {
			return 1
		}
		if stop || printer.used == 0 || printer.used >= len(arguments) || i.Step(ctx) != nil {
			return code
		}
		arguments = arguments[printer.used:]
	}
}

// formatter carries out one pass of printf over its format.
type formatter struct {
	invocation *Invocation
	arguments  []string
	used       int
	out        strings.Builder
	failed     bool
	literal    bool // the format has no escapes left, as in awk
}

// maxWidth is the widest field of printf.
const maxWidth = 4096

func (f *formatter) next() string {
	f.used++
	if f.used > len(f.arguments) {
		return ""
	}
	return f.arguments[f.used-1]
}

func (f *formatter) print(format string) (stop bool) {
	for format != "" {
		at := strings.IndexByte(format, '%')
		literal := format
		if at >= 0 {
			literal = format[:at]
		}
		text, ended := literal, false
		if !f.literal {
			text, ended = unescape(literal, false)
		}
		f.out.WriteString(text)
		if ended || at < 0 {
			return ended
		}
		format = format[at+1:]
		if strings.HasPrefix(format, "%") {
			f.out.WriteByte('%')
			format = format[1:]
			continue
		}
		spec := "%"
		for format != "" && strings.IndexByte("-+ #0123456789.*", format[0]) >= 0 {
			if format[0] == '*' {
				width, _ := strconv.Atoi(f.next())
				spec += strconv.Itoa(min(width, maxWidth))
			} else {
				spec += format[:1]
			}
			format = format[1:]
		}
		for format != "" && strings.IndexByte("hlLqjzt", format[0]) >= 0 && !strings.HasPrefix(format, "q") {
			format = format[1:]
		}
		if format == "" {
			f.wrong("%s: invalid format", spec)
			return true
		}
		for _, number := range strings.FieldsFunc(spec, func(r rune) bool { return r < '0' || r > '9' }) {
			if width, err := strconv.Atoi(number); err != nil || width > maxWidth {
				f.wrong("%s: invalid format", spec)
				return true
			}
		}
		if f.convert(spec, format[0]) {
			return true
		}
		format = format[1:]
	}
	return false
}

func (f *formatter) wrong(format string, values ...any) {
	f.failed = true
	f.invocation.Errorf(format, values...)
}

func (f *formatter) convert(spec string, letter byte) (stop bool) {
	switch letter {
	case 's':
		fmt.Fprintf(&f.out, spec+"s", f.next())
	case 'q':
		fmt.Fprintf(&f.out, spec+"s", quote(f.next()))
	case 'b':
		text, ended := unescape(f.next(), true)
		fmt.Fprintf(&f.out, spec+"s", text)
		return ended
	case 'c':
		if word := f.next(); word != "" {
			fmt.Fprintf(&f.out, spec+"s", word[:1])
		}
	case 'd', 'i':
		fmt.Fprintf(&f.out, spec+"d", f.number())
	case 'u':
		fmt.Fprintf(&f.out, spec+"d", uint64(f.number()))
	case 'o', 'x', 'X':
		fmt.Fprintf(&f.out, spec+string(letter), uint64(f.number()))
	case 'e', 'E', 'f', 'F', 'g', 'G':
		word := f.next()
		number, err := strconv.ParseFloat(strings.TrimSpace(word), 64)
		if err != nil && word != "" {
			f.wrong("invalid number '%s'", word)
		}
		fmt.Fprintf(&f.out, spec+string(letter), number)
	default:
		f.wrong("%s%c: invalid format", spec, letter)
		return true
	}
	return false
}

func (f *formatter) number() int64 {
	word := strings.TrimSpace(f.next())
	if word == "" {
		return 0
	}
	if word[0] == '\'' || word[0] == '"' {
		for _, character := range word[1:] {
			return int64(character)
		}
		return 0
	}
	number, err := strconv.ParseInt(word, 0, 64)
	if err != nil {
		f.wrong("invalid number '%s'", word)
	}
	return number
}
