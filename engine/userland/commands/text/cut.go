package text

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"tabernetes/engine/userland/process"
)

// Cut prints parts of each line: fields or characters.
func Cut(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("d:f:c:b:sn", map[string]byte{"delimiter": 'd', "fields": 'f', "only-delimited": 's', "characters": 'c'})
	if !ok {
		return 1
	}
	list := found['f'] + found['c'] + found['b']
	if list == "" {
		i.Errorf("expected a list of bytes, characters, or fields")
		return 1
	}
	ranges, ok := parseRanges(list)
	if !ok {
		i.Errorf("invalid range '%s'", list)
		return 1
	}
	delimiter := "\t"
	if found.Has('d') {
		delimiter = found['d']
		if len([]rune(delimiter)) != 1 {
			i.Errorf("the delimiter must be a single character")
			return 1
		}
	}
	return i.Each(ctx, names, i.CannotOpen, func(_ string, reader io.Reader) error {
		return i.Lines(ctx, reader, func(line string, _ bool) bool {
			var kept []string
			separator := ""
			if found.Has('f') {
				if !strings.Contains(line, delimiter) {
					if !found.Has('s') {
						fmt.Fprintln(i.Stdout, line)
					}
					return true
				}
				separator = delimiter
				for n, field := range strings.Split(line, delimiter) {
					if inRanges(ranges, n+1) {
						kept = append(kept, field)
					}
				}
			} else {
				for n, character := range []rune(line) {
					if inRanges(ranges, n+1) {
						kept = append(kept, string(character))
					}
				}
			}
			_, err := fmt.Fprintln(i.Stdout, strings.Join(kept, separator))
			return err == nil
		})
	})
}

// parseRanges reads a list such as 1,3-5,7-.
func parseRanges(text string) ([][2]int, bool) {
	var ranges [][2]int
	for _, part := range strings.Split(text, ",") {
		begin, end, ranged := strings.Cut(part, "-")
		from, to := 1, 1<<30
		var err error
		if begin != "" {
			if from, err = strconv.Atoi(begin); err != nil || from < 1 {
				return nil, false
			}
		}
		if !ranged {
			to = from
		} else if end != "" {
			if to, err = strconv.Atoi(end); err != nil || to < from {
				return nil, false
			}
		}
		if begin == "" && end == "" {
			return nil, false
		}
		ranges = append(ranges, [2]int{from, to})
	}
	return ranges, true
}

func inRanges(ranges [][2]int, n int) bool {
	for _, r := range ranges {
		if n >= r[0] && n <= r[1] {
			return true
		}
	}
	return false
}
