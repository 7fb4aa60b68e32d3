package plan

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"tabernetes/lessons/reading"
)

// Name is the name of the file that a lesson's languages share.
const Name = "lesson.yaml"

// Bounds of what a lesson can ask for.
const (
	maxPlace      = 1000
	maxExpression = 4096 // bytes
	maxStepLimit  = time.Hour
	textLimit     = 200 // bytes
)

// DefaultStepLimit is how much cluster time a step may take when the player
// plays its solution.
const DefaultStepLimit = 5 * time.Minute

var (
	// fileName matches the names of a lesson's files: no folders, an extension.
	fileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)+$`)
	// documentation matches a page of the Kubernetes documentation.
	documentation = regexp.MustCompile(`^/docs/[a-z0-9/-]+/(#[A-Za-z0-9-]+)?$`)
)

// File is a file of a lesson that a learner applies or looks at, or that is there
// at its start.
type File struct {
	Name string `json:"name"`
	Data []byte `json:"-"`
	// At is where lesson.yaml names it.
	At reading.Place `json:"-"`
	// Missing says that lesson.yaml names it, and that it cannot be read.
	Missing bool `json:"-"`
}

// Plan is what lesson.yaml says, of one variant of the lesson.
type Plan struct {
	// Variant is the one that was read, one of Variants; both are empty for a lesson
	// that is the same for everybody.
	Variant  string   `json:"variant,omitempty"`
	Variants []string `json:"variants,omitempty"`
	// Course is the id of the course that the lesson belongs to, "" for none, and
	// Place its place in it, from 1.
	Course string `json:"course,omitempty"`
	Place  int    `json:"place,omitempty"`
	// Prerequisites are the ids of lessons that come before this one.
	Prerequisites []string `json:"prerequisites,omitempty"`
	// Files are those that a learner has.
	Files []File `json:"files,omitempty"`
	Start Start  `json:"start"`
	// Steps are those that demand or ask something, in the order of the texts. A
	// step that is only read need not be here.
	Steps []Step `json:"steps,omitempty"`
	// Links are paths of kubernetes.io, "/docs/concepts/workloads/pods/".
	Links []string `json:"links,omitempty"`
	// Partial says that a part of lesson.yaml could not be read: what other files say of
	// more than is here need not be wrong.
	Partial bool `json:"-"`
}

// File returns the file with a name.
func (p Plan) File(name string) (File, bool) {
	index := slices.IndexFunc(p.Files, func(f File) bool { return f.Name == name })
	if index < 0 {
		return File{}, false
	}
	return p.Files[index], true
}

// Step returns the step with an id.
func (p Plan) Step(id string) (Step, bool) {
	index := slices.IndexFunc(p.Steps, func(s Step) bool { return s.ID == id })
	if index < 0 {
		return Step{}, false
	}
	return p.Steps[index], true
}

// AllFiles are those that a learner has, and those of the start.
func (p Plan) AllFiles() []File {
	files := slices.Clone(p.Files)
	for _, manifest := range p.Start.Manifests {
		files = append(files, manifest.File)
	}
	return files
}

// Load reads lesson.yaml and the files that it names from a lesson's directory. Of a
// lesson with variants it reads one; "" means the first.
func Load(content fs.FS, directory, variant string) (Plan, reading.Problems) {
	r := &reader{Report: &reading.Report{File: path.Join(directory, Name)}, content: content, directory: directory}
	root := r.root()
	if root == nil {
		return Plan{Partial: true}, r.Problems
	}
	var plan Plan
	plan.Variants, plan.Variant = r.chooseVariant(root, variant)
	reading.ReadMapping(root, Name, r.Report,
		reading.Field{Name: "course", Read: func(value *yaml.Node) { plan.Course = r.id(value, "course", nil) }},
		reading.Field{Name: "place", Read: func(value *yaml.Node) {
			plan.Place = reading.ReadWholeNumber(value, "place", 1, maxPlace, r.Report)
		}},
		reading.Field{Name: "prerequisites", Read: func(value *yaml.Node) { plan.Prerequisites = r.ids(value, "prerequisites", "lessons") }},
		reading.Field{Name: "files", Read: func(value *yaml.Node) { plan.Files = r.files(value, "files") }},
		reading.Field{Name: "start", Read: func(value *yaml.Node) { plan.Start = r.start(value) }},
		reading.Field{Name: "steps", Read: func(value *yaml.Node) { plan.Steps = r.steps(value) }},
		reading.Field{Name: "links", Read: func(value *yaml.Node) { plan.Links = r.links(value) }},
		reading.Field{Name: variantsKey, Read: func(*yaml.Node) {}}, // read already
	)
	if (plan.Course == "") != (plan.Place == 0) {
		r.AddAt(reading.At(root), "%s: course and place stand together", Name)
	}
	if plan.Start.Time.IsZero() {
		plan.Start.Time = DefaultTime
	}
	plan.Partial = r.Lost > 0
	return plan, r.Sorted()
}

