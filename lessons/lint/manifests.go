package lint

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"

	"tabernetes/engine/node/image"
	"tabernetes/lessons/plan"
	"tabernetes/lessons/reading"
)

// checkManifests wants YAML in what is named as such: objects of kinds that there are,
// with fields that these have, and with images that can be pulled unless the lesson is
// about that.
func (l *linter) checkManifests() {
	ago := map[string]bool{} // whatever comes of them
	for _, manifest := range l.lesson.Start.Manifests {
		ago[manifest.Name] = manifest.Ago > 0
	}
	for _, file := range l.lesson.AllFiles() {
		r := &reading.Report{File: path.Join(l.lesson.ID, file.Name)}
		ending := path.Ext(file.Name)
		isManifest := ending == ".yaml" || ending == ".yml"
		switch {
		case file.Missing || !reading.IsText(file.Data, r):
		case isManifest:
			l.checkManifest(file, r, !ago[file.Name])
		}
		l.problems = append(l.problems, r.Sorted()...)
	}
	l.checkStartImages()
}

func (l *linter) checkManifest(file plan.File, r *reading.Report, comesToRest bool) {
	roots := reading.ParseDocuments(file.Data, r)
	if len(roots)+len(r.Problems) == 0 {
		r.Add(0, "no content")
	}
	for _, root := range roots {
		checkObject(root, r)
		for _, named := range imagesIn(root) {
			if problem := l.imageProblem(named.Value); problem != "" && comesToRest {
				r.AddAt(reading.At(named), "image %q: %s", named.Value, problem)
			}
		}
	}
}

// strict decodes objects as the API server does that validates their fields.
var strict = serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()

// checkObject reports an object of a kind that there is not, and fields that its kind does
// not have. Of kinds that a custom resource may define it knows nothing.
func checkObject(root *yaml.Node, r *reading.Report) {
	var fields map[string]any
	if err := root.Decode(&fields); err != nil {
		r.AddAt(reading.At(root), "want an object with apiVersion and kind")
		return
	}
	apiVersion, _ := fields["apiVersion"].(string)
	kind, _ := fields["kind"].(string)
	if apiVersion == "" && kind == "" {
		return // a part of an object, for a patch
	}
	if apiVersion == "" || kind == "" {
		r.AddAt(reading.At(root), "want an object with apiVersion and kind")
		return
	}
	version, err := schema.ParseGroupVersion(apiVersion)
	if err != nil {
		r.AddAt(placeOfField(root, "apiVersion"), "%v", err)
		return
	}
	isBuiltIn := scheme.Scheme.IsGroupRegistered(version.Group) || !strings.Contains(version.Group, ".")
	if !scheme.Scheme.Recognizes(version.WithKind(kind)) {
		if isBuiltIn && kind != "List" {
			unknown := &meta.NoKindMatchError{GroupKind: version.WithKind(kind).GroupKind(), SearchedVersions: []string{version.Version}}
			r.AddAt(placeOfField(root, "kind"), "%v%s", unknown, meantKind(version, kind))
		}
		return
	}
	encoded, err := json.Marshal(fields)
	if err != nil {
		return // keys that are no texts: whoever applies it is told
	}
	_, _, err = strict.Decode(encoded, nil, nil)
	if strictErr, ok := runtime.AsStrictDecodingError(err); ok {
		for _, one := range strictErr.Errors() {
			r.AddAt(placeOfField(root, fieldIn(one)), "%v", one)
		}
		return
	}
	if err != nil {
		r.AddAt(placeOfField(root, fieldIn(err)), "%v", err)
	}
}

// meantKind is what kind and version were most likely meant.
func meantKind(version schema.GroupVersion, kind string) string {
	var kinds []string
	for name := range scheme.Scheme.KnownTypes(version) {
		kinds = append(kinds, name)
	}
	slices.Sort(kinds)
	if meant := reading.DidYouMean(kind, kinds); meant != "" {
		return meant
	}
	var versions []string
	for known := range scheme.Scheme.AllKnownTypes() {
		if known.Kind == kind && known.Version != runtime.APIVersionInternal {
			versions = append(versions, known.GroupVersion().String())
		}
	}
	slices.Sort(versions)
	return reading.DidYouMean(version.String(), versions)
}

var (
	fieldOfError = regexp.MustCompile(`(?:field "([^"]+)"|Go struct field \w+\.(\S+) of type)`)
	fieldStep    = regexp.MustCompile(`([^.\[\]]+)|\[(\d+)\]`)
)

