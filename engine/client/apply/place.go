package apply

import (
	"regexp"
	"strconv"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
)

// place is the place of an object in the text.
type place struct {
	// root is the node of the object, nil if the text has no tree.
	root *yamlv3.Node
	// line and column of its beginning; column is 0 if it is unknown.
	line, column int
	// last is the last line of the document. YAML counts line breaks that
	// editors do not know (a lone CR, U+2028), so its lines are kept below that.
	last int
}

// start is the line and column of the first key.
func (place place) start() (line, column int) {
	if place.root == nil {
		return place.line, place.column
	}
	return min(place.root.Line, place.last), place.root.Column
}

// in is the place of the field that a path leads to, or of the nearest parent.
func (place place) in(path string) place {
	found := place.find(path, anyValue)
	place.root = found.value
	place.line, place.column = min(found.line, place.last), found.column
	return place
}

// of is the line and column of a field: of its key if the key is unknown or
// duplicate, of its value if the value is wrong. If the text does not have the
// field, they are those of the nearest parent.
func (place place) of(field field) (line, column int) {
	found := place.find(field.path, field.wrong)
	if found.exact && field.wrong != nil && found.value.Kind == yamlv3.ScalarNode && found.value.Line == found.line {
		return min(found.value.Line, place.last), found.value.Column
	}
	return min(found.line, place.last), found.column
}

// find follows a field path from the object.
func (place place) find(path string, wrong func(*yamlv3.Node) bool) finding {
	line, column := place.start()
	start := finding{value: place.root, line: line, column: column}
	if place.root == nil {
		return start
	}
	if wrong == nil {
		wrong = anyValue
	}
	return follow(start, strings.TrimPrefix(path, "."), wrong, maxNodes)
}

// finding is the node that a path leads to, with the node to point at: its key
// in a mapping, itself in a sequence.
type finding struct {
	value        *yamlv3.Node
	line, column int
	// depth counts the steps taken; exact says that the path ends here.
	depth int
	exact bool
}

// maxNodes bounds how many steps a search takes through aliases and items.
const maxNodes = 10_000

func anyValue(*yamlv3.Node) bool { return true }

// follow walks a path such as spec.containers[0].env or metadata.labels[a/b].
// Keys may contain dots and the path does not quote them, so at every mapping
// all keys with which the path begins are tried; the furthest finding wins,
// and of equal ones the first. A path without an index where the text has a
// list (encoding/json gives none) is tried in each item. wrong says whether a
// value at the end of the path can be the one meant.
func follow(from finding, path string, wrong func(*yamlv3.Node) bool, budget int) finding {
	steps := budget
	return walk(from, path, wrong, &steps)
}

func walk(from finding, path string, wrong func(*yamlv3.Node) bool, steps *int) finding {
	*steps--
	if *steps <= 0 {
		return from
	}
	node := from.value
	for hops := 0; node.Kind == yamlv3.AliasNode && node.Alias != nil && hops < maxNodes; hops++ {
		node = node.Alias
	}
	if path == "" {
		from.exact = wrong(node)
		return from
	}
	best := from
	try := func(next finding, rest string) {
		if found := walk(next, rest, wrong, steps); better(found, best) {
			best = found
		}
	}
	switch node.Kind {
	case yamlv3.MappingNode:
		for index := 0; index+1 < len(node.Content); index += 2 {
			key, value := node.Content[index], node.Content[index+1]
			next := finding{value: value, line: key.Line, column: key.Column, depth: from.depth + 1}
			if key.Tag == mergeTag {
				next.line, next.column, next.depth = from.line, from.column, from.depth
				try(next, path)
				continue
			}
			if rest, ok := cutKey(path, key.Value); ok {
				try(next, rest)
			}
		}
	case yamlv3.SequenceNode:
		if number, rest, ok := cutIndex(path); ok {
			if number < len(node.Content) {
				item := node.Content[number]
				try(finding{value: item, line: item.Line, column: item.Column, depth: from.depth + 1}, rest)
			}
			break
		}
		for _, item := range node.Content {
			next := finding{value: item, line: item.Line, column: item.Column, depth: from.depth}
			try(next, path)
		}
	}
	return best
}

// mergeTag is the tag of the key << in YAML 1.1.
const mergeTag = "!!merge"

func better(found, best finding) bool {
	if found.exact != best.exact {
		return found.exact
	}
	return found.depth > best.depth
}

// cutKey takes key off the front of a path, as .key or as [key].
func cutKey(path, key string) (rest string, ok bool) {
	if after, found := strings.CutPrefix(path, "["); found {
		after, found = strings.CutPrefix(after, key+"]")
		return strings.TrimPrefix(after, "."), found
	}
	after, found := strings.CutPrefix(path, key)
	if !found || key == "" {
		return "", false
	}
	switch {
	case after == "" || after[0] == '[':
		return after, true
	case after[0] == '.':
		return after[1:], true
	default:
		return "", false
	}
}

// cutIndex takes [0] off the front of a path.
func cutIndex(path string) (number int, rest string, ok bool) {
	after, found := strings.CutPrefix(path, "[")
	if !found {
		return 0, "", false
	}
	digits, rest, found := strings.Cut(after, "]")
	if !found {
		return 0, "", false
	}
	number, err := strconv.Atoi(digits)
	if err != nil || number < 0 {
		return 0, "", false
	}
	return number, strings.TrimPrefix(rest, "."), true
}

// field is the path of the field that an error is about. wrong is nil if the
// field itself is the error; otherwise it says whether a value can be the wrong
// one.
type field struct {
	path  string
	wrong func(*yamlv3.Node) bool
}

var (
	// strictField matches the errors of sigs.k8s.io/json and of pruning.
	strictField = regexp.MustCompile(`(?:unknown|duplicate) field "([^"]+)"`)
	// typeField matches an UnmarshalTypeError; the path follows the name of a Go
	// type and has no indices.
	typeField = regexp.MustCompile(`json: cannot unmarshal (\w+)(?: [^ ]+)? into Go struct field \w+\.(\S+) of type`)
)

// fieldOf reads the field from the message of an error that names it nowhere
// else: a status of reason BadRequest has no causes.
func fieldOf(message string) field {
	if found := strictField.FindStringSubmatch(message); found != nil {
		return field{path: found[1]}
	}
	if found := typeField.FindStringSubmatch(message); found != nil {
		return field{path: found[2], wrong: isJSON(found[1])}
	}
	return field{}
}

// isJSON says whether a node is a value of the type that encoding/json names.
func isJSON(name string) func(*yamlv3.Node) bool {
	return func(node *yamlv3.Node) bool {
		switch name {
		case "string":
			return node.Tag == "!!str" || node.Tag == "!!timestamp"
		case "number":
			return node.Tag == "!!int" || node.Tag == "!!float"
		case "bool":
			// The conversion follows YAML 1.1, which has yes and no too.
			return node.Tag == "!!bool" || node.Kind == yamlv3.ScalarNode && node.Style == 0
		case "object":
			return node.Kind == yamlv3.MappingNode
		case "array":
			return node.Kind == yamlv3.SequenceNode
		default:
			return true
		}
	}
}
