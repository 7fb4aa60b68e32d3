package notation

import (
	"strconv"
	"strings"
)

// Unescape replaces backslash sequences. zero says that octal numbers begin with
// 0, as in echo -e and %b. stop is set by \c.
func Unescape(text string, zero bool) (result string, stop bool) {
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
			digits := Leading(text[n+1:], 2, "0123456789abcdefABCDEF")
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
			digits := Leading(text[n:], limit, "01234567")
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

// Leading is the beginning of a text, up to limit bytes, of the bytes of set: the
// digits of a number, for one.
func Leading(text string, limit int, set string) string {
	n := 0
	for n < len(text) && n < limit && strings.IndexByte(set, text[n]) >= 0 {
		n++
	}
	return text[:n]
}

// Quote puts a word into single quotes if a shell would read it differently
// otherwise.
func Quote(word string) string {
	plain := word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%") == ""
	if plain {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
