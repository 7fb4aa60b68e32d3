package reading

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// neverEnded are the contexts in which the parser goes on until something contradicts
// it: what has to be repaired is where they begin.
var neverEnded = []string{
	"while parsing a flow sequence",
	"while parsing a flow mapping",
	"while scanning a quoted scalar",
	"while scanning a simple key",
	"while parsing a tag",
}

// advice is what an author may have to do about what the parser says.
var advice = []struct{ says, advice string }{
	{"mapping values are not allowed", `; want another indentation, or quotation marks around a text with ": "`},
	{"not allowed in a YAML tag", `; want quotation marks around a text that begins with "!"`},
	{"cannot start any token", "; want spaces, no tab, or quotation marks around the text"},
}

func advise(message string) string {
	for _, one := range advice {
		if strings.Contains(message, one.says) {
			return message + one.advice
		}
	}
	return message
}

// syntaxProblem is the place at which an author has to repair what the YAML parser
// could not read, and the parser's words.
func syntaxProblem(err error) (at Place, message string) {
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		return Place{}, strings.TrimPrefix(err.Error(), "yaml: ")
	}
	found, begin := placeOf(load.Mark), placeOf(load.ContextMark)
	says := advise(load.Message)
	switch {
	case begin.Line == 0 || begin == found:
		return found, says
	case slices.Contains(neverEnded, load.ContextMsg):
		return begin, fmt.Sprintf("%s: at line %d, column %d: %s", load.ContextMsg, found.Line, found.Column, says)
	}
	return found, fmt.Sprintf("%s from line %d, column %d: %s", load.ContextMsg, begin.Line, begin.Column, says)
}

func placeOf(mark yaml.Mark) Place { return Place{Line: mark.Line, Column: mark.Column} }
