package notation

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// maxPattern is the longest regular expression, in bytes.
const maxPattern = 4096

// Regexp compiles a regular expression of POSIX: a basic one, or an extended
// one. Go's engine takes linear time and knows no back references.
func Regexp(text string, extended, fold bool) (*regexp.Regexp, error) {
	if len(text) > maxPattern {
		return nil, errors.New("regular expression too long")
	}
	if !extended {
		text = BasicToExtended(text)
	}
	flags := "(?m)"
	if fold {
		flags = "(?mi)"
	}
	compiled, err := regexp.Compile(flags + text)
	if err != nil {
		return nil, fmt.Errorf("bad regex '%s': %s", text, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	compiled.Longest()
	return compiled, nil
}

// BasicToExtended swaps the meaning of the characters that basic expressions
// escape: \( \) \{ \} \| \+ \?.
func BasicToExtended(text string) string {
	var out strings.Builder
	for n := 0; n < len(text); n++ {
		c := text[n]
		switch {
		case c == '\\' && n+1 < len(text):
			n++
			if strings.IndexByte("(){}|+?", text[n]) >= 0 {
				out.WriteByte(text[n])
			} else {
				out.WriteByte('\\')
				out.WriteByte(text[n])
			}
		case strings.IndexByte("(){}|+?", c) >= 0:
			out.WriteByte('\\')
			out.WriteByte(c)
		case c == '*' && (n == 0 || text[n-1] == '^' && n == 1 || n > 1 && text[n-2:n] == `\(`):
			out.WriteString(`\*`)
		case c == '[':
			end := bracketEnd(text, n)
			out.WriteString(strings.ReplaceAll(text[n:end], `\`, `\\`))
			n = end - 1
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// bracketEnd is where the bracket expression that begins at n ends.
func bracketEnd(text string, n int) int {
	at := n + 1
	if at < len(text) && text[at] == '^' {
		at++
	}
	if at < len(text) && text[at] == ']' {
		at++
	}
	for at < len(text) && text[at] != ']' {
		if strings.HasPrefix(text[at:], "[:") {
			if end := strings.Index(text[at:], ":]"); end > 0 {
				at += end + 1
			}
		}
		at++
	}
	return min(at+1, len(text))
}
