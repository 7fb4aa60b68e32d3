package text

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// Sort prints lines in order.
func Sort(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("nruk:t:o:fbdhVcs", map[string]byte{"reverse": 'r', "numeric-sort": 'n', "unique": 'u', "key": 'k'})
	if !ok {
		return 2
	}
	var lines []string
	code := i.Each(ctx, names, i.CannotOpen, func(_ string, reader io.Reader) error {
		read, err := i.ReadLines(ctx, reader)
		lines = append(lines, read...)
		return err
	})
	if code != 0 {
		return code
	}
	key := sortKey{numeric: found.Has('n') || found.Has('h'), fold: found.Has('f'), reverse: found.Has('r'), separator: found['t']}
	if text := found['k']; text != "" && !key.parse(text) {
		i.Errorf("bad field specification")
		return 2
	}
	slices.SortStableFunc(lines, key.compare)
	if found.Has('u') {
		lines = slices.CompactFunc(lines, func(a, b string) bool { return key.compareKeys(a, b) == 0 })
	}
	output := io.Writer(i.Stdout)
	if name := found['o']; name != "" {
		file, err := i.System.FileSystem.OpenFile(i.Path(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
		if err != nil {
			i.CannotOpen(name, err)
			return 1
		}
		defer func() { _ = file.Close() }()
		output = file
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(output, line); err != nil {
			return 1
		}
	}
	return 0
}

// sortKey says which part of a line is compared and how.
type sortKey struct {
	first, last            int // fields, counted from 1; last 0 is the end of the line
	separator              string
	numeric, fold, reverse bool
}

func (k *sortKey) parse(text string) bool {
	begin, end, ranged := strings.Cut(text, ",")
	number := func(text string) (int, bool) {
		digits := notation.Leading(text, 9, "0123456789")
		for _, letter := range strings.TrimLeft(text[len(digits):], ".0123456789") {
			switch letter {
			case 'n', 'h':
				k.numeric = true
			case 'r':
				k.reverse = true
			case 'f':
				k.fold = true
			case 'b', 'd', 'V':
			default:
				return 0, false
			}
		}
		value, err := strconv.Atoi(digits)
		return value, err == nil && value > 0
	}
	var ok bool
	if k.first, ok = number(begin); !ok {
		return false
	}
	if ranged {
		k.last, ok = number(end)
	}
	return ok
}

func (k *sortKey) of(line string) string {
	if k.first == 0 {
		return line
	}
	var fields []string
	separator := k.separator
	if separator == "" {
		fields, separator = strings.Fields(line), " "
	} else {
		fields = strings.Split(line, separator)
	}
	if k.first > len(fields) {
		return ""
	}
	last := len(fields)
	if k.last > 0 {
		last = min(last, max(k.last, k.first))
	}
	return strings.Join(fields[k.first-1:last], separator)
}

func (k *sortKey) compareKeys(a, b string) int {
	a, b = k.of(a), k.of(b)
	if k.numeric {
		return cmp.Compare(leadingNumber(a), leadingNumber(b))
	}
	if k.fold {
		a, b = strings.ToUpper(a), strings.ToUpper(b)
	}
	return strings.Compare(a, b)
}

func (k *sortKey) compare(a, b string) int {
	result := k.compareKeys(a, b)
	if result == 0 {
		result = strings.Compare(a, b)
	}
	if k.reverse {
		return -result
	}
	return result
}

// leadingNumber is the number that a text begins with, with a suffix K, M or G, or 0.
func leadingNumber(text string) float64 {
	text = strings.TrimSpace(text)
	digits := notation.Leading(text, 30, "-+0123456789.")
	number, _ := strconv.ParseFloat(digits, 64)
	switch rest := strings.ToUpper(text[len(digits):]); {
	case strings.HasPrefix(rest, "K"):
		number *= 1 << 10
	case strings.HasPrefix(rest, "M"):
		number *= 1 << 20
	case strings.HasPrefix(rest, "G"):
		number *= 1 << 30
	}
	return number
}
