package shell

import (
	"context"
	"fmt"
	"strings"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/notation"
	"tabernetes/engine/userland/process"
)

// Echo is echo, as a program and built in.
func Echo(_ context.Context, i *process.Invocation) int {
	words := i.Args[1:]
	newline, escapes := true, false
	for len(words) > 0 && len(words[0]) > 1 && words[0][0] == '-' && strings.Trim(words[0][1:], "neE") == "" {
		for _, letter := range words[0][1:] {
			switch letter {
			case 'n':
				newline = false
			case 'e':
				escapes = true
			case 'E':
				escapes = false
			}
		}
		words = words[1:]
	}
	text := strings.Join(words, " ")
	if escapes {
		var stop bool
		if text, stop = notation.Unescape(text, true); stop {
			newline = false
		}
	}
	if newline {
		text += "\n"
	}
	if _, err := fmt.Fprint(i.Stdout, text); err != nil {
		i.Errorf("write error: %s", filesystem.Text(err))
		return 1
	}
	return 0
}
