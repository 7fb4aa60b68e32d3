package terminal

import (
	"context"
	"path"
	"slices"
	"strings"

	"tabernetes/engine/userland/shell"
)

// Completion is what the word before the cursor can be completed to.
type Completion struct {
	// From and To are the range of the word in the line, in bytes.
	From, To int
	// Candidates are its possible completions, sorted by text.
	Candidates []Candidate
}

// Candidate is one possible completion of a word. A text that ends in a slash is
// a directory; any other is to be followed by a blank when chosen, unless it
// ends in an equals sign.
type Candidate struct{ Text, Description string }

func plain(texts []string) []Candidate {
	var candidates []Candidate
	for _, text := range texts {
		candidates = append(candidates, Candidate{Text: text})
	}
	return candidates
}

// maxCandidates is the largest number of candidates returned; the rest is left out.
const maxCandidates = 500

// Complete completes the word before cursor, an offset in the line in bytes: the
// name of a command, a file, a variable, or what kubectl's own completion offers.
// While a line of the session runs there is nothing to complete.
func (s *Session) Complete(ctx context.Context, line string, cursor int) Completion {
	cursor = max(0, min(cursor, len(line)))
	words, from := commandWords(line[:cursor])
	word := words[len(words)-1]
	completion := Completion{From: from, To: cursor}
	state, ok := s.shell.State()
	if !ok {
		return completion
	}
	if name, isVariable := strings.CutPrefix(word, "$"); isVariable && !strings.HasPrefix(name, "{") {
		for _, variable := range matching(state.Variables, name) {
			completion.Candidates = append(completion.Candidates, Candidate{Text: "$" + variable})
		}
		return completion
	}
	switch command := s.expanded(state, words); {
	case len(words) == 1 && !strings.Contains(word, "/"):
		completion.Candidates = plain(matching(state.Names, word))
	case command[0] == "kubectl" && len(command) > 1:
		completion.Candidates = s.completeKubectl(ctx, state, command)
	case command[0] == "docker" && len(command) == 2:
		completion.Candidates = plain(matching(dockerCommands, word))
	default:
		completion.Candidates = plain(s.files(state, word))
	}
	slices.SortFunc(completion.Candidates, func(a, b Candidate) int { return strings.Compare(a.Text, b.Text) })
	completion.Candidates = slices.CompactFunc(completion.Candidates, func(a, b Candidate) bool { return a.Text == b.Text })
	if len(completion.Candidates) > maxCandidates {
		completion.Candidates = completion.Candidates[:maxCandidates]
	}
	return completion
}

// expanded expands an alias at the beginning.
func (s *Session) expanded(state shell.State, words []string) []string {
	if text, ok := state.Aliases[words[0]]; ok && len(words) > 1 {
		return append(strings.Fields(text), words[1:]...)
	}
	return words
}

func matching(names []string, prefix string) []string {
	var found []string
	for _, name := range names {
		if strings.HasPrefix(name, prefix) {
			found = append(found, name)
		}
	}
	return found
}

// completeKubectl asks kubectl, and completes the files of -f itself.
func (s *Session) completeKubectl(ctx context.Context, state shell.State, words []string) []Candidate {
	word := words[len(words)-1]
	for _, flag := range []string{"-f", "--filename", "-k", "--kustomize"} {
		if words[len(words)-2] == flag {
			return plain(s.files(state, word))
		}
		if value, ok := strings.CutPrefix(word, flag+"="); ok {
			candidates := s.files(state, value)
			for n := range candidates {
				candidates[n] = flag + "=" + candidates[n]
			}
			return plain(candidates)
		}
	}
	if s.terminal.options.CompleteKubectl == nil {
		return nil
	}
	candidates := s.terminal.options.CompleteKubectl(ctx, words[1:])
	return slices.DeleteFunc(candidates, func(candidate Candidate) bool { return !strings.HasPrefix(candidate.Text, word) })
}

// files are the paths that begin with a word.
func (s *Session) files(state shell.State, word string) []string {
	directory, base := path.Split(word)
	entries, err := s.terminal.options.Files.ReadDir(shell.PathOf(state.Dir, s.terminal.options.Home, directory))
	if err != nil {
		return nil
	}
	var found []string
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasPrefix(name, base) || strings.HasPrefix(name, ".") && !strings.HasPrefix(base, ".") {
			continue
		}
		if entry.IsDir() {
			name += "/"
		}
		found = append(found, directory+escape(name))
	}
	return found
}

func escape(name string) string {
	return strings.NewReplacer(" ", `\ `, "'", `\'`, `"`, `\"`, "$", `\$`).Replace(name)
}

// commandWords returns the words of the command at the end of a line, the last
// of them perhaps empty, and where the last one begins.
func commandWords(line string) (words []string, from int) {
	var word strings.Builder
	inside, quoted := false, byte(0)
	from = len(line)
	begin := func(n int) {
		if !inside {
			inside, from = true, n
		}
	}
	for n := 0; n < len(line); n++ {
		c := line[n]
		switch {
		case quoted != 0 && c == quoted:
			quoted = 0
		case quoted != 0:
			word.WriteByte(c)
		case c == '\\' && n+1 < len(line):
			begin(n)
			n++
			if line[n] != '\n' {
				word.WriteByte(line[n])
			}
		case c == '\'' || c == '"':
			begin(n)
			quoted = c
		case c == '|' || c == ';' || c == '&' || c == '\n' || c == '(' || c == '`' || c == '{' && !inside:
			words, inside = nil, false
			word.Reset()
		case c == ' ' || c == '\t' || c == '<' || c == '>':
			if inside {
				words = append(words, word.String())
				word.Reset()
				inside = false
			}
		default:
			begin(n)
			word.WriteByte(c)
		}
	}
	if !inside {
		from = len(line)
	}
	words = append(words, word.String())
	for len(words) > 1 && (strings.Contains(words[0], "=") || slices.Contains([]string{"watch", "time", "then", "do", "else", "!", "if", "while"}, words[0])) {
		words = words[1:]
	}
	return words, from
}
