package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tabernetes/wasm/module"
	"tabernetes/wasm/overlay"
)

// compacted builds testdata/program as the modules are built, once.
var compacted = sync.OnceValues(func() (string, error) {
	directory, err := os.MkdirTemp("", "split")
	if err != nil {
		return "", err
	}
	raw, rewritten := filepath.Join(directory, "linked"), filepath.Join(directory, "compacted")
	replaced := filepath.Join(directory, "overlay.json")
	root, err := overlay.Root()
	if err != nil {
		return "", err
	}
	if err := overlay.Write(root, replaced); err != nil {
		return "", err
	}
	for _, command := range []*exec.Cmd{
		exec.Command("go", "build", "-overlay", replaced, "-ldflags=-s -w", "-o", raw, "./testdata/program"),
		exec.Command("go", "run", "tabernetes/wasm/compact", "-o", rewritten, raw),
	} {
		if command.Args[1] == "build" {
			command.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
		}
		command.Stderr = os.Stderr
		if err := command.Run(); err != nil {
			return "", err
		}
	}
	return rewritten, nil
})

func TestMain(m *testing.M) {
	m.Run()
	if file, err := compacted(); err == nil {
		_ = os.RemoveAll(filepath.Dir(file))
	}
}

func program(t *testing.T) *linked {
	t.Helper()
	file, err := compacted()
	if err != nil {
		t.Fatal(err)
	}
	l, err := readLinked(file)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func plans(t *testing.T, l *linked) map[string]*plan {
	t.Helper()
	made := map[string]*plan{}
	for name, wanted := range map[string]func(string) bool{
		"all":     func(string) bool { return true },
		"none":    func(string) bool { return false },
		"by half": func(name string) bool { return len(name)%2 == 0 },
	} {
		p, err := newPlan(l.program, l.names, wanted)
		if err != nil {
			t.Fatal(err)
		}
		made[name] = p
	}
	marked := *made["by half"]
	marked.marked = true
	made["marked"] = &marked
	return made
}

// TestPart parts a program in several ways. What part makes is the same each time, and
// verify finds in it what it was made from.
func TestPart(t *testing.T) {
	l := program(t)
	for name, p := range plans(t, l) {
		t.Run(name, func(t *testing.T) {
			made, err := part(l.bytes, l.tables, p)
			if err != nil {
				t.Fatal(err)
			}
			if err := verify(l.program, made); err != nil {
				t.Fatal(err)
			}
			again, err := part(l.bytes, l.tables, p)
			if err != nil || !bytes.Equal(again.primary, made.primary) || !bytes.Equal(again.data, made.data) ||
				!bytes.Equal(again.deferred, made.deferred) {
				t.Errorf("a second time something else is made, %v", err)
			}
			for number, deferred := range p.deferred {
				name := l.names[number]
				if deferred && (l.program.Types[number] != module.GoType || strings.HasPrefix(name, "runtime.") ||
					strings.HasPrefix(name, "fmt.") || strings.HasPrefix(name, "internal/chacha8rand.")) {
					t.Errorf("%s is deferred", name)
				}
			}
			checkDescription(t, made)
			checkWhatStays(t, l, p, made)
		})
	}
}

// checkDescription looks at what the primary says of the other parts.
func checkDescription(t *testing.T, made *parts) {
	t.Helper()
	section := func(of []byte, name string) []byte {
		sections, err := module.Sections(of)
		if err != nil {
			t.Fatal(err)
		}
		return module.CustomContent(sections, name)
	}
	var says described
	if err := json.Unmarshal(section(made.primary, partsSection), &says); err != nil {
		t.Fatal(err)
	}
	for _, part := range []struct {
		says    describedPart
		content []byte
	}{{says.Data, made.data}, {says.Deferred, made.deferred}} {
		digest := sha256.Sum256(part.content)
		if part.says.SHA256 != hex.EncodeToString(digest[:]) || part.says.Bytes != len(part.content) {
			t.Errorf("the primary asks for %+v, there is one of %d bytes, %x", part.says, len(part.content), digest)
		}
	}
	for _, part := range [][]byte{made.primary, made.data, made.deferred} {
		if got := section(part, buildSection); string(got) != says.Build {
			t.Errorf("a part is of build %q, the primary says %q", got, says.Build)
		}
	}
}

// checkWhatStays reads the tables as they are before the deferred module has come: a
// goroutine that has not begun can be walked, each function has its name, and none
// that is deferred says that it has tables.
func checkWhatStays(t *testing.T, l *linked, p *plan, made *parts) {
	t.Helper()
	sections, err := module.Sections(made.data)
	if err != nil {
		t.Fatal(err)
	}
	var memory []byte
	for _, s := range sections {
		if s.Number == module.SectionData {
			if memory, err = module.Memory(s.Content); err != nil {
				t.Fatal(err)
			}
		}
	}
	first := *l.tables
	first.memory = append(memory, make([]byte, len(l.tables.memory)-len(memory))...)
	if err := unpack(first.memory, l.tables.section()); err != nil {
		t.Fatal(err)
	}
	for number, deferred := range p.deferred {
		before, now := l.tables.record(number), first.record(number)
		if got := first.name(number); got != l.names[number] {
			t.Errorf("%s is named %q", l.names[number], got)
		}
		for _, field := range []int{0, fieldName, 8, 12, fieldStack} {
			if got, want := now.field(field), before.field(field); got != want {
				t.Errorf("%s: field %d is %#x, want %#x", l.names[number], field, got, want)
			}
		}
		const kindAndFlag = 1<<16 - 1
		if (now.field(fieldKind)^before.field(fieldKind))&kindAndFlag != 0 {
			t.Errorf("%s has lost its kind", l.names[number])
		}
		stack := l.tables.valueSpan(before.field(fieldStack))
		if !bytes.Equal(first.memory[stack.Begin:stack.End], l.tables.memory[stack.Begin:stack.End]) {
			t.Errorf("%s has lost the size of its frame", l.names[number])
		}
		tables, want := now.valueCount()+now.dataCount(), before.valueCount()+before.dataCount()
		if deferred && !before.inlinedAtEntry() {
			want = 0
		}
		if tables != want {
			t.Errorf("%s has %d tables, want %d (deferred: %t)", l.names[number], tables, want, deferred)
		}
	}
}

// TestDeferredLeave says that what is not wanted makes the primary smaller.
func TestDeferredLeave(t *testing.T) {
	l := program(t)
	sizes := map[string]int{}
	for name, p := range plans(t, l) {
		made, err := part(l.bytes, l.tables, p)
		if err != nil {
			t.Fatal(err)
		}
		sizes[name] = len(made.primary) + len(made.data)
	}
	if sizes["none"] >= sizes["by half"] || sizes["by half"] >= sizes["all"] || sizes["marked"] <= sizes["by half"] {
		t.Errorf("primaries with their data: %v", sizes)
	}
}

// TestVerifyFinds alters a byte of each part at many places: in code, tables or data.
func TestVerifyFinds(t *testing.T) {
	l := program(t)
	p := plans(t, l)["by half"]
	made, err := part(l.bytes, l.tables, p)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]*[]byte{"primary": &made.primary, "data": &made.data, "deferred": &made.deferred} {
		whole := *content
		begin, end := contentOf(t, whole, name == "data")
		for at := begin; at < end; at += (end-begin)/7 + 1 {
			*content = bytes.Clone(whole)
			(*content)[at] ^= 0x11
			if verify(l.program, made) == nil {
				t.Errorf("%s: nobody sees that byte %d of %d is another", name, at, len(whole))
			}
		}
		*content = whole
	}
	if err := verify(l.program, made); err != nil {
		t.Error(err)
	}
}

