package plan

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

const withVariants = `variants: [red, blue]
start:
  manifests:
    - web.yaml
    - {file: {by-variant: {red: red.yaml, blue: blue.yaml}}, ago: 3m}
steps:
  - id: one
    checks:
      - {id: a, eventually: x}
    wrong:
      - {id: both, when: y}
      - {id: slip, when: z, variants: [blue]}
    questions:
      - id: q
        kind: choice
        options: [s, t]
        answer: {by-variant: {red: s, blue: t}}
`

func loadVariant(text, variant string) (Plan, error) {
	plan, problems := Load(fstest.MapFS{
		"x/lesson.yaml": {Data: []byte(text)}, "x/web.yaml": {}, "x/red.yaml": {}, "x/blue.yaml": {},
	}, "x", variant)
	if len(problems) > 0 {
		return plan, problems
	}
	return plan, nil
}

// TestLoadVariant wants of each variant what is its own and what all have.
func TestLoadVariant(t *testing.T) {
	for _, test := range []struct {
		wanted, variant, manifest, answer string
		wrong                             []string
	}{
		{"", "red", "red.yaml", "s", []string{"both"}},
		{"red", "red", "red.yaml", "s", []string{"both"}},
		{"blue", "blue", "blue.yaml", "t", []string{"both", "slip"}},
	} {
		plan, err := loadVariant(withVariants, test.wanted)
		if err != nil {
			t.Fatal(err)
		}
		if plan.Variant != test.variant || !slices.Equal(plan.Variants, []string{"red", "blue"}) {
			t.Errorf("%q: got variant %q of %q", test.wanted, plan.Variant, plan.Variants)
		}
		manifests := plan.Start.Manifests
		if len(manifests) != 2 || manifests[1].Name != test.manifest || manifests[1].Ago != 3*time.Minute || manifests[0].Ago != 0 {
			t.Errorf("%q: manifests are %+v", test.wanted, manifests)
		}
		var wrong []string
		for _, way := range plan.Steps[0].WrongWays {
			wrong = append(wrong, way.ID)
		}
		if !slices.Equal(wrong, test.wrong) {
			t.Errorf("%q: wrong ways are %q, want %q", test.wanted, wrong, test.wrong)
		}
		if got := plan.Steps[0].Questions[0].Answer; !slices.Equal(got, []string{test.answer}) {
			t.Errorf("%q: answer is %q, want %q", test.wanted, got, test.answer)
		}
	}
}

// TestVariantProblems spoils what says which variant something belongs to.
func TestVariantProblems(t *testing.T) {
	for _, test := range []struct{ old, replacement, want string }{
		{"variants: [blue]", "variants: [green]", `x/lesson.yaml:12:40: there is no variant "green", known are ["red" "blue"]`},
		{"{red: s, blue: t}", "{red: s}", `x/lesson.yaml:17:30: by-variant: no value for variant "blue"`},
		{"{red: s, blue: t}", "{red: s, blue: t, green: s}", `x/lesson.yaml:17:48: there is no variant "green"`},
		{"variants: [red, blue]", "variants: [red]", `x/lesson.yaml:1:11: variants: want two or more`},
		{"    - web.yaml\n", "", ""},
		{"ago: 3m}", "ago: 3m}\n    - late.yaml", `x/lesson.yaml:6:7: manifests: open x/late.yaml`},
		{"    - web.yaml\n", "    - {file: web.yaml, ago: 1m}\n", `x/lesson.yaml:5:7: manifests: "red.yaml" is applied before the one that it follows`},
	} {
		_, err := loadVariant(strings.Replace(withVariants, test.old, test.replacement, 1), "")
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%q: got %v, want no problem", test.replacement, err)
		case test.want != "" && (err == nil || !strings.Contains("\n"+err.Error(), "\n"+test.want)):
			t.Errorf("%q: got %v, want %q", test.replacement, err, test.want)
		}
	}
	if _, err := loadVariant(withVariants, "green"); err == nil || !strings.Contains(err.Error(), `there is no variant "green"`) {
		t.Errorf("got %v, want that there is no such variant", err)
	}
}

// TestVariantOf wants all variants for seeds that follow each other, and one for a seed.
func TestVariantOf(t *testing.T) {
	variants := []string{"a", "b", "c"}
	for seed, want := range []string{"a", "b", "c", "a"} {
		if got := VariantOf(variants, uint64(seed)); got != want {
			t.Errorf("seed %d: got %q, want %q", seed, got, want)
		}
	}
	if got := VariantOf(nil, 7); got != "" {
		t.Errorf("a lesson without variants: got %q", got)
	}
}
