package plan

import (
	"io/fs"
	"path"
	"slices"

	"go.yaml.in/yaml/v4"

	"tabernetes/lessons/reading"
)

// A lesson can have variants, of which each learner gets one. What differs is marked
// where it stands, and a reader chooses before it reads: to all others each variant is a
// lesson like any other.
const (
	// variantsKey lists the variants at the top of lesson.yaml. In an item of a list it
	// lists those that have the item.
	variantsKey = "variants"
	// byVariantKey is the only key of a mapping that has a value for each variant.
	byVariantKey = "by-variant"
)

// VariantOf is the variant that goes with a seed: another for each learner, the same for
// all who have the same seed. It is "" when there are none.
func VariantOf(variants []string, seed uint64) string {
	if len(variants) == 0 {
		return ""
	}
	return variants[seed%uint64(len(variants))]
}

// Variants are those of a lesson, in order; only "" for a lesson without. Problems are
// told by [Load].
func Variants(content fs.FS, directory string) []string {
	r := &reader{Report: &reading.Report{File: path.Join(directory, Name)}, content: content, directory: directory}
	root := r.root()
	if root == nil {
		return []string{""}
	}
	variants, _ := r.chooseVariant(root, "")
	if len(variants) == 0 {
		return []string{""}
	}
	return variants
}

// chooseVariant reads which variants there are, and leaves in the tree what belongs to
// one of them: that which is wanted, the first for "".
func (r *reader) chooseVariant(root *yaml.Node, wanted string) (all []string, chosen string) {
	if value := valueOf(root, variantsKey); value != nil {
		all = r.ids(value, variantsKey, "ids")
		if len(all) == 1 {
			r.AddAt(reading.At(value), "%s: want two or more", variantsKey)
		}
	}
	switch {
	case wanted != "" && !slices.Contains(all, wanted):
		r.Add(0, "there is no variant %q, known are %q", wanted, all)
	case wanted != "":
		chosen = wanted
	case len(all) > 0:
		chosen = all[0]
	}
	c := chooser{report: r.Report, all: all, chosen: chosen}
	for i, child := range root.Content {
		root.Content[i] = c.choose(child)
	}
	return all, chosen
}

// valueOf is the value of a key in a mapping, nil when there is none.
func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	if mapping.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

// chooser leaves in a tree what belongs to one variant.
type chooser struct {
	report *reading.Report
	all    []string
	chosen string
}

func (c chooser) choose(node *yaml.Node) *yaml.Node {
	if values := valueOf(node, byVariantKey); values != nil && len(node.Content) == 2 {
		node = c.byVariant(values)
	}
	var left []*yaml.Node
	for _, child := range node.Content {
		if node.Kind == yaml.SequenceNode && !c.has(child) {
			continue
		}
		left = append(left, c.choose(child))
	}
	node.Content = left
	return node
}

// byVariant is the value for the variant.
func (c chooser) byVariant(values *yaml.Node) *yaml.Node {
	for i := 0; i+1 < len(values.Content); i += 2 {
		c.known(values.Content[i])
	}
	for _, variant := range c.all {
		if valueOf(values, variant) == nil {
			c.report.AddAt(reading.At(values), "%s: no value for variant %q", byVariantKey, variant)
		}
	}
	if value := valueOf(values, c.chosen); value != nil {
		return value
	}
	return values
}

// has reports whether an item of a list is one of the variant, and takes the mark away.
func (c chooser) has(item *yaml.Node) bool {
	marks := valueOf(item, variantsKey)
	if marks == nil {
		return true
	}
	has := false
	reading.ReadList(marks, variantsKey, "ids of variants", c.report, func(mark *yaml.Node) {
		c.known(mark)
		has = has || mark.Value == c.chosen
	})
	at := slices.Index(item.Content, marks)
	item.Content = slices.Delete(slices.Clone(item.Content), at-1, at+1)
	return has
}

func (c chooser) known(id *yaml.Node) {
	if !slices.Contains(c.all, id.Value) {
		c.report.AddAt(reading.At(id), "there is no variant %q, known are %q", id.Value, c.all)
	}
}
