package lessons

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"tabernetes/lessons/plan"
)

// TestRenderVariant wants of a text what belongs to the variant and what belongs to all,
// and problems for variants that are not there.
func TestRenderVariant(t *testing.T) {
	source := frontMatter + step + "```hint {id=a variant=red}\nWarm.\n```\n\n```hint {id=a variant=blue}\nCold.\n```\n\n" +
		"```question {id=q}\nask: Which?\nwhy (red): Because it is warm,\n  really.\nwhy (blue): Because it is cold,\n  really.\n```\n"
	shared := plan.Plan{Variant: "blue", Variants: []string{"red", "blue"}}
	document := Render(Source{Lesson: "test", Language: "en", File: "f", Text: []byte(source)}, shared)
	if len(document.Problems) > 0 {
		t.Fatal(document.Problems)
	}
	html := string(document.HTML)
	if !strings.Contains(html, "Cold.") || strings.Contains(html, "Warm.") || strings.Contains(html, "warm") {
		t.Errorf("want the text of variant blue alone, got\n%s", html)
	}
	if len(document.Blocks) != 2 {
		t.Fatalf("got %d blocks, want a hint and a question", len(document.Blocks))
	}
	if why, _ := document.Blocks[1].Sentence("why"); why.Text != "Because it is cold, really." {
		t.Errorf("got %q, want the sentence of variant blue", why.Text)
	}
	shared.Variants = []string{"blue", "green"}
	document = Render(Source{Lesson: "test", Language: "en", File: "f", Text: []byte(source)}, shared)
	for _, want := range []string{`f:8: there is no variant "red"`, `f:18: there is no variant "red"`} {
		if !strings.Contains(document.Problems.Error(), want) {
			t.Errorf("problems are\n%v\nwant one with\n%s", document.Problems, want)
		}
	}
}

// TestLoadAllVariants wants a lesson for each variant, in their order.
func TestLoadAllVariants(t *testing.T) {
	content := fstest.MapFS{
		"v/lesson.yaml":  {Data: []byte("variants: [red, blue]\n")},
		"v/lesson.en.md": {Data: []byte(frontMatter + step)},
	}
	all, err := LoadAll(content)
	if err != nil {
		t.Fatal(err)
	}
	var variants []string
	for _, lesson := range all {
		variants = append(variants, lesson.ID+"/"+lesson.Variant)
	}
	if want := []string{"v/red", "v/blue"}; !slices.Equal(variants, want) {
		t.Errorf("got %q, want %q", variants, want)
	}
}

// TestSinceIsClosed wants what has happened since the start out of sight.
func TestSinceIsClosed(t *testing.T) {
	start := plan.Start{Manifests: []plan.Manifest{
		{File: plan.File{Name: "web.yaml", Data: []byte("kind: A\n")}},
		{File: plan.File{Name: "fault.yaml", Data: []byte("kind: B\n")}, Ago: 1},
	}}
	shown, hidden, ok := strings.Cut(startOf("en", start), "<details><summary>")
	if !ok || !strings.Contains(shown, "kind: A") || strings.Contains(shown, "kind: B") || !strings.Contains(hidden, "kind: B") {
		t.Errorf("want kind A before, and kind B in closed details, got\n%s\n%s", shown, hidden)
	}
}
