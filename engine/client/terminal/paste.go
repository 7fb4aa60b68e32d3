package terminal

import (
	"regexp"
	"strings"

	"tabernetes/engine/userland/shell"
)

// prompt is what a shell writes before a command: root@k8s-master:~#,
// [root@node ~]#, user@host:/tmp$, or a lone $ .
var prompt = regexp.MustCompile(`^\s*(?:[\w.-]+@[\w.-]+:[^\s#$]*[#$]|\[[\w.-]+@[\w.-]+ [^\]]+\][#$]|\$)(?:\s+|$)`)

// Commands returns the commands in a typed or pasted text. If its first line has
// a prompt, the text is a transcript: prompts are removed, and so are lines
// without one as output, unless they continue a command (after a backslash, in a
// quote, a loop or a here-document). Any other text is returned unchanged.
func Commands(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	text = strings.ReplaceAll(text, "\u00a0", " ") // web pages write it for indentation
	text = strings.TrimRight(strings.TrimLeft(text, "\n"), "\n")
	if !prompt.MatchString(text) {
		return text
	}
	var commands []string
	current := ""
	open := false
	for _, line := range strings.Split(text, "\n") {
		if open {
			current += "\n" + strings.TrimPrefix(line, "> ")
		} else {
			place := prompt.FindStringIndex(line)
			if place == nil {
				continue
			}
			current = line[place[1]:]
		}
		if open = !shell.Complete(current); !open {
			commands = append(commands, current)
		}
	}
	if open {
		commands = append(commands, current)
	}
	return strings.Trim(strings.Join(commands, "\n"), "\n")
}
