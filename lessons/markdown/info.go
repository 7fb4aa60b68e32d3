package markdown

import (
	"fmt"
	"strings"
)

// Attribute is one word between the braces of an info string.
type Attribute struct{ Key, Value string }

// ParseInfo splits the info string of a fenced block, such as "yaml {file=a.yaml apply}".
// The problem is empty, or says what is wrong with it.
func ParseInfo(info string) (language string, attributes []Attribute, problem string) {
	language, rest, _ := strings.Cut(strings.TrimSpace(info), " ")
	if strings.Contains(language, "{") {
		return "", nil, fmt.Sprintf("%q: want a space before the brace", language)
	}
	rest = strings.TrimSpace(rest)
	if rest == "" {
		return language, nil, ""
	}
	inner, opened := strings.CutPrefix(rest, "{")
	inner, closed := strings.CutSuffix(inner, "}")
	words := strings.Fields(inner)
	if !opened || !closed || len(words) == 0 {
		return language, nil, fmt.Sprintf("%q after the language: want attributes such as {run}", rest)
	}
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		attributes = append(attributes, Attribute{key, value})
	}
	return language, attributes, ""
}
