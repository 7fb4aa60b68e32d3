package guide

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Facts are what the pages tell of the code of the page (web/src/guide/facts.ts), which
// web/guide.mjs writes as JSON.
type Facts struct {
	// Attributes are those of the embedded element, in the order of the page.
	Attributes []string `json:"attributes"`
	// Events are the names of its events.
	Events []string `json:"events"`
	// Snippets are what the Share panel writes for a lesson, by where they go.
	Snippets map[string]string `json:"snippets"`
	// Examples are files of web/integrations, by their paths there.
	Examples map[string]string `json:"examples"`
}

// ReadFacts decodes facts and refuses what has not all of them.
func ReadFacts(encoded []byte) (Facts, error) {
	var facts Facts
	if err := json.Unmarshal(encoded, &facts); err != nil {
		return Facts{}, fmt.Errorf("read facts: %w", err)
	}
	if len(facts.Attributes) == 0 || len(facts.Events) == 0 || len(facts.Snippets) == 0 || len(facts.Examples) == 0 {
		return Facts{}, fmt.Errorf("read facts: want attributes, events, snippets and examples, got %d, %d, %d and %d",
			len(facts.Attributes), len(facts.Events), len(facts.Snippets), len(facts.Examples))
	}
	return facts, nil
}

// difference says how what a page explains differs from what there is; "" when it does not.
func difference(explained, there []string) string {
	var problems []string
	for i, name := range explained {
		if !slices.Contains(there, name) {
			problems = append(problems, fmt.Sprintf("there is no %q", name))
		}
		if slices.Contains(explained[:i], name) {
			problems = append(problems, fmt.Sprintf("%q stands twice", name))
		}
	}
	for _, name := range there {
		if !slices.Contains(explained, name) {
			problems = append(problems, fmt.Sprintf("%q is not explained", name))
		}
	}
	return strings.Join(problems, ", ")
}
