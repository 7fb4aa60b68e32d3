package image

import "strings"

// parseScript turns a script into a program; see Process for what it
// understands. The program always ends in an exit, a sleep forever or Again.
func parseScript(script string) []Instruction {
	program, code, ended := sequence(splitCommands(script))
	if ended {
		return program
	}
	return append(program, exiting(code))
}

// sequence runs commands one after the other and follows && and ||. It reports
// whether the program cannot go on after its last instruction.
func sequence(commands []scriptCommand) (program []Instruction, code int32, ended bool) {
	for n := 0; n < len(commands); n++ {
		command := commands[n]
		if (command.join == "&&" && code != 0) || (command.join == "||" && code == 0) {
			continue
		}
		switch command.words[0] {
		case "while", "until", "for":
			body, next := loopBody(commands, n)
			n = next
			if isEndless(command.words) && len(body) > 0 {
				inner, _, innerEnded := sequence(body)
				if innerEnded {
					return append(program, inner...), 0, true
				}
				if len(program) > 0 || !sleeps(inner) {
					// Only a whole program can start again, and one without a wait
					// would never let time pass.
					return append(append(program, inner...), Instruction{Sleep: Forever}), 0, true
				}
				return append(inner, Instruction{Again: true}), 0, true
			}
			code = 0
			continue
		}
		instructions, result := run(command.words)
		program, code = append(program, instructions...), result
		if last := program[len(program)-1]; last.Exit != nil || last.Sleep == Forever {
			return program, code, true
		}
	}
	return program, code, false
}

func isEndless(words []string) bool {
	return words[0] == "while" && len(words) == 2 && (words[1] == "true" || words[1] == ":")
}

func sleeps(program []Instruction) bool {
	for _, instruction := range program {
		if instruction.Sleep > 0 {
			return true
		}
	}
	return false
}

// loopBody gives the commands between the do and the done of the loop that
// begins at index start, and the index of its last command.
func loopBody(commands []scriptCommand, start int) (body []scriptCommand, end int) {
	depth := 0
	for n := start; n < len(commands); n++ {
		command := commands[n]
		switch command.words[0] {
		case "while", "until", "for":
			depth++
		case "done":
			depth--
			if depth == 0 {
				return body, n
			}
		case "do":
			if depth == 1 {
				if len(command.words) > 1 {
					body = append(body, scriptCommand{words: command.words[1:]})
				}
				continue
			}
		}
		if n > start {
			body = append(body, command)
		}
	}
	return body, len(commands)
}

type scriptCommand struct {
	join  string // what stands before it: "&&", "||" or ""
	words []string
}

// splitCommands cuts a script into commands and words; quotes group, and a
// backslash takes the next character as it is.
func splitCommands(script string) []scriptCommand {
	var commands []scriptCommand
	current := scriptCommand{}
	var word strings.Builder
	inWord := false
	endWord := func() {
		if inWord {
			current.words = append(current.words, word.String())
			word.Reset()
			inWord = false
		}
	}
	endCommand := func(next string) {
		endWord()
		if len(current.words) > 0 {
			commands = append(commands, current)
		}
		current = scriptCommand{join: next}
	}
	for n := 0; n < len(script); n++ {
		switch character := script[n]; character {
		case ' ', '\t':
			endWord()
		case '\n', ';':
			endCommand("")
		case '&', '|':
			if n+1 < len(script) && script[n+1] == character {
				n++
				endCommand(string([]byte{character, character}))
				continue
			}
			endCommand("")
		case '\'', '"':
			inWord = true
			for n++; n < len(script) && script[n] != character; n++ {
				word.WriteByte(script[n])
			}
		case '\\':
			if n+1 < len(script) {
				n++
				inWord = true
				word.WriteByte(script[n])
			}
		default:
			inWord = true
			word.WriteByte(character)
		}
	}
	endCommand("")
	return commands
}