// contentOf is where the code of a module stands, or its data.
func contentOf(t *testing.T, part []byte, data bool) (begin, end int) {
	t.Helper()
	sections, err := module.Sections(part)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sections {
		if s.Number == module.SectionCode && !data || s.Number == module.SectionData && data {
			begin = bytes.Index(part, s.Content[:min(len(s.Content), 4096)])
			return begin + 8, begin + len(s.Content)
		}
	}
	t.Fatal("no such section")
	return 0, 0
}

func TestCommands(t *testing.T) {
	file, err := compacted()
	if err != nil {
		t.Fatal(err)
	}
	l := program(t)
	directory := t.TempDir()
	in := func(name string) string { return filepath.Join(directory, name) }

	// A profile of what a file says was called, merged with what was known.
	marks := make([]byte, 1<<16)
	for number, name := range l.names {
		if strings.HasPrefix(name, "main.") || strings.HasPrefix(name, "slices.") {
			marks[number] = 1
		}
	}
	known := "strings\n\tJoin\n\tGone\nfmt\n\tPrintln\n"
	for name, content := range map[string][]byte{"marks": marks, "profile.txt": []byte(known), "short": marks[:9]} {
		if err := os.WriteFile(in(name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := run([]string{"profile", "-merge", "-marks", in("marks"), "-o", in("profile.txt"), file}); err != nil {
		t.Fatal(err)
	}
	merged, err := readProfileFile(in("profile.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"slices.pdqsortOrdered[go.shape.string]": true, "strings.Join": true, "strings.Gone": false,
		"os.Exit": false, "main.total": false,
	} {
		if merged[name] != want {
			t.Errorf("the profile has %s: %t, want %t", name, merged[name], want)
		}
	}
	if err := run([]string{"profile", "-marks", in("short"), "-o", in("other.txt"), file}); err == nil {
		t.Error("marks of another module are taken")
	}

	if err := run([]string{"part", "-profile", in("profile.txt"), "-o", in("out"), file}); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"out.wasm", "out.data.wasm", "out.deferred.wasm"} {
		if content, err := os.ReadFile(in(part)); err != nil || !bytes.HasPrefix(content, []byte(module.Header)) {
			t.Errorf("%s: %d bytes, %v", part, len(content), err)
		}
	}
	left, err := filepath.Glob(in("*.part"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestUsage(t *testing.T) {
	file, err := compacted()
	if err != nil {
		t.Fatal(err)
	}
	for _, arguments := range [][]string{
		{},
		{"join"},
		{"part"},
		{"part", file},
		{"part", "-o", "x"},
		{"profile", "-o", "x", file},
		{"names"},
		{"names", file, "first"},
		{"names", file, "4095"},
		{"part", "-o", "x", "split_test.go"},
		{"part", "-profile", "none.txt", "-o", "x", file},
	} {
		if err := run(arguments); err == nil {
			t.Errorf("split %v: no error", arguments)
		}
	}
}

// TestWriteFails leaves nothing of a set of files of which one cannot be written.
func TestWriteFails(t *testing.T) {
	directory := t.TempDir()
	whole := filepath.Join(directory, "whole")
	err := writeFiles(outputFile{whole, []byte("1")}, outputFile{filepath.Join(directory, "missing", "x"), nil})
	if err == nil {
		t.Error("no error")
	}
	if entries, err := os.ReadDir(directory); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
