package notation

import (
	"fmt"
	"strconv"
	"strings"
)

// Formatter carries out one pass of printf over its format.
type Formatter struct {
	// Arguments are the words behind the format; Used is how many of them it took,
	// more than there are if some were missing.
	Arguments []string
	Used      int
	// Literal says that the format has no escapes left, as in awk.
	Literal bool
	// Wrong is told what is wrong with the format or an argument.
	Wrong func(format string, values ...any)

	out strings.Builder
}

// maxWidth is the widest field of printf.
const maxWidth = 4096

func (f *Formatter) next() string {
	f.Used++
	if f.Used > len(f.Arguments) {
		return ""
	}
	return f.Arguments[f.Used-1]
}

// Format gives the text. stop says that the output is to end with it.
func (f *Formatter) Format(format string) (text string, stop bool) {
	stop = f.print(format)
	return f.out.String(), stop
}

func (f *Formatter) print(format string) (stop bool) {
	for format != "" {
		at := strings.IndexByte(format, '%')
		literal := format
		if at >= 0 {
			literal = format[:at]
		}
		text, ended := literal, false
		if !f.Literal {
			text, ended = Unescape(literal, false)
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
			f.Wrong("%s: invalid format", spec)
			return true
		}
		for _, number := range strings.FieldsFunc(spec, func(r rune) bool { return r < '0' || r > '9' }) {
			if width, err := strconv.Atoi(number); err != nil || width > maxWidth {
				f.Wrong("%s: invalid format", spec)
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

func (f *Formatter) convert(spec string, letter byte) (stop bool) {
	switch letter {
	case 's':
		fmt.Fprintf(&f.out, spec+"s", f.next())
	case 'q':
		fmt.Fprintf(&f.out, spec+"s", Quote(f.next()))
	case 'b':
		text, ended := Unescape(f.next(), true)
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
			f.Wrong("invalid number '%s'", word)
		}
		fmt.Fprintf(&f.out, spec+string(letter), number)
	default:
		f.Wrong("%s%c: invalid format", spec, letter)
		return true
	}
	return false
}

func (f *Formatter) number() int64 {
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
		f.Wrong("invalid number '%s'", word)
	}
	return number
}
