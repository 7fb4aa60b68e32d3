package shell

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

func builtinRead(ctx context.Context, in *interpreter, args []string) int {
	args = args[1:]
	raw := false
	limit := time.Duration(0)
	count := 0
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "-" {
		word := args[0]
		args = args[1:]
		if word == "--" {
			break
		}
		for n := 1; n < len(word); n++ {
			letter := word[n]
			if letter == 'r' || letter == 's' {
				raw = raw || letter == 'r'
				continue
			}
			value := word[n+1:]
			if value == "" && len(args) > 0 {
				value, args = args[0], args[1:]
			}
			switch letter {
			case 'p':
				fmt.Fprint(in.errors(ctx), value)
			case 't':
				seconds, err := strconv.ParseFloat(value, 64)
				if err != nil || seconds < 0 {
					in.complain(ctx, "read: %s: invalid timeout specification", value)
					return 2
				}
				limit = max(time.Nanosecond, time.Duration(seconds*float64(time.Second)))
			case 'n', 'd', 'u', 'a':
				count, _ = strconv.Atoi(value)
			default:
				in.complain(ctx, "read: illegal option -%c", letter)
				return 2
			}
			break
		}
	}
	_ = count
	line, err := readLineWithin(ctx, in, limit)
	for !raw && err == nil && strings.HasSuffix(line, "\\\n") && !strings.HasSuffix(line, "\\\\\n") {
		more := ""
		more, err = readLineWithin(ctx, in, limit)
		line = strings.TrimSuffix(line, "\\\n") + more
	}
	line = strings.TrimSuffix(line, "\n")
	if len(args) == 0 {
		args = []string{"REPLY"}
	}
	values := expand.ReadFields(in.config(ctx), line, len(args), raw)
	for n, name := range args {
		value := ""
		if n < len(values) {
			value = values[n]
		}
		if !syntax.ValidName(name) {
			in.complain(ctx, "read: '%s': bad variable name", name)
			return 2
		}
		if !in.assignString(ctx, name, value) {
			return in.status
		}
	}
	if err != nil {
		return 1
	}
	return 0
}

// optionCursor is the position of getopts in a word of several options.
type optionCursor struct{ word, letter int }

func builtinGetopts(ctx context.Context, in *interpreter, args []string) int {
	if len(args) < 3 {
		in.complain(ctx, "getopts: usage: getopts optstring var [arg]")
		return 2
	}
	wanted, name, words := args[1], args[2], in.params
	if len(args) > 3 {
		words = args[3:]
	}
	index, err := strconv.Atoi(in.get("OPTIND"))
	if err != nil || index < 1 {
		index = 1
	}
	if in.option.word != index {
		in.option = optionCursor{word: index}
	}
	end := func() int {
		in.put(name, "?")
		in.put("OPTIND", strconv.Itoa(index))
		return 1
	}
	if index > len(words) {
		return end()
	}
	word := words[index-1]
	if in.option.letter == 0 {
		if word == "--" {
			index++
			return end()
		}
		if len(word) < 2 || word[0] != '-' {
			return end()
		}
		in.option.letter = 1
	}
	letter := word[in.option.letter]
	in.option.letter++
	last := in.option.letter >= len(word)
	at := strings.IndexByte(wanted, letter)
	quiet := strings.HasPrefix(wanted, ":")
	delete(in.variables, "OPTARG")
	result := string(letter)
	switch {
	case at < 0 || letter == ':':
		result = "?"
		if quiet {
			in.put("OPTARG", string(letter))
		} else {
			in.complain(ctx, "illegal option -%c", letter)
		}
	case at+1 < len(wanted) && wanted[at+1] == ':':
		switch {
		case !last:
			in.put("OPTARG", word[in.option.letter:])
		case index < len(words):
			in.put("OPTARG", words[index])
			index++
		case quiet:
			result = ":"
			in.put("OPTARG", string(letter))
		default:
			result = "?"
			in.complain(ctx, "no arg for -%c option", letter)
		}
		last = true
	}
	if last {
		index++
		in.option = optionCursor{word: index}
	}
	in.put(name, result)
	in.put("OPTIND", strconv.Itoa(index))
	return 0
}
