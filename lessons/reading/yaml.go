package reading

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Field is one key that a YAML mapping may have.
type Field struct {
	Name     string
	Required bool
	Read     func(value *yaml.Node)
}

// At is the place of a node.
func At(node *yaml.Node) Place { return Place{Line: node.Line, Column: node.Column} }

// ParseYAML returns the root value of the only document in source. It reports
// what is wrong and returns nil when there is none.
func ParseYAML(text []byte, r *Report) *yaml.Node {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		line, message := yamlProblem(err)
		r.Add(line, "%s", message)
		return nil
	}
	if len(document.Content) == 0 {
		r.Add(0, "no content")
		return nil
	}
	return document.Content[0]
}

// ReadMapping hands each value of a mapping to its field and reports keys that
// are unknown, doubled or missing. The name of the mapping is for messages.
func ReadMapping(node *yaml.Node, name string, r *Report, fields ...Field) {
	if node.Kind != yaml.MappingNode {
		r.AddAt(At(node), "%s: want a mapping of keys to values", name)
		return
	}
	var seen []string
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		index := slices.IndexFunc(fields, func(f Field) bool { return f.Name == key.Value })
		switch {
		case index < 0:
			r.AddAt(At(key), "%s: unknown key %q, known are %s", name, key.Value, fieldNames(fields))
		case slices.Contains(seen, key.Value):
			r.AddAt(At(key), "%s: key %q stands twice", name, key.Value)
		default:
			fields[index].Read(value)
		}
		seen = append(seen, key.Value)
	}
	for _, f := range fields {
		if f.Required && !slices.Contains(seen, f.Name) {
			r.AddAt(At(node), "%s: %q is missing", name, f.Name)
		}
	}
}

func fieldNames(fields []Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return strings.Join(names, ", ")
}

// ReadList hands each item of a list to read.
func ReadList(node *yaml.Node, name, of string, r *Report, read func(item *yaml.Node)) {
	if node.Kind != yaml.SequenceNode {
		r.AddAt(At(node), "%s: want a list of %s", name, of)
		return
	}
	for _, item := range node.Content {
		read(item)
	}
}

// ReadText returns a non-empty text of at most limit bytes.
func ReadText(node *yaml.Node, name string, limit int, r *Report) string {
	text := strings.TrimSpace(node.Value)
	switch {
	case node.Kind != yaml.ScalarNode || node.Tag != "!!str":
		r.AddAt(At(node), "%s: want a text", name)
		return ""
	case text == "":
		r.AddAt(At(node), "%s: is empty", name)
	case len(text) > limit:
		r.AddAt(At(node), "%s: has %d bytes, the limit is %d", name, len(text), limit)
	}
	return text
}

// ReadWholeNumber returns a number from least to most.
func ReadWholeNumber(node *yaml.Node, name string, least, most int, r *Report) int {
	number, err := strconv.Atoi(node.Value)
	if node.Kind != yaml.ScalarNode || err != nil || number < least || number > most {
		r.AddAt(At(node), "%s: want a whole number from %d to %d, got %q", name, least, most, node.Value)
		return 0
	}
	return number
}

// ReadDuration returns a duration above 0 and of at most limit.
func ReadDuration(node *yaml.Node, name string, limit time.Duration, r *Report) time.Duration {
	duration, err := time.ParseDuration(node.Value)
	if node.Kind != yaml.ScalarNode || err != nil || duration <= 0 || duration > limit {
		r.AddAt(At(node), "%s: want a duration such as 30s or 5m, at most %s, got %q", name, limit, node.Value)
		return 0
	}
	return duration
}

// yamlLine finds the line in the messages of the YAML parser, which has no
// other way to tell it.
var yamlLine = regexp.MustCompile(`^line (\d+): `)

// yamlProblem splits an error of the YAML parser into its line, 0 when it
// names none, and its text.
func yamlProblem(err error) (line int, text string) {
	text = strings.TrimPrefix(err.Error(), "yaml: ")
	var typeError *yaml.TypeError
	if errors.As(err, &typeError) && len(typeError.Errors) > 0 {
		text = typeError.Errors[0]
	}
	match := yamlLine.FindStringSubmatch(text)
	if match == nil {
		return 0, text
	}
	line, err = strconv.Atoi(match[1])
	if err != nil {
		return 0, text
	}
	return line, strings.TrimPrefix(text, match[0])
}
