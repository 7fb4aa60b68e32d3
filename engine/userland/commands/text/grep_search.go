package text

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"tabernetes/engine/userland/process"
)

// searching are the options of a grep.
type searching struct {
	found         process.Options
	pattern       *regexp.Regexp
	before, after int
	titles        bool
}

// lines looks through one file and says whether a line was selected.
func (s *searching) lines(ctx context.Context, i *process.Invocation, name string, reader io.Reader) (bool, error) {
	if name == "-" {
		name = "(standard input)"
	}
	limit := -1
	if text := s.found['m']; text != "" {
		limit, _ = strconv.Atoi(text)
	}
	count, number, lastShown, pending := 0, 0, 0, 0
	var recent []string
	quiet := s.found.Has('q') || s.found.Has('c') || s.found.Has('l') || s.found.Has('L')
	show := func(number int, mark, line string) bool {
		if (s.before > 0 || s.after > 0) && lastShown > 0 && number > lastShown+1 {
			fmt.Fprintln(i.Stdout, "--")
		}
		lastShown = number
		prefix := ""
		if s.titles {
			prefix = name + mark
		}
		if s.found.Has('n') {
			prefix += strconv.Itoa(number) + mark
		}
		_, err := fmt.Fprintln(i.Stdout, prefix+line)
		return err == nil
	}
	err := i.Lines(ctx, reader, func(line string, _ bool) bool {
		number++
		if limit >= 0 && count >= limit && pending == 0 {
			return false
		}
		selected := s.pattern.MatchString(line) != s.found.Has('v') && (limit < 0 || count < limit)
		if !selected {
			if pending > 0 && !quiet {
				pending--
				return show(number, "-", line)
			}
			if s.before > 0 {
				recent = append(recent, line)
				if len(recent) > s.before {
					recent = recent[1:]
				}
			}
			return true
		}
		count++
		if quiet {
			return s.found.Has('c')
		}
		for n, earlier := range recent {
			show(number-len(recent)+n, "-", earlier)
		}
		recent = nil
		pending = s.after
		if s.found.Has('o') && !s.found.Has('v') {
			for _, match := range s.pattern.FindAllString(line, -1) {
				if match != "" && !show(number, ":", match) {
					return false
				}
			}
			return true
		}
		return show(number, ":", line)
	})
	switch {
	case s.found.Has('q'):
	case s.found.Has('c'):
		prefix := ""
		if s.titles {
			prefix = name + ":"
		}
		fmt.Fprintf(i.Stdout, "%s%d\n", prefix, count)
	case s.found.Has('l') && count > 0, s.found.Has('L') && count == 0:
		fmt.Fprintln(i.Stdout, name)
	}
	return count > 0, err
}
