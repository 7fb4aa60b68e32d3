package image

import (
	"strconv"
	"strings"
	"time"
)

// Instruction is one thing a process does. Exactly one field is set.
type Instruction struct {
	// Print is a line for the log, with ${hostname} and ${tag} replaced.
	Print *string
	// Sleep is a wait; Forever when it never ends.
	Sleep time.Duration
	// Again starts the program from its first instruction.
	Again bool
	// Exit ends the process with this code.
	Exit *int32
}

// Forever is a sleep that does not end.
const Forever = time.Duration(1<<63 - 1)

// Process is what the main process of a container does.
type Process struct {
	// Program is run from the first instruction. A server's program sleeps
	// forever after its first lines.
	Program []Instruction
	// Serves says that the process listens and answers as the image does.
	Serves bool
	// Stop is the reaction to SIGTERM.
	Stop Stop
}

// Process tells what a container does whose command and args are those of the
// pod, with Kubernetes' rule for which of them replaces what.
//
// Commands have a meaning only in images with a shell, and there only a few:
// sleep, echo, true, false, exit, date, joined by ";", "&&", "||" and newlines,
// and "while true; do ...; done" around them. Any other command takes a second
// and succeeds. A program with a shell's syntax beyond that belongs to the
// interpreter that replaces this.
func (i Image) Process(command, args []string) Process {
	words := command
	if len(words) == 0 && i.Shell {
		words = args
	} else if len(words) > 0 {
		words = append(append([]string(nil), command...), args...)
	}
	if len(words) == 0 || (!i.Shell && !isShell(words[0]) && !isBuiltIn(words[0])) {
		return i.mainProcess()
	}
	// Process 1 has no default action for SIGTERM, so a shell or a sleep outlives
	// it; only the grace period ends them.
	process := Process{Stop: Stop{Ignored: true}}
	if isShell(words[0]) {
		process.Program = parseScript(scriptOf(words))
	} else {
		process.Program = simpleCommand(words)
	}
	return process
}

func (i Image) mainProcess() Process {
	process := Process{Serves: len(i.Ports) > 0 || !i.Known, Stop: i.Stop}
	for _, line := range i.Log.Start {
		process.Program = append(process.Program, printing(line))
	}
	if i.Exit == nil {
		process.Program = append(process.Program, Instruction{Sleep: Forever})
		return process
	}
	process.Program = append(process.Program, Instruction{Sleep: i.Exit.After.Duration})
	if i.Exit.Log != "" {
		process.Program = append(process.Program, printing(i.Exit.Log))
	}
	process.Program = append(process.Program, exiting(i.Exit.Code))
	return process
}

func printing(line string) Instruction { return Instruction{Print: &line} }

func exiting(code int32) Instruction { return Instruction{Exit: &code} }

func isShell(program string) bool {
	switch program[strings.LastIndexByte(program, '/')+1:] {
	case "sh", "ash", "bash", "dash":
		return true
	}
	return false
}

func isBuiltIn(program string) bool {
	switch program[strings.LastIndexByte(program, '/')+1:] {
	case "sleep", "echo", "true", "false", "date":
		return true
	}
	return false
}

// scriptOf is the text after -c, or nothing: a shell without a script reads its
// standard input, which is empty, and ends.
func scriptOf(words []string) string {
	for n, word := range words[1:] {
		if strings.HasPrefix(word, "-") && strings.HasSuffix(word, "c") && n+2 < len(words) {
			return words[n+2]
		}
	}
	return ""
}

// otherCommand is how long a command without a meaning here takes.
const otherCommand = time.Second

func simpleCommand(words []string) []Instruction {
	program, code := run(words)
	if program[len(program)-1].Exit == nil {
		program = append(program, exiting(code))
	}
	return program
}

// run gives the instructions of one command and its exit code. The instructions
// are never none.
func run(words []string) ([]Instruction, int32) {
	name := words[0][strings.LastIndexByte(words[0], '/')+1:]
	switch name {
	case "true", ":":
		return []Instruction{{}}, 0
	case "false":
		return []Instruction{{}}, 1
	case "exit":
		code := int64(0)
		if len(words) > 1 {
			code, _ = strconv.ParseInt(words[1], 10, 32)
		}
		return []Instruction{exiting(int32(code & 0xff))}, 0
	case "echo":
		return []Instruction{printing(strings.Join(words[1:], " "))}, 0
	case "date":
		return []Instruction{printing("${date}")}, 0
	case "sleep":
		if len(words) < 2 {
			return []Instruction{printing("sleep: missing operand")}, 1
		}
		duration, ok := sleepTime(words[1])
		if !ok {
			return []Instruction{printing("sleep: invalid number '" + words[1] + "'")}, 1
		}
		return []Instruction{{Sleep: duration}}, 0
	case "tail":
		return []Instruction{{Sleep: Forever}}, 0
	}
	return []Instruction{{Sleep: otherCommand}}, 0
}

func sleepTime(text string) (time.Duration, bool) {
	switch text {
	case "":
		return 0, false
	case "infinity", "inf":
		return Forever, true
	}
	unit := time.Second
	switch text[len(text)-1] {
	case 's':
		text = text[:len(text)-1]
	case 'm':
		text, unit = text[:len(text)-1], time.Minute
	case 'h':
		text, unit = text[:len(text)-1], time.Hour
	case 'd':
		text, unit = text[:len(text)-1], 24*time.Hour
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || !(number >= 0) {
		return 0, false
	}
	if number*float64(unit) >= float64(Forever) {
		return Forever, true
	}
	return time.Duration(number * float64(unit)), true
}
