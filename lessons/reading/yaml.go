package reading

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
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
	documents := ParseDocuments(text, r)
	switch {
	case len(documents) == 0 && len(r.Problems) == 0:
		r.Add(0, "no content")
	case len(documents) > 1:
		r.LoseAt(At(documents[1]), "a second document begins here: want only one")
	}
	if len(documents) == 0 {
		return nil
	}
	return documents[0]
}

// ParseDocuments returns the root values of all documents in source, without those that
// are empty. It reports the first mistake in the syntax, and then returns none.
func ParseDocuments(text []byte, r *Report) []*yaml.Node {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var roots []*yaml.Node
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return roots
		}
		if err != nil {
			at, message := syntaxProblem(err)
			// At the end of the text something is missing behind what is there.
			if end := PlaceAt(text, len(bytes.TrimRight(text, " \n"))); at.Line > end.Line {
				at = end
			}
			r.AddAt(at, "%s", message)
			return nil
		}
		if len(document.Content) > 0 && document.Content[0].Tag != "!!null" {
			roots = append(roots, document.Content[0])
		}
	}
}

// ReadMapping hands each value of a mapping to its field and reports keys that
// are unknown, doubled or missing. A mistyped key counts as the one that it most likely
// stands for. The name of the mapping is for messages.
func ReadMapping(node *yaml.Node, name string, r *Report, fields ...Field) {
	if node.Kind != yaml.MappingNode {
		r.LoseAt(At(node), "%s: want a mapping of keys to values", name)
		return
	}
	keys, known := keysOf(node), fieldNames(fields)
	var seen []string
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		meant := key.Value
		if !slices.Contains(known, meant) {
			meant = Nearest(key.Value, without(known, append(seen, keys...)))
			message := fmt.Sprintf("%s: unknown key %q, known are %s", name, key.Value, strings.Join(known, ", "))
			if meant == "" {
				r.LoseAt(At(key), "%s", message)
				continue
			}
			r.AddAt(At(key), "%s; did you mean %q?", message, meant)
		}
		if slices.Contains(seen, meant) {
			r.LoseAt(At(key), "%s: key %q stands twice", name, key.Value)
			continue
		}
		seen = append(seen, meant)
		fields[slices.Index(known, meant)].Read(value)
	}
	for _, f := range fields {
		if f.Required && !slices.Contains(seen, f.Name) {
			r.LoseAt(At(node), "%s: %q is missing", name, f.Name)
		}
	}
}

// ValuePlaces are the places of a mapping's values by their keys.
func ValuePlaces(mapping *yaml.Node) map[string]Place {
	places := map[string]Place{}
	if mapping == nil {
		return places
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		places[mapping.Content[i].Value] = At(mapping.Content[i+1])
	}
	return places
}

func keysOf(mapping *yaml.Node) []string {
	var keys []string
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		keys = append(keys, mapping.Content[i].Value)
	}
	return keys
}

func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(others, name) })
}

func fieldNames(fields []Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

// ReadList hands each item of a list to read.
func ReadList(node *yaml.Node, name, of string, r *Report, read func(item *yaml.Node)) {
	if node.Kind != yaml.SequenceNode {
		r.LoseAt(At(node), "%s: want a list of %s", name, of)
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
