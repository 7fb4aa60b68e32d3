package diagnose_test

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"tabernetes/engine/view/diagnose"
	"tabernetes/engine/view/rollout"
	"tabernetes/engine/view/timeline"
)

// TestProtocol keeps the Go and the TypeScript form of what the page is told the
// same.
func TestProtocol(t *testing.T) {
	source := read(t, "../../../web/src/protocol/diagnosis.ts") + read(t, "../../../web/src/protocol/timeline.ts")
	for name, value := range map[string]any{
		"Diagnosis":       diagnose.Diagnosis{},
		"ObjectReference": diagnose.Reference{},
		"CauseLink":       diagnose.Link{},
		"CauseEvidence":   diagnose.Evidence{},
		"Arithmetic":      rollout.Arithmetic{},
		"ArithmeticBound": rollout.Bound{},
		"TimelineDelta":   timeline.Delta{},
		"TimelineSeries":  timeline.Series{},
		"TimelinePoint":   timeline.Point{},
		"TimelineSet":     timeline.SetPoint{},
		"TimelineMark":    timeline.Mark{},
	} {
		declaration := regexp.MustCompile(`(?m)^export interface ` + name + ` \{\n((?:  .*\n|\n)*)\}`).FindStringSubmatch(source)
		if declaration == nil {
			t.Fatalf("web/src/protocol has no interface %s", name)
		}
		var want, got []string
		for _, property := range regexp.MustCompile(`(?m)^  readonly (\w+)\??:`).FindAllStringSubmatch(declaration[1], -1) {
			want = append(want, property[1])
		}
		for field := range reflect.TypeOf(value).Fields() {
			got = append(got, field.Tag.Get("json"))
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s has the fields %q, in TypeScript %q", name, got, want)
		}
	}
}

// TestEveryReasonHasItsSentences checks that the page has sentences for every
// reason, in every language, and that they use only existing parameters.
func TestEveryReasonHasItsSentences(t *testing.T) {
	key := regexp.MustCompile(`(?m)^  ([A-Z]\w+): \(`)
	used := regexp.MustCompile(`is\.(?:text|number|list)\("(\w+)"\)`)
	for _, file := range []string{"../../../web/src/language/causes.english.ts", "../../../web/src/language/causes.chinese.ts"} {
		source := read(t, file)
		found := key.FindAllStringSubmatchIndex(source, -1)
		worded := map[diagnose.Reason]bool{}
		for index, match := range found {
			reason := diagnose.Reason(source[match[2]:match[3]])
			worded[reason] = true
			end := len(source)
			if index+1 < len(found) {
				end = found[index+1][0]
			}
			parameters, known := diagnose.Reasons[reason]
			if !known {
				t.Errorf("%s words %s, which is no reason", file, reason)
			}
			for _, parameter := range used.FindAllStringSubmatch(source[match[0]:end], -1) {
				if !slices.Contains(parameters, parameter[1]) {
					t.Errorf("%s: %s has no parameter %q", file, reason, parameter[1])
				}
			}
		}
		for reason := range diagnose.Reasons {
			if !worded[reason] {
				t.Errorf("%s does not word %s", file, reason)
			}
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
