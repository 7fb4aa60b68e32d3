package unifieddiff

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestWriteIsDiff(t *testing.T) {
	moment := time.Date(2026, 1, 2, 3, 4, 5, 678, time.UTC)
	from := File{Name: "a/x", Modified: moment, Text: []byte("one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\nlast")}
	into := File{Name: "b/x", Text: []byte("one\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\nmore\nlast\n")}
	var out bytes.Buffer
	different, err := Write(&out, from, into)
	if err != nil || !different {
		t.Fatalf("got different %t, error %v", different, err)
	}
	epoch := time.Unix(0, 0).Format("2006-01-02 15:04:05.000000000 -0700")
	want := "--- a/x\t2026-01-02 03:04:05.000000678 +0000\n+++ b/x\t" + epoch + `
@@ -1,5 +1,4 @@
 one
-two
 three
 four
 five
@@ -8,4 +7,5 @@
 eight
 nine
 ten
-last
\ No newline at end of file
+more
+last
`
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWriteSaysNothingOfEqualTexts(t *testing.T) {
	var out bytes.Buffer
	different, err := Write(&out, File{Name: "a", Text: []byte("x\n")}, File{Name: "b", Text: []byte("x\n")})
	if different || err != nil || out.Len() > 0 {
		t.Errorf("got different %t, error %v, output %q", different, err, out.String())
	}
}

// Against the program diff itself, with changes like those of manifests: its
// output must be the same but for the headers.
func TestWriteAgainstDiff(t *testing.T) {
	program, err := exec.LookPath("diff")
	if err != nil {
		t.Skip("the program diff is not here")
	}
	const seed = 4
	random := rand.New(rand.NewPCG(seed, 0))
	directory := t.TempDir()
	a, b := filepath.Join(directory, "a"), filepath.Join(directory, "b")
	for run := range 300 {
		before := manifestLines(random)
		after := edited(random, before)
		for file, lines := range map[string][]string{a: before, b: after} {
			if err := os.WriteFile(file, []byte(strings.Join(lines, "")), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		output, err := exec.Command(program, "-u", a, b).Output()
		if exit := (&exec.ExitError{}); err != nil && (!errorAs(err, &exit) || exit.ExitCode() != 1) {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if _, err := Write(&out, File{Name: a, Text: []byte(strings.Join(before, ""))}, File{Name: b, Text: []byte(strings.Join(after, ""))}); err != nil {
			t.Fatal(err)
		}
		if got, want := withoutHeaders(out.Bytes()), withoutHeaders(output); got != want {
			t.Fatalf("seed %d, run %d: got\n%s\nwant\n%s", seed, run, got, want)
		}
	}
}

func errorAs(err error, exit **exec.ExitError) bool {
	found, ok := err.(*exec.ExitError) //nolint:errorlint // as package exec returns it
	*exit = found
	return ok
}

var header = regexp.MustCompile(`(?m)^(---|\+\+\+) .*\n`)

func withoutHeaders(text []byte) string { return string(header.ReplaceAll(text, nil)) }

// manifestLines are lines of which many are alike, as in YAML.
func manifestLines(random *rand.Rand) []string {
	words := []string{"spec:\n", "  - name: a\n", "    image: x\n", "metadata:\n", "  labels:\n", "    app: web\n", "  - name: b\n", "status: {}\n"}
	lines := make([]string, 5+random.IntN(40))
	for index := range lines {
		lines[index] = words[random.IntN(len(words))]
		if random.IntN(2) == 0 {
			lines[index] = strings.TrimSuffix(lines[index], "\n") + string(rune('a'+random.IntN(26))) + string(rune('a'+random.IntN(26))) + "\n"
		}
	}
	return lines
}

func edited(random *rand.Rand, lines []string) []string {
	var after []string
	for _, line := range lines {
		switch random.IntN(20) {
		case 0:
		case 1:
			after = append(after, line, "inserted: true\n")
		case 2:
			after = append(after, "changed: "+line)
		default:
			after = append(after, line)
		}
	}
	return after
}
