package play

import "testing"

func TestCompareOutput(t *testing.T) {
	const pods = `NAME                   READY   STATUS    RESTARTS      AGE
web-6d4b75cb6d-2xk9z   1/1     Running   0             5s
web-7f8c9d5b4-qq7vw    0/1     Pending   1 (12s ago)   2m30s
`
	for name, test := range map[string]struct {
		example, printed string
		// line is the place of the mismatch, 0 for none.
		line int
	}{
		"the same": {pods, pods, 0},
		"other names, ages, widths and order": {pods, `NAME                 READY   STATUS    RESTARTS      AGE
web-5c5f9c8d7-bbbbb  0/1     Pending   1 (3s ago)    4h
web-8d4b75cb6d-w6k9z 1/1     Running   0             12m
`, 0},
		"another state": {pods, `NAME                 READY   STATUS    RESTARTS      AGE
web-5c5f9c8d7-bbbbb  0/1     Running   1 (3s ago)    4h
web-8d4b75cb6d-w6k9z 1/1     Running   0             12m
`, 3},
		"another column":      {pods, "NAME   READY   STATUS   RESTARTS   AGE   IP\n", 1},
		"one row less":        {pods, pods[:len(pods)/3*2-1], 3},
		"one line more":       {"a\n", "a\nb\n", 1},
		"a name that is one":  {"deployment.apps/web scaled\n", "deployment.apps/wab scaled\n", 1},
		"a name by chance":    {"pod/web-2xk9z deleted\n", "pod/web-bbb7z deleted\n", 0},
		"addresses and times": {"10.0.0.1:80 since 2026-12-07T09:00:00Z\n", "10.255.0.71:80 since 2026-12-06T08:01:02Z\n", 0},
		"another port":        {"10.0.0.1:80\n", "10.0.0.1:81\n", 1},
		"quantities":          {"  cpu:  100m\n", "  cpu:  200m\n", 1},
		"an age in describe":  {"Age:  2m\n", "Age:  3m\n", 0},
		"indented otherwise":  {"spec:\n  replicas: 1\n", "spec:\n    replicas: 1\n", 2},
		"text left out":       {"image: …:v1 is there\n", "image: sim/web:v1 is there\n", 0},
		"other text there":    {"image: …:v1\n", "image: sim/web:v2\n", 1},
		"lines left out":      {"a\n…\nd\n", "a\nb\nc\nd\n", 0},
		"none left out":       {"a\n…\nd\n", "a\nd\n", 0},
		"at the beginning":    {"…\nd\n", "a\nb\nd\n", 0},
		"at the end":          {"a\n…\n", "a\nb\n", 0},
		"another order":       {"…\nc\n…\nb\n…\n", "a\nb\nc\nd\n", 4},
		"another end":         {"a\n…\nd\n", "a\nb\nd\nc\n", 3},
		"another beginning":   {"b\n…\n", "a\nb\n", 1},
	} {
		t.Run(name, func(t *testing.T) {
			found := compareOutput(test.example, test.printed)
			switch {
			case test.line == 0 && len(found) > 0:
				t.Errorf("got %+v, want no mismatch", found)
			case test.line > 0 && (len(found) != 1 || found[0].line != test.line):
				t.Errorf("got %+v, want one at line %d", found, test.line)
			}
		})
	}
}
