package text

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// oldOption turns head -5 into head -n 5.
func oldOption(i *process.Invocation) {
	for n, word := range i.Args[1:] {
		if n > 0 && (i.Args[n] == "-n" || i.Args[n] == "-c") {
			continue
		}
		if len(word) > 1 && word[0] == '-' && strings.Trim(word[1:], "0123456789") == "" {
			args := slices.Clone(i.Args)
			i.Args = slices.Replace(args, n+1, n+2, "-n", word[1:])
			return
		}
	}
}

func printTitle(i *process.Invocation, name string, show bool, first *bool) {
	if show {
		if !*first {
			fmt.Fprintln(i.Stdout)
		}
		if name == "-" {
			name = "standard input"
		}
		fmt.Fprintf(i.Stdout, "==> %s <==\n", name)
	}
	*first = false
}

// amount reads -n and -c.
func amount(i *process.Invocation, found process.Options, usual int64) (count int64, byBytes, ok bool) {
	count = usual
	for _, letter := range []byte("nc") {
		text, given := found[letter]
		if !given {
			continue
		}
		byBytes = letter == 'c'
		sign := int64(1)
		if rest, negative := strings.CutPrefix(text, "-"); negative {
			sign, text = -1, rest
		}
		number, valid := notation.Size(strings.TrimPrefix(text, "+"))
		if !valid {
			i.Errorf("invalid number '%s'", found[letter])
			return 0, false, false
		}
		count = sign * number
	}
	return count, byBytes, true
}

func ignoreBrokenPipe(_ int64, err error) error {
	if errors.Is(err, filesystem.ErrBrokenPipe) {
		return nil
	}
	return err
}