// reader reads the plan of one lesson.
type reader struct {
	*reading.Report
	content   fs.FS
	directory string
	// text is that of lesson.yaml.
	text []byte
}

// root is that of lesson.yaml, nil when it cannot be read.
func (r *reader) root() *yaml.Node {
	file, err := fs.ReadFile(r.content, r.File)
	if err != nil {
		r.Add(0, "%v", err)
		return nil
	}
	text, ok := reading.Text(file, r.Report)
	if !ok {
		return nil
	}
	r.text = text
	return reading.ParseYAML(text, r.Report)
}

func (r *reader) files(node *yaml.Node, name string) []File {
	var files []File
	var seen []string
	reading.ReadList(node, name, "file names", r.Report, func(item *yaml.Node) {
		value := item
		if item.Kind == yaml.MappingNode {
			// One of some variants.
			value = &yaml.Node{}
			reading.ReadMapping(item, name, r.Report,
				reading.Field{Name: "file", Required: true, Read: func(file *yaml.Node) { value = file }})
		}
		if file, ok := r.file(value, name, &seen); ok {
			files = append(files, file)
		}
	})
	return files
}

// file reads a file by its name, which none of those seen has, and adds it to them. One
// that is not there is returned without content, or as the one that its name most likely
// stands for.
func (r *reader) file(node *yaml.Node, name string, seen *[]string) (File, bool) {
	switch {
	case !fileName.MatchString(node.Value) || strings.HasPrefix(node.Value, "lesson."):
		r.LoseAt(reading.At(node), "%s: %q cannot be the name of a lesson's file", name, node.Value)
		return File{}, false
	case slices.Contains(*seen, node.Value):
		r.AddAt(reading.At(node), "%s: %q stands twice", name, node.Value)
		return File{}, false
	}
	*seen = append(*seen, node.Value)
	file := File{Name: node.Value, At: reading.At(node)}
	data, err := fs.ReadFile(r.content, path.Join(r.directory, node.Value))
	if err != nil {
		others := r.otherFiles()
		r.AddAt(reading.At(node), "%s: %v%s", name, err, reading.DidYouMean(node.Value, others))
		if meant := reading.Nearest(node.Value, others); meant != "" {
			file.Name = meant
			data, err = fs.ReadFile(r.content, path.Join(r.directory, meant))
		}
		file.Missing = err != nil
	}
	file.Data = data
	return file, true
}

// otherFiles are those that lie beside lesson.yaml.
func (r *reader) otherFiles() []string {
	entries, err := fs.ReadDir(r.content, r.directory)
	if err != nil {
		return nil // the file that was looked for is reported
	}
	var names []string
	for _, entry := range entries {
		if name := entry.Name(); !entry.IsDir() && fileName.MatchString(name) && !strings.HasPrefix(name, "lesson.") {
			names = append(names, name)
		}
	}
	return names
}

func (r *reader) links(node *yaml.Node) []string {
	var links []string
	reading.ReadList(node, "links", "paths of kubernetes.io", r.Report, func(item *yaml.Node) {
		if !documentation.MatchString(item.Value) {
			r.AddAt(reading.At(item), "links: want a path of kubernetes.io such as /docs/concepts/workloads/pods/, got %q", item.Value)
			return
		}
		links = append(links, item.Value)
	})
	return links
}

// id reads an identifier that none of those seen has, and adds it to them. It is "" for
// one that cannot be.
func (r *reader) id(node *yaml.Node, name string, seen *[]string) string {
	if node.Kind != yaml.ScalarNode || !reading.Identifier.MatchString(node.Value) {
		r.LoseAt(reading.At(node), "%s: want small letters, digits and hyphens, got %q", name, node.Value)
		return ""
	}
	if seen != nil {
		if slices.Contains(*seen, node.Value) {
			r.LoseAt(reading.At(node), "%s: %q stands twice", name, node.Value)
			return ""
		}
		*seen = append(*seen, node.Value)
	}
	return node.Value
}

func (r *reader) ids(node *yaml.Node, name, of string) []string {
	var ids []string
	reading.ReadList(node, name, of, r.Report, func(item *yaml.Node) { r.id(item, name, &ids) })
	return ids
}
