package lessons

import (
	"bytes"
	"regexp"

	"go.abhg.dev/goldmark/frontmatter"
	"go.yaml.in/yaml/v3"

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

// frontMatterFormat accepts "---" and YAML only and keeps the raw YAML tree,
// whose nodes know their lines.
func frontMatterFormat() frontmatter.Format {
	return frontmatter.Format{
		Name:  "YAML",
		Delim: '-',
		Unmarshal: func(raw []byte, target any) error {
			*target.(*[]byte) = raw
			return nil
		},
	}
}

// hasFrontMatter reports whether source begins with a "---" line that a later
// "---" line closes. Without the closing line the Markdown parser would take
// the whole lesson for front matter.
func hasFrontMatter(source []byte) bool {
	lines := bytes.Split(source, []byte("\n"))
	for i, line := range lines {
		isDelimiter := bytes.Equal(bytes.TrimSuffix(line, []byte("\r")), []byte("---"))
		if i == 0 && !isDelimiter {
			return false
		}
		if i > 0 && isDelimiter {
			return true
		}
	}
	return false
}

// readMetadata checks the YAML between the front matter lines.
func readMetadata(raw []byte, r *reading.Report) Metadata {
	// The empty line stands for the opening "---", so that the lines of the
	// YAML parser are the lines of the file.
	root := reading.ParseYAML(append([]byte("\n"), raw...), r)
	if root == nil {
		return Metadata{}
	}
	var metadata Metadata
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
