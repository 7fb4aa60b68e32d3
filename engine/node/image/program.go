package image

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// Programs are an image's commands besides those of its shell.
type Programs struct {
	// Names are the names of the image's own program: a command of one of these
	// names is the server, or whatever else the image does. Default: the last part
	// of the repository's name, unless the image is a toolbox.
	Names []string `json:"names,omitempty"`
	// Runs is a program of the simulation that the image's entry point is, such as
	// agnhost. It runs unless the first argument has a behaviour of its own.
	Runs string `json:"runs,omitempty"`
	// Configured is a program of the simulation that runs in the place of the image's own
	// where something is mounted over its configuration.
	Configured *Configured `json:"configured,omitempty"`
	// Always says that it runs without arguments too.
	Always bool `json:"always,omitempty"`
	// Commands are programs of the simulation that the image has besides, by name.
	Commands map[string]string `json:"commands,omitempty"`
	// Paths are further paths of Runs, such as "/agnhost".
	Paths []string `json:"paths,omitempty"`
	// SetUID says that the image's own program is root's and has the set-user-ID bit:
	// it runs as root whoever starts it, unless the container rules that out.
	SetUID bool `json:"setuid,omitempty"`
	// Bare says that the image has nothing else: no shell, no commands.
	Bare bool `json:"bare,omitempty"`
	// Tools are commands that check the state of the image's own program.
	Tools []Tool `json:"tools,omitempty"`
}

// Configured is a program that is started with a configuration.
type Configured struct {
	Runs string `json:"runs"`
	// Directory is where its configuration is.
	Directory string `json:"directory"`
}

// Tool is a command that checks whether the container listens on its ports, such
// as pg_isready.
type Tool struct {
	Name string `json:"name"`
	// Listening and Otherwise are the tool's output and exit code in the two
	// cases.
	Listening ToolResult `json:"listening,omitempty"`
	Otherwise ToolResult `json:"otherwise,omitempty"`
}

// ToolResult is how a tool ends.
type ToolResult struct {
	Output string `json:"output,omitempty"`
	Code   int32  `json:"code,omitempty"`
}

// RunsOwnProgram reports whether a command names the image's own program. For an
// image outside the catalogue the programs are unknown.
func (i Image) RunsOwnProgram(command string) bool {
	return slices.Contains(i.Programs.Names, path.Base(command))
}

// Runs is the command line that a container's command and args are in an image whose
// entry point is a program of the simulation; nil for any other, and where the
// first argument has a behaviour of its own.
func (i Image) Runs(command, args []string) []string {
	words := args
	if len(command) > 0 {
		if i.Programs.Runs == "" || path.Base(command[0]) != i.Programs.Runs && !slices.Contains(i.Programs.Paths, command[0]) {
			return nil
		}
		words = append(slices.Clone(command[1:]), args...)
	}
	if i.Programs.Runs == "" || len(words) == 0 && !i.Programs.Always || slices.ContainsFunc(i.arguments, func(a ArgumentBehaviour) bool { return len(words) > 0 && a.First == words[0] }) {
		return nil
	}
	if len(command) > 0 {
		return append(slices.Clone(command), args...)
	}
	return append([]string{"/" + i.Programs.Runs}, words...)
}

// programsOf fills in the default name.
func programsOf(given Programs, repository string, shell bool) Programs {
	if len(given.Names) == 0 && !shell {
		given.Names = []string{path.Base(repository)}
	}
	return given
}

func (p *Programs) validate() error {
	for n, name := range p.Names {
		if name == "" || strings.Contains(name, "/") {
			return fmt.Errorf("programs.names[%d] %q: must be a name without a path", n, name)
		}
	}
	for n, tool := range p.Tools {
		if tool.Name == "" || strings.Contains(tool.Name, "/") {
			return fmt.Errorf("programs.tools[%d].name %q: must be a name without a path", n, tool.Name)
		}
		for field, result := range map[string]ToolResult{"listening": tool.Listening, "otherwise": tool.Otherwise} {
			if err := validateExitCode(fmt.Sprintf("programs.tools[%d].%s.code", n, field), result.Code); err != nil {
				return err
			}
		}
	}
	if c := p.Configured; c != nil && (c.Runs == "" || !path.IsAbs(c.Directory)) {
		return fmt.Errorf("programs.configured: needs a program and the full path of a directory, got %q and %q", c.Runs, c.Directory)
	}
	if p.Bare && len(p.Tools) > 0 {
		return errors.New("programs.bare: excludes tools")
	}
	return nil
}

// Forever is a duration that never ends.
const Forever = time.Duration(1<<63 - 1)
