package apply

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	yamlv3 "go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// document is one YAML document or JSON value of a text.
type document struct {
	text []byte
	// before is the number of lines of the whole text before the document.
	before int
	// isJSON says that the document has been parsed as JSON, so YAML's rules do not
	// apply.
	isJSON bool
	// err says that the text could not be split here, at line of the whole text.
	err  error
	line int
}

// object is one object of a text, with its place in the text.
type object struct {
	*unstructured.Unstructured
	place place
	// err says why the object cannot be sent.
	err error
}

// content is what a document holds: objects, a fault, or both.
type content struct {
	objects []object
	fault   *fault
}

// contentsOf reads all documents of a text.
func contentsOf(text []byte) []content {
	documents := split(text)
	contents := make([]content, len(documents))
	for index, document := range documents {
		contents[index].objects, contents[index].fault = document.objects()
	}
	return contents
}

// fault is an error in reading, at a line of the whole text.
type fault struct {
	verb, message string
	line          int
	column        int
}

// inSource words a fault as kubectl does, with the name of the file if there is
// one.
func (fault *fault) inSource(source string) *Error {
	message := fault.message
	if source != "" {
		subject := source
		if fault.verb == verbValidating {
			subject = strconv.Quote(source)
		}
		message = fmt.Sprintf("error %s %s: %s", fault.verb, subject, message)
	}
	return &Error{Message: message, Line: fault.line, Column: fault.column}
}

const (
	verbParsing    = "parsing"
	verbValidating = "validating"
)

// byteOrderMark may begin a file and is no part of its text.
var byteOrderMark = []byte("\ufeff")

// split splits a text into documents: with upstream's reader at the lines that
// begin with ---, and a stream of JSON values into its values.
func split(text []byte) []document {
	text = bytes.TrimPrefix(text, byteOrderMark)
	source := bytes.NewReader(text)
	buffered := bufio.NewReader(source)
	reader := utilyaml.NewYAMLReader(buffered)
	var documents []document
	for {
		// How much the reader has consumed: what was read from the source, less
		// what is still in the buffer.
		start := len(text) - source.Len() - buffered.Buffered()
		before := bytes.Count(text[:start], []byte("\n"))
		part, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return documents
		}
		if err != nil {
			// A separator followed by something else. It is the line read last.
			end := len(text) - source.Len() - buffered.Buffered()
			line := bytes.Count(bytes.TrimSuffix(text[:end], []byte("\n")), []byte("\n")) + 1
			documents = append(documents, document{err: err, line: line})
			continue
		}
		documents = append(documents, splitJSON(document{text: part, before: before})...)
	}
}

// splitJSON splits a document that is a stream of JSON values, as upstream's
// YAMLOrJSONDecoder does. A document that only begins like JSON, YAML in flow
// style, stays whole.
func splitJSON(whole document) []document {
	if !utilyaml.IsJSONBuffer(whole.text) {
		return []document{whole}
	}
	decoder := json.NewDecoder(bytes.NewReader(whole.text))
	var documents []document
	for {
		start := decoder.InputOffset()
		var value json.RawMessage
		err := decoder.Decode(&value)
		if errors.Is(err, io.EOF) {
			return documents
		}
		if err != nil {
			if _, yamlErr := yaml.YAMLToJSON(whole.text); len(documents) == 0 && yamlErr == nil {
				return []document{whole}
			}
			offset := len(whole.text)
			var syntax *json.SyntaxError
			if errors.As(err, &syntax) {
				offset = min(offset, max(0, int(syntax.Offset)-1))
				err = utilyaml.JSONSyntaxError{Offset: syntax.Offset, Err: syntax}
			}
			line := whole.before + bytes.Count(bytes.TrimRight(whole.text[:offset], "\n"), []byte("\n")) + 1
			return append(documents, document{err: err, line: line})
		}
		end := decoder.InputOffset()
		first := end - int64(len(value))
		documents = append(documents, document{
			text:   value,
			before: whole.before + bytes.Count(whole.text[:max(start, first)], []byte("\n")),
			isJSON: true,
		})
	}
}

// objects reads the objects of a document; lists are split into their items. An
// empty document gives neither an object nor a fault.
func (document document) objects() ([]object, *fault) {
	if document.err != nil {
		return nil, &fault{verb: verbParsing, message: document.err.Error(), line: document.line}
	}
	content, malformed := document.toJSON()
	if malformed != nil {
		return nil, malformed
	}
	if len(content) == 0 || bytes.Equal(content, []byte("null")) {
		return nil, nil
	}
	whole := document.place()
	invalid := func(err error) *fault {
		return &fault{verb: verbValidating, message: "error validating data: " + err.Error(), line: whole.line, column: whole.column}
	}
	var fields any
	if err := json.Unmarshal(content, &fields); err != nil {
		return nil, invalid(err)
	}
	if err := checkKind(fields); err != nil {
		return nil, invalid(err)
	}
	decoded, _, err := unstructured.UnstructuredJSONScheme.Decode(content, nil, nil)
	if err != nil {
		return nil, invalid(err)
	}
	return flatten(decoded, whole), nil
}

