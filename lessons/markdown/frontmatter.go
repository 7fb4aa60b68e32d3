package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/parser"
	"go.abhg.dev/goldmark/frontmatter"
	"go.yaml.in/yaml/v4"

	"tabernetes/lessons/reading"
)

// frontMatterFormat accepts "---" and YAML only and keeps the YAML as it is, so that
// its lines are known.
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
// the whole text for front matter.
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

// wantedFrontMatter says what is wrong with a text that has none.
func wantedFrontMatter(source []byte) string {
	if bytes.HasPrefix(source, []byte("---\n")) {
		return "the front matter is not closed: want a line \"---\" after its keys"
	}
	return "want front matter: a line \"---\", keys, a line \"---\""
}

// frontMatterOf returns the YAML that a parser has found; nil when there is none.
func frontMatterOf(context parser.Context, r *reading.Report) *yaml.Node {
	data := frontmatter.Get(context)
	if data == nil {
		return nil
	}
	var raw []byte
	if err := data.Decode(&raw); err != nil {
		r.Add(1, "front matter: %v", err)
	}
	// The empty line stands for the opening "---", so that the lines of the
	// YAML parser are the lines of the file.
	return reading.ParseYAML(append([]byte("\n"), raw...), r)
}
