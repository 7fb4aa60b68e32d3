package lessons

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// planFile is the name of the file that a lesson's languages share.
const planFile = "lesson.yaml"

var (
	// identifier matches the names of lessons, steps and commands.
	identifier = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	// fileName matches the names of a lesson's files: no folders, an extension.
	fileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)+$`)
)

// ActionKind says what the page does for an [Action].
type ActionKind string

// The actions that the page can run without a terminal.
const (
	// ActionApply applies a file of the lesson as kubectl apply would.
	ActionApply ActionKind = "apply"
	// ActionPatch sends a PATCH request to the cluster.
	ActionPatch ActionKind = "patch"
	// ActionShow sends a GET request and shows the answer.
	ActionShow ActionKind = "show"
)

// The patch types of the Kubernetes API that a lesson may use.
const (
	contentTypeJSONPatch           = "application/json-patch+json"
	contentTypeMergePatch          = "application/merge-patch+json"
	contentTypeStrategicMergePatch = "application/strategic-merge-patch+json"
)

// Action is one thing that the page does when a learner runs a block. Its JSON
// form is what the page reads from the block's data-action attribute.
type Action struct {
	Action ActionKind `json:"action"`
	// File is a file of the lesson, for apply.
	File string `json:"file,omitempty"`
	// Path is an API path with an optional query, for patch and show.
	Path string `json:"path,omitempty"`
	// ContentType is the patch type and Body the patch, for patch.
	ContentType string          `json:"contentType,omitempty"`
	Body        json.RawMessage `json:"body,omitempty"`
}

// Command is what a runnable shell block does, in order.
type Command struct {
	Name    string
	Actions []Action
	// Line is where lesson.yaml defines it.
	Line int
}

// File is a file of a lesson that a learner applies or looks at.
type File struct {
	Name string
	Data []byte
}

// Plan is what lesson.yaml says: all that the languages of a lesson share.
type Plan struct {
	Files    []File
	Commands []Command
}

// Command returns the command with a name.
func (p Plan) Command(name string) (Command, bool) {
	index := slices.IndexFunc(p.Commands, func(c Command) bool { return c.Name == name })
	if index < 0 {
		return Command{}, false
	}
	return p.Commands[index], true
}

// File returns the file with a name.
func (p Plan) File(name string) (File, bool) {
	index := slices.IndexFunc(p.Files, func(f File) bool { return f.Name == name })
	if index < 0 {
		return File{}, false
	}
	return p.Files[index], true
}

// loadPlan reads lesson.yaml and the files that it names from a lesson's
// directory.
func loadPlan(content fs.FS, directory string) (Plan, Problems) {
	r := &report{file: path.Join(directory, planFile)}
	source, err := fs.ReadFile(content, r.file)
	if err != nil {
		r.add(0, "%v", err)
		return Plan{}, r.problems
	}
	root := parseYAML(source, r)
	if root == nil {
		return Plan{}, r.problems
	}
	var plan Plan
	// Files come first: commands name them, whatever the order of the keys.
	readMapping(root, planFile, r,
		field{"files", true, func(value *yaml.Node) { plan.Files = readFiles(value, content, directory, r) }},
		field{"commands", true, func(*yaml.Node) {}},
	)
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "commands" {
			plan.Commands = readCommands(root.Content[i+1], plan, r)
		}
	}
	return plan, r.sorted()
}

func readFiles(node *yaml.Node, content fs.FS, directory string, r *report) []File {
	if node.Kind != yaml.SequenceNode {
		r.add(node.Line, "files: want a list of file names")
		return nil
	}
	var files []File
	for _, item := range node.Content {
		switch {
		case !fileName.MatchString(item.Value) || strings.HasPrefix(item.Value, "lesson."):
			r.add(item.Line, "files: %q cannot be the name of a lesson's file", item.Value)
			continue
		case slices.ContainsFunc(files, func(f File) bool { return f.Name == item.Value }):
			r.add(item.Line, "files: %q stands twice", item.Value)
			continue
		}
		data, err := fs.ReadFile(content, path.Join(directory, item.Value))
		if err != nil {
			r.add(item.Line, "files: %v", err)
			continue
		}
		files = append(files, File{Name: item.Value, Data: data})
	}
	return files
}

func readCommands(node *yaml.Node, plan Plan, r *report) []Command {
	if node.Kind != yaml.MappingNode {
		r.add(node.Line, "commands: want a mapping of names to lists of actions")
		return nil
	}
	var commands []Command
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		name := fmt.Sprintf("command %q", key.Value)
		switch {
		case !identifier.MatchString(key.Value):
			r.add(key.Line, "%s: a name has small letters, digits and hyphens", name)
			continue
		case slices.ContainsFunc(commands, func(c Command) bool { return c.Name == key.Value }):
			r.add(key.Line, "%s: stands twice", name)
			continue
		case value.Kind != yaml.SequenceNode || len(value.Content) == 0:
			r.add(key.Line, "%s: want a list of actions", name)
			continue
		}
		command := Command{Name: key.Value, Line: key.Line}
		for _, item := range value.Content {
			command.Actions = append(command.Actions, readAction(item, name, plan, r))
		}
		commands = append(commands, command)
	}
	return commands
}

func readAction(node *yaml.Node, name string, plan Plan, r *report) Action {
	var action Action
	readMapping(node, name, r,
		field{"action", true, func(value *yaml.Node) { action.Action = ActionKind(value.Value) }},
		field{"file", false, func(value *yaml.Node) { action.File = value.Value }},
		field{"path", false, func(value *yaml.Node) { action.Path = value.Value }},
		field{"contentType", false, func(value *yaml.Node) { action.ContentType = value.Value }},
		field{"body", false, func(value *yaml.Node) { action.Body = readBody(value, name, r) }},
	)
	if problem := action.check(plan); problem != "" {
		r.add(node.Line, "%s: %s", name, problem)
	}
	return action
}

// readBody turns YAML into the JSON that is sent.
func readBody(node *yaml.Node, name string, r *report) json.RawMessage {
	var value any
	if err := node.Decode(&value); err != nil {
		_, text := yamlProblem(err)
		r.add(node.Line, "%s: body: %s", name, text)
		return nil
	}
	body, err := json.Marshal(value)
	if err != nil {
		r.add(node.Line, "%s: body: %v", name, err)
		return nil
	}
	return body
}

// check returns what is wrong with an action, or "".
func (a Action) check(plan Plan) string {
	switch a.Action {
	case ActionApply:
		if a.Path != "" || a.ContentType != "" || a.Body != nil {
			return "apply takes only a file"
		}
		if _, ok := plan.File(a.File); !ok {
			return fmt.Sprintf("apply: file %q is not in the list of files", a.File)
		}
	case ActionPatch:
		types := []string{contentTypeJSONPatch, contentTypeMergePatch, contentTypeStrategicMergePatch}
		switch {
		case a.File != "":
			return "patch takes no file"
		case !slices.Contains(types, a.ContentType):
			return fmt.Sprintf("patch: contentType %q is none of %s", a.ContentType, strings.Join(types, ", "))
		case len(a.Body) == 0:
			return "patch: body is missing"
		}
		return checkAPIPath(a.Path)
	case ActionShow:
		if a.File != "" || a.ContentType != "" || a.Body != nil {
			return "show takes only a path"
		}
		return checkAPIPath(a.Path)
	default:
		return fmt.Sprintf("action %q is none of apply, patch, show", a.Action)
	}
	return ""
}

// checkAPIPath returns what is wrong with a path of the Kubernetes API, or "".
func checkAPIPath(text string) string {
	target, err := url.Parse(text)
	if err != nil {
		return fmt.Sprintf("path %q: %v", text, err)
	}
	isAPI := strings.HasPrefix(target.Path, "/api/") || strings.HasPrefix(target.Path, "/apis/")
	if target.IsAbs() || target.Host != "" || target.Fragment != "" || !isAPI || path.Clean(target.Path) != target.Path {
		return fmt.Sprintf("path %q is not a path of the Kubernetes API under /api/ or /apis/", text)
	}
	return ""
}