// fieldIn is the path of the field that an error of a decoder names, "" for none.
func fieldIn(err error) string {
	match := fieldOfError.FindStringSubmatch(err.Error())
	if match == nil {
		return ""
	}
	return match[1] + match[2]
}

// placeOfField is the place of the key at the end of a path such as
// "spec.template.spec.containers[0].image", or of the nearest that there is above it.
func placeOfField(root *yaml.Node, field string) reading.Place {
	at, node := reading.At(root), root
	for _, step := range fieldStep.FindAllStringSubmatch(field, -1) {
		index, err := strconv.Atoi(step[2])
		switch {
		case node.Kind == yaml.SequenceNode && err == nil && index < len(node.Content):
			node = node.Content[index]
			at = reading.At(node)
			continue
		case node.Kind != yaml.MappingNode:
			return at
		}
		found := false
		for i := 0; i+1 < len(node.Content) && !found; i += 2 {
			if node.Content[i].Value == step[1] {
				at, node, found = reading.At(node.Content[i]), node.Content[i+1], true
			}
		}
		if !found {
			return at
		}
	}
	return at
}

// imagesIn are the values of the fields "image" of all containers below a node.
func imagesIn(node *yaml.Node) []*yaml.Node {
	var found []*yaml.Node
	for i, child := range node.Content {
		isKey := node.Kind == yaml.MappingNode && i%2 == 0
		if isKey && strings.HasSuffix(strings.ToLower(child.Value), "containers") && node.Content[i+1].Kind == yaml.SequenceNode {
			for _, container := range node.Content[i+1].Content {
				for j := 0; j+1 < len(container.Content); j += 2 {
					if container.Content[j].Value == "image" {
						found = append(found, container.Content[j+1])
					}
				}
			}
		}
		if !isKey {
			found = append(found, imagesIn(child)...)
		}
	}
	return found
}

// checkStartImages wants images that nodes can have had.
func (l *linter) checkStartImages() {
	for _, name := range l.lesson.Start.Images {
		if problem := l.imageProblem(name); problem != "" {
			l.addAt(l.planFile(), l.placeIn(l.planFile(), name, 0), "images: image %q: %s", name, problem)
		}
	}
}

// checkTraffic wants a Service that something in the lesson names: requests to one that
// nobody makes all fail.
func (l *linter) checkTraffic() {
	for _, one := range l.lesson.Start.Traffic {
		_, name, isQualified := strings.Cut(one.Service, "/")
		if !isQualified {
			name = one.Service
		}
		name, _, _ = strings.Cut(name, ":")
		isInFile := slices.ContainsFunc(l.lesson.AllFiles(), func(f plan.File) bool { return strings.Contains(string(f.Data), name) })
		if !isInFile && !l.speaksOf(name) {
			l.addAt(l.planFile(), l.placeIn(l.planFile(), one.Service, 0), "traffic: no file, text or script of the lesson names a Service %q", name)
		}
	}
}

// imageProblem says why the nodes cannot pull an image of which the lesson does not speak,
// or which one of the catalogue is called almost alike; "" when there is nothing to say.
func (l *linter) imageProblem(name string) string {
	found, err := l.images.Resolve(name)
	if failed := (*image.PullError)(nil); errors.As(err, &failed) {
		if l.speaksOf(name) {
			return ""
		}
		return fmt.Sprintf("it cannot be pulled (%s), and no text of the lesson speaks of it", failed.Fault)
	}
	if err != nil {
		return err.Error()
	}
	meant := reading.Nearest(found.Repository, l.images.Repositories())
	if found.Known || meant == "" || l.speaksOf(name) {
		return ""
	}
	return fmt.Sprintf("repository %q is not in the catalogue of simulated images; did you mean %q?", found.Repository, meant)
}

// speaksOf reports whether the texts, the scripts or the checks have a name, or its tag when
// it is that of an image.
func (l *linter) speaksOf(name string) bool {
	tag := name[strings.LastIndex(name, "/")+1:]
	_, tag, _ = strings.Cut(tag, ":")
	names := func(text string) bool {
		return strings.Contains(text, name) || tag != "" && strings.Contains(text, ":"+tag)
	}
	for _, document := range l.lesson.Documents {
		if names(string(document.Text)) {
			return true
		}
	}
	for _, blocks := range l.lesson.Scripts.Steps() {
		if slices.ContainsFunc(blocks, names) {
			return true
		}
	}
	for _, step := range l.lesson.Steps {
		for _, check := range step.Checks {
			if names(check.Expect.Text) {
				return true
			}
		}
	}
	return false
}
