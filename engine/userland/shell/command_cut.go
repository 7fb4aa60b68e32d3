package shell

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

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

func commandCut(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("d:f:c:b:sn", map[string]byte{"delimiter": 'd', "fields": 'f', "only-delimited": 's', "characters": 'c'})
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
	if found.has('d') {
		delimiter = found['d']
		if len([]rune(delimiter)) != 1 {
			i.Errorf("the delimiter must be a single character")
			return 1
		}
	}
	return i.each(ctx, names, func(_ string, reader io.Reader) error {
		return i.lines(ctx, reader, func(line string, _ bool) bool {
			var kept []string
			separator := ""
			if found.has('f') {
				if !strings.Contains(line, delimiter) {
					if !found.has('s') {
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

// characterSet expands a-z, [:upper:] and escapes of tr.
func characterSet(text string) []rune {
	text, _ = unescape(text, false)
	for name, letters := range map[string]string{
		"[:lower:]": "abcdefghijklmnopqrstuvwxyz", "[:upper:]": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "[:digit:]": "0123456789",
		"[:alpha:]": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
		"[:alnum:]": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
		"[:space:]": "\t\n\v\f\r ", "[:blank:]": "\t ", "[:punct:]": "!\"#$%&'()*+,\\-./:;<=>?@[]^_`{|}~",
	} {
		text = strings.ReplaceAll(text, name, letters)
	}
	runes := []rune(text)
	var set []rune
	for n := 0; n < len(runes); n++ {
		if runes[n] == '\\' && n+1 < len(runes) {
			n++
			set = append(set, runes[n])
			continue
		}
		if n+2 < len(runes) && runes[n+1] == '-' && runes[n] <= runes[n+2] && runes[n+2]-runes[n] < 1<<16 {
			for r := runes[n]; r <= runes[n+2]; r++ {
				set = append(set, r)
			}
			n += 2
			continue
		}
		set = append(set, runes[n])
	}
	return set
}

func commandTranslate(ctx context.Context, i *Invocation) int {
	remove, squeeze, complement := false, false, false
	words := i.Args[1:]
	for len(words) > 0 && len(words[0]) > 1 && words[0][0] == '-' && strings.Trim(words[0][1:], "dscC") == "" {
		remove = remove || strings.Contains(words[0], "d")
		squeeze = squeeze || strings.Contains(words[0], "s")
		complement = complement || strings.ContainsAny(words[0], "cC")
		words = words[1:]
	}
	if len(words) == 0 || len(words) == 1 && !remove && !squeeze {
		fmt.Fprintln(i.Stderr, "Usage: tr [-cds] STRING1 [STRING2]")
		return 1
	}
	from := characterSet(words[0])
	var to []rune
	if len(words) > 1 {
		to = characterSet(words[1])
	}
	squeezed := from
	if len(to) > 0 {
		squeezed = to
	}
	var last rune = -1
	translate := func(text string) string {
		var out strings.Builder
		for _, r := range text {
			at := slices.Index(from, r)
			selected := (at >= 0) != complement
			if selected && remove {
				continue
			}
			if selected && len(to) > 0 && !remove {
				if complement || at >= len(to) {
					at = len(to) - 1
				}
				r = to[at]
			}
			if squeeze && r == last && (len(to) > 0 && slices.Contains(squeezed, r) || len(to) == 0 && selected) {
				continue
			}
			last = r
			out.WriteRune(r)
		}
		return out.String()
	}
	err := i.lines(ctx, i.Stdin, func(line string, whole bool) bool {
		if whole {
			line += "\n"
		}
		_, err := fmt.Fprint(i.Stdout, translate(line))
		return err == nil
	})
	if err != nil {
		return 1
	}
	return 0
}
