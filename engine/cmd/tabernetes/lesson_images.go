package main

import (
	"fmt"
	"io"
	"strings"

	"k8s.io/cli-runtime/pkg/printers"

	"tabernetes/engine/node/image"
)

// mostTags is how many tags of an image are listed.
const mostTags = 4

// listImages prints the catalogue as kubectl prints tables: name, tags, and what an image
// does. An image that is not in it is a plain HTTP server.
func listImages(out io.Writer, word string) error {
	catalogue, err := image.BuiltIn()
	if err != nil {
		return err
	}
	table := printers.GetNewTabWriter(out)
	fmt.Fprintln(table, "IMAGE\tTAGS\tSUMMARY")
	for _, name := range catalogue.Repositories() {
		repository := catalogue.Repository(name)
		var tags []string
		for _, tag := range repository.Tags {
			tags = append(tags, tag.Names...)
		}
		if len(tags) > mostTags {
			tags = append(tags[:mostTags:mostTags], "…")
		}
		if strings.Contains(name+" "+repository.Summary, word) {
			fmt.Fprintf(table, "%s\t%s\t%s\n", name, strings.Join(tags, ","), repository.Summary)
		}
	}
	return table.Flush()
}
