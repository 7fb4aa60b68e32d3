package text

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"tabernetes/engine/userland/process"
)

// Seq prints numbers from one to another.
func Seq(ctx context.Context, i *process.Invocation) int {
	words := i.Args[1:]
	separator := "\n"
	pad := false
	for len(words) > 0 && (strings.HasPrefix(words[0], "-w") || strings.HasPrefix(words[0], "-s")) {
		switch text, given := strings.CutPrefix(words[0], "-s"); {
		case !given:
			pad = true
		case text != "":
			separator = text
		case len(words) > 1:
			separator = words[1]
			words = words[1:]
		}
		words = words[1:]
	}
	numbers := make([]float64, len(words))
	decimals := 0
	for n, word := range words {
		number, err := strconv.ParseFloat(word, 64)
		if err != nil {
			i.Errorf("invalid number '%s'", word)
			return 1
		}
		numbers[n] = number
		if _, fraction, ok := strings.Cut(word, "."); ok {
			decimals = max(decimals, len(fraction))
		}
	}
	first, step, last := 1.0, 1.0, 0.0
	switch len(numbers) {
	case 1:
		last = numbers[0]
	case 2:
		first, last = numbers[0], numbers[1]
	case 3:
		first, step, last = numbers[0], numbers[1], numbers[2]
	default:
		fmt.Fprintln(i.Stderr, "Usage: seq [-w] [-s SEP] [FIRST [INC]] LAST")
		return 1
	}
	if step == 0 {
		i.Errorf("increment must not be zero")
		return 1
	}
	width := 0
	if pad {
		width = max(len(strconv.FormatFloat(first, 'f', decimals, 64)), len(strconv.FormatFloat(last, 'f', decimals, 64)))
	}
	begun := false
	for n := 0; ; n++ {
		value := first + float64(n)*step
		if step > 0 && value > last || step < 0 && value < last {
			break
		}
		text := strconv.FormatFloat(value, 'f', decimals, 64)
		if len(text) < width {
			text = strings.Repeat("0", width-len(text)) + text
		}
		if begun {
			text = separator + text
		}
		begun = true
		if _, err := fmt.Fprint(i.Stdout, text); err != nil || n%process.LinesPerStep == process.LinesPerStep-1 && i.Step(ctx) != nil {
			return 1
		}
	}
	if begun {
		fmt.Fprintln(i.Stdout)
	}
	return 0
}
