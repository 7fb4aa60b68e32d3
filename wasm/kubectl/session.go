//go:build js && wasm

package main

import (
	"context"
	"fmt"
	"os"
	"unicode/utf16"

	"tabernetes/engine/client/kubectl"
	shells "tabernetes/engine/client/terminal"
)

// newShells makes the shells of the terminal, with kubectl among their programs.
func newShells(commands *kubectl.Kubectl, edits *edits, files *osFiles, options shells.Options) (*shells.Terminal, error) {
	options.Home = homeDirectory
	options.Kubectl = func(ctx context.Context, directory string, arguments []string, streams shells.Streams) int {
		// kubectl resolves relative paths by the directory of the process. A
		// command reads its files when it begins, so it is enough that the shells
		// set the directory in turn.
		if err := os.Chdir(directory); err != nil {
			fmt.Fprintf(streams.ErrOut, "error: %v\n", err)
			return 1
		}
		if one, ok := runOf(ctx); ok && streams.Terminal {
			file, err := files.openTerminal(&tty{in: streams.In, out: streams.Out, run: one})
			if err != nil {
				fmt.Fprintf(streams.ErrOut, "error: %v\n", err)
				return 1
			}
			defer file.Close()
			streams.In = file
		}
		return commands.Run(ctx, arguments, kubectl.Streams{In: streams.In, Out: streams.Out, ErrOut: streams.ErrOut})
	}
	options.CompleteKubectl = func(ctx context.Context, arguments []string) []shells.Candidate {
		var candidates []shells.Candidate
		for _, one := range commands.Complete(ctx, arguments) {
			candidates = append(candidates, shells.Candidate{Text: one.Text, Description: one.Description})
		}
		return candidates
	}
	options.Edit = edits.ask
	return shells.New(options)
}

// run runs a line in a session of the shell.
func (t *terminal) run(id int, session, line string) {
	t.begin(id, func(one *run) int {
		shell, err := t.shells.Session(session)
		if err != nil {
			fmt.Fprintln(one.stream(standardError), err)
			return 1
		}
		return shell.Run(one.ctx, line, shells.Streams{
			In: one.input, Out: one.stream(standardOutput), ErrOut: one.stream(standardError), Terminal: true,
		})
	})
}

// typed takes text for the standard input of a run, or the end of the input.
func (t *terminal) typed(id int, text string, present bool) {
	one := t.find(id)
	switch {
	case one == nil:
	case present:
		one.input.add(text)
	default:
		one.input.end()
	}
}

// complete answers what can be inserted at the cursor, an offset in UTF-16 units.
func (t *terminal) complete(id int, session, line string, cursor int) {
	go func() {
		shell, err := t.shells.Session(session)
		if err != nil {
			t.host.failed(id, err)
			return
		}
		units := utf16.Encode([]rune(line))
		before := string(utf16.Decode(units[:min(max(cursor, 0), len(units))]))
		completion := shell.Complete(context.Background(), line, len(before))
		candidates := []any{}
		for _, one := range completion.Candidates {
			candidates = append(candidates, map[string]any{"text": one.Text, "description": one.Description})
		}
		replaced := utf16.Encode([]rune(line[completion.From:completion.To]))
		t.host.reply(id, map[string]any{"replace": len(replaced), "candidates": candidates})
	}()
}

// prompt answers the prompt for the next line of a session.
func (t *terminal) prompt(id int, session string) {
	shell, err := t.shells.Session(session)
	if err != nil {
		t.host.failed(id, err)
		return
	}
	t.host.reply(id, shell.Prompt())
}

// close ends a session and the commands running in it.
func (t *terminal) close(session string) {
	go t.shells.Close(session)
}
