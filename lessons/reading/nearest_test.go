package reading

import "testing"

// TestNearest wants what was meant for a slip of each kind, and nothing for another word.
func TestNearest(t *testing.T) {
	known := []string{"id", "limit", "checks", "hints", "wrong", "questions", "debrief"}
	for mistyped, want := range map[string]string{
		"hnits":     "hints",     // swapped
		"hint":      "hints",     // left out
		"debbrief":  "debrief",   // added
		"cheeks":    "checks",    // mistaken
		"qestoins":  "questions", // two slips in a long word
		"if":        "id",
		"solutions": "",
		"hints":     "", // is known itself
		"":          "",
	} {
		if got := Nearest(mistyped, known); got != want {
			t.Errorf("%q: got %q, want %q", mistyped, got, want)
		}
	}
}

// TestPlaceAt counts characters, as editors do.
func TestPlaceAt(t *testing.T) {
	text := []byte("一\n二三 x\n")
	for offset, want := range map[int]Place{0: {1, 1}, 4: {2, 1}, 11: {2, 4}, -1: {}, 100: {3, 1}} {
		if got := PlaceAt(text, offset); got != want {
			t.Errorf("offset %d: got %+v, want %+v", offset, got, want)
		}
	}
}