// toJSON converts with the functions that kubectl and the API server use. A
// duplicate key in a mapping is refused as by the API server; kubectl alone
// would silently take the last one.
func (document document) toJSON() ([]byte, *fault) {
	if document.isJSON {
		var fields any
		twice, err := kjson.UnmarshalStrict(document.text, &fields, kjson.DisallowDuplicateFields)
		if err != nil {
			return nil, &fault{verb: verbParsing, message: err.Error(), line: document.before + 1}
		}
		if len(twice) > 0 {
			message := runtime.NewStrictDecodingError(twice).Error()
			line, column := document.place().of(fieldOf(message))
			return nil, &fault{verb: verbValidating, message: message, line: line, column: column}
		}
		return document.text, nil
	}
	padded := document.padded(document.before + 1)
	if _, err := yaml.YAMLToJSON(padded); err != nil {
		message, line := renumber(fmt.Sprintf("error converting YAML to JSON: %v", err))
		return nil, &fault{verb: verbParsing, message: message, line: document.clamp(line)}
	}
	content, err := yaml.YAMLToJSONStrict(padded)
	if err != nil {
		message, line := renumber(runtime.NewStrictDecodingError([]error{err}).Error())
		return nil, &fault{verb: verbValidating, message: message, line: document.clamp(line)}
	}
	return bytes.TrimSpace(content), nil
}

// padded is the text preceded by so many empty lines, so that the parsers count
// lines as in the whole text.
func (document document) padded(lines int) []byte {
	return append(bytes.Repeat([]byte("\n"), lines), document.text...)
}

// tree parses the document for the places of its nodes; it is nil if that fails.
func (document document) tree() *yamlv3.Node {
	var node yamlv3.Node
	if err := yamlv3.Unmarshal(document.padded(document.before), &node); err != nil || len(node.Content) == 0 {
		return nil
	}
	return node.Content[0]
}

// place is the place of the whole document: that of its first key, if it has one.
func (document document) place() place {
	whole := place{root: document.tree(), line: document.before + 1, last: document.last()}
	whole.line, whole.column = whole.start()
	return whole
}

// last is the document's last line number.
func (document document) last() int {
	return document.before + bytes.Count(bytes.TrimRight(document.text, "\n"), []byte("\n")) + 1
}

// clamp keeps a line inside the document: some errors of YAML have none, and
// see place.last.
func (document document) clamp(line int) int {
	return min(max(line, document.before+1), document.last())
}

// lineNumber matches a line number in an error of sigs.k8s.io/yaml. The library
// counts from 0 in errors of its parser, which all begin alike, and from 1 in
// the others.
var lineNumber = regexp.MustCompile(`\bline (\d+): (did not find expected )?`)

// renumber corrects the lines of an error about a text that is padded by one
// line too many, which makes the library name the first line too. It returns
// the first of them as well, or 0.
func renumber(message string) (string, int) {
	first := 0
	message = lineNumber.ReplaceAllStringFunc(message, func(found string) string {
		parts := lineNumber.FindStringSubmatch(found)
		line, err := strconv.Atoi(parts[1])
		if err != nil {
			return found
		}
		if parts[2] == "" {
			line--
		}
		if first == 0 {
			first = line
		}
		return fmt.Sprintf("line %d: %s", line, parts[2])
	})
	return message, first
}

// checkKind refuses an object without a kind in the words of kubectl's
// validation (getObjectKind in k8s.io/kubectl/pkg/validation).
func checkKind(value any) error {
	fields, ok := value.(map[string]any)
	if !ok || fields == nil {
		return errors.New("invalid object to validate")
	}
	var missing []error
	switch apiVersion := fields["apiVersion"].(type) {
	case nil:
		missing = append(missing, errors.New("apiVersion not set"))
	case string:
		if _, err := schema.ParseGroupVersion(apiVersion); err != nil {
			missing = append(missing, err)
		}
	default:
		missing = append(missing, errors.New("apiVersion isn't string type"))
	}
	switch fields["kind"].(type) {
	case nil:
		missing = append(missing, errors.New("kind not set"))
	case string:
	default:
		missing = append(missing, errors.New("kind isn't string type"))
	}
	return utilerrors.NewAggregate(missing)
}

// flatten replaces lists by their items, recursively.
func flatten(decoded runtime.Object, where place) []object {
	switch decoded := decoded.(type) {
	case *unstructured.UnstructuredList:
		var objects []object
		for index := range decoded.Items {
			objects = append(objects, flattenItem(&decoded.Items[index], where.in(fmt.Sprintf("items[%d]", index)))...)
		}
		return objects
	case *unstructured.Unstructured:
		return []object{{Unstructured: decoded, place: where}}
	default:
		return nil // UnstructuredJSONScheme decodes to nothing else
	}
}

func flattenItem(item *unstructured.Unstructured, where place) []object {
	if err := checkKind(item.Object); err != nil {
		return []object{{Unstructured: item, place: where, err: fmt.Errorf("error validating data: %w", err)}}
	}
	if !item.IsList() {
		return []object{{Unstructured: item, place: where}}
	}
	list, err := item.ToList()
	if err != nil {
		return []object{{Unstructured: item, place: where, err: err}}
	}
	return flatten(list, where)
}
