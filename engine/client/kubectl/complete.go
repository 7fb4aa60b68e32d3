package kubectl

import (
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// Candidate is one possible completion of a command's last argument.
type Candidate struct{ Text, Description string }

// Complete returns the possible completions of the last argument, which may be
// empty, by kubectl's own completion: commands, flags, kinds, and the names of
// existing objects.
func (k *Kubectl) Complete(ctx context.Context, arguments []string) []Candidate {
	var out bytes.Buffer
	k.Run(ctx, append([]string{cobra.ShellCompRequestCmd}, arguments...), Streams{
		In: strings.NewReader(""), Out: &out, ErrOut: io.Discard,
	})
	var candidates []Candidate
	for _, line := range strings.Split(strings.TrimRight(out.String(), "\n"), "\n") {
		// The last line is the directive for the shell, ":4".
		if line == "" || strings.HasPrefix(line, ":") {
			continue
		}
		text, description, _ := strings.Cut(line, "\t")
		candidates = append(candidates, Candidate{Text: text, Description: description})
	}
	return candidates
}
