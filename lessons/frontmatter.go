package lessons

import (
	"regexp"

	"go.yaml.in/yaml/v4"

	"tabernetes/lessons/reading"
)

const (
	titleLimit   = 120 // bytes
	summaryLimit = 600 // bytes
	minutesLimit = 240
)

var kubernetesVersion = regexp.MustCompile(`^v\d+\.\d+\.\d+$`)

// Metadata is the front matter of a lesson's text.
type Metadata struct {
	// Title is one line of plain text.
	Title string
	// Summary is a sentence or two of plain text for the list of lessons.
	Summary string
	// Minutes is how long a newcomer takes.
	Minutes int
	// Kubernetes is the version the lesson was written and checked for, as in
	// "v1.37.2".
	Kubernetes string
}

// readMetadata checks the YAML between the front matter lines; nil when there is none.
func readMetadata(root *yaml.Node, r *reading.Report) Metadata {
	var metadata Metadata
	if root == nil {
		return metadata
	}
	reading.ReadMapping(root, "front matter", r,
		reading.Field{Name: "title", Required: true, Read: func(value *yaml.Node) { metadata.Title = reading.ReadText(value, "title", titleLimit, r) }},
		reading.Field{Name: "summary", Required: true, Read: func(value *yaml.Node) { metadata.Summary = reading.ReadText(value, "summary", summaryLimit, r) }},
		reading.Field{Name: "minutes", Required: true, Read: func(value *yaml.Node) {
			metadata.Minutes = reading.ReadWholeNumber(value, "minutes", 1, minutesLimit, r)
		}},
		reading.Field{Name: "kubernetes", Required: true, Read: func(value *yaml.Node) {
			if !kubernetesVersion.MatchString(value.Value) {
				r.AddAt(reading.At(value), "kubernetes: want a version such as v1.37.2, got %q", value.Value)
				return
			}
			metadata.Kubernetes = value.Value
		}},
	)
	return metadata
}
