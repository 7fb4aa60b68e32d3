package system

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// Date prints the time.
func Date(_ context.Context, i *process.Invocation) int {
	words := i.Args[1:]
	at := i.System.Now().UTC()
	format := "%a %b %e %H:%M:%S %Z %Y"
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		switch {
		case strings.HasPrefix(word, "+"):
			format = word[1:]
		case word == "-u" || word == "--utc":
		case word == "-R":
			format = "%a, %d %b %Y %H:%M:%S %z"
		case strings.HasPrefix(word, "-I"):
			format = "%Y-%m-%d"
			if word == "-Iseconds" {
				format = "%Y-%m-%dT%H:%M:%S+00:00"
			}
		case (word == "-d" || word == "-s" || word == "-r") && len(words) > 0:
			value := words[0]
			words = words[1:]
			if word == "-s" {
				i.Errorf("can't set date: Operation not permitted")
				return 1
			}
			if word == "-r" {
				info, err := i.Stat(value)
				if err != nil {
					i.Fail(value, err)
					return 1
				}
				at = info.ModTime().UTC()
				continue
			}
			parsed, ok := notation.Date(value)
			if !ok {
				i.Errorf("invalid date '%s'", value)
				return 1
			}
			at = parsed
		default:
			i.Errorf("invalid date '%s'", word)
			return 1
		}
	}
	fmt.Fprintln(i.Stdout, formatDate(at, format))
	return 0
}

// formatDate is strftime(3).
func formatDate(at time.Time, format string) string {
	layouts := map[byte]string{
		'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'h': "Jan", 'c': "Mon Jan _2 15:04:05 2006",
		'd': "02", 'e': "_2", 'D': "01/02/06", 'F': "2006-01-02", 'H': "15", 'I': "03", 'm': "01", 'M': "04", 'p': "PM",
		'R': "15:04", 'S': "05", 'T': "15:04:05", 'x': "01/02/06", 'X': "15:04:05", 'y': "06", 'Y': "2006", 'z': "-0700", 'Z': "MST",
		'j': "002", 'r': "03:04:05 PM",
	}
	var out strings.Builder
	for n := 0; n < len(format); n++ {
		if format[n] != '%' || n+1 == len(format) {
			out.WriteByte(format[n])
			continue
		}
		n++
		switch letter := format[n]; letter {
		case '%':
			out.WriteByte('%')
		case 'n':
			out.WriteByte('\n')
		case 't':
			out.WriteByte('\t')
		case 's':
			out.WriteString(strconv.FormatInt(at.Unix(), 10))
		case 'N':
			fmt.Fprintf(&out, "%09d", at.Nanosecond())
		case 'u':
			out.WriteString(strconv.Itoa((int(at.Weekday())+6)%7 + 1))
		case 'w':
			out.WriteString(strconv.Itoa(int(at.Weekday())))
		default:
			if layout, ok := layouts[letter]; ok {
				out.WriteString(at.Format(layout))
			} else {
				out.WriteString("%" + string(letter))
			}
		}
	}
	return out.String()
}
