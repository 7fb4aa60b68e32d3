package lessons

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// planFile is the name of the file that a lesson's languages share.
const planFile = "lesson.yaml"

var (
	// identifier matches the names of lessons and steps.
	identifier = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	// fileName matches the names of a lesson's files: no folders, an extension.
	fileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)+$`)
)

// File is a file of a lesson that a learner applies or looks at.
type File struct {
	Name string
	Data []byte
}

// Plan is what lesson.yaml says: all that the languages of a lesson share.
type Plan struct {
	Files []File
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
	readMapping(root, planFile, r,
		field{"files", true, func(value *yaml.Node) { plan.Files = readFiles(value, content, directory, r) }},
	)
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
