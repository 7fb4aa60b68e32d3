package lessons

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// field is one key that a YAML mapping may have.
type field struct {
	name     string
	required bool
	read     func(value *yaml.Node)
}

// parseYAML returns the root value of the only document in source. It reports
// what is wrong and returns nil when there is none.
func parseYAML(source []byte, r *report) *yaml.Node {
	var document yaml.Node
	if err := yaml.Unmarshal(source, &document); err != nil {
		line, text := yamlProblem(err)
		r.add(line, "%s", text)
		return nil
	}
	if len(document.Content) == 0 {
		r.add(0, "no content")
		return nil
	}
	return document.Content[0]
}

// readMapping hands each value of a mapping to its field and reports keys that
// are unknown, doubled or missing. The name of the mapping is for messages.
func readMapping(node *yaml.Node, name string, r *report, fields ...field) {
	if node.Kind != yaml.MappingNode {
		r.add(node.Line, "%s: want a mapping of keys to values", name)
		return
	}
	var seen []string
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		index := slices.IndexFunc(fields, func(f field) bool { return f.name == key.Value })
		switch {
		case index < 0:
			r.add(key.Line, "%s: unknown key %q, known are %s", name, key.Value, fieldNames(fields))
		case slices.Contains(seen, key.Value):
			r.add(key.Line, "%s: key %q stands twice", name, key.Value)
		default:
			fields[index].read(value)
		}
		seen = append(seen, key.Value)
	}
	for _, f := range fields {
		if f.required && !slices.Contains(seen, f.name) {
			r.add(node.Line, "%s: %q is missing", name, f.name)
		}
	}
}

func fieldNames(fields []field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return strings.Join(names, ", ")
}

// readText returns a non-empty text of at most limit bytes.
func readText(node *yaml.Node, name string, limit int, r *report) string {
	text := strings.TrimSpace(node.Value)
	switch {
	case node.Kind != yaml.ScalarNode || node.Tag != "!!str":
		r.add(node.Line, "%s: want a text", name)
		return ""
	case text == "":
		r.add(node.Line, "%s: is empty", name)
	case len(text) > limit:
		r.add(node.Line, "%s: has %d bytes, the limit is %d", name, len(text), limit)
	}
	return text
}

// readWholeNumber returns a number from least to most.
func readWholeNumber(node *yaml.Node, name string, least, most int, r *report) int {
	number, err := strconv.Atoi(node.Value)
	if node.Kind != yaml.ScalarNode || err != nil || number < least || number > most {
		r.add(node.Line, "%s: want a whole number from %d to %d, got %q", name, least, most, node.Value)
		return 0
	}
	return number
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
