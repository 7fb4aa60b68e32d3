package text

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// Translate is tr: it changes, squeezes or deletes characters.
func Translate(ctx context.Context, i *process.Invocation) int {
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
	err := i.Lines(ctx, i.Stdin, func(line string, whole bool) bool {
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

// characterSet expands a-z, [:upper:] and escapes of tr.
func characterSet(text string) []rune {
	text, _ = notation.Unescape(text, false)
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
