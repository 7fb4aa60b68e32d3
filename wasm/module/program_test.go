package module

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
)

// sectionsOfProgram are those of a program of one import and two functions, laid out as
// Go's linker does.
func sectionsOfProgram() map[byte][]byte {
	return map[byte][]byte{
		SectionType:     {2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 0, 0},
		SectionImport:   append(AppendName(AppendName([]byte{1}, "gojs"), "now"), KindFunction, 0),
		SectionFunction: {2, 0, 1},
		SectionTable:    {1, 0x70, 0, 6},
		SectionMemory:   {1, 0, 9},
		SectionGlobal:   {0},
		SectionExport:   append(AppendName([]byte{2}, "run"), append([]byte{KindFunction, 2}, append(AppendName(nil, "mem"), KindMemory, 0)...)...),
		SectionElement:  {1, 0, OpcodeConstant32, 4, OpcodeEnd, 2, 1, 2},
		SectionCode:     {2, 4, 0, OpcodeCall, 0, OpcodeEnd, 4, 0, OpcodeCall, 1, OpcodeEnd},
		SectionData:     {1, 0, OpcodeConstant32, 3, OpcodeEnd, 2, 'h', 'i'},
	}
}

func assembled(contents map[byte][]byte) []byte {
	var sections []Section
	for _, number := range slices.Sorted(maps.Keys(contents)) {
		sections = append(sections, Section{number, contents[number]})
	}
	return Assemble(sections)
}

func TestParse(t *testing.T) {
	p, err := Parse(assembled(sectionsOfProgram()))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Imports) != 1 || p.Imports[0] != (Import{"gojs", "now", 0}) || p.Pages != 9 || p.FirstSlot != 4 {
		t.Errorf("parsed %+v", p)
	}
	if !slices.Equal(p.Types, []uint64{0, 1}) || len(p.Bodies) != 2 || string(p.Memory) != "\x00\x00\x00hi" {
		t.Errorf("types %v, %d bodies, memory %q", p.Types, len(p.Bodies), p.Memory)
	}
	if want := []Export{{"run", KindFunction, 1}, {"mem", KindMemory, 0}}; !slices.Equal(p.Exports, want) {
		t.Errorf("exports %v, want %v", p.Exports, want)
	}
	for number, want := range []struct {
		callee   int
		imported bool
	}{{0, true}, {0, false}} {
		_, err := Walk(p.Bodies[number], func(i Instruction) {
			if i.Opcode != OpcodeCall {
				return
			}
			if callee, imported := p.Callee(p.Bodies[number], i); callee != want.callee || imported != want.imported {
				t.Errorf("function %d calls %d (imported: %t)", number, callee, imported)
			}
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestParseRefuses takes no module that Go's linker would not write.
func TestParseRefuses(t *testing.T) {
	for name, change := range map[string]func(map[byte][]byte){
		"no table":             func(c map[byte][]byte) { delete(c, SectionTable) },
		"another first type":   func(c map[byte][]byte) { c[SectionType][2] = 2 },
		"an imported memory":   func(c map[byte][]byte) { c[SectionImport][10] = KindMemory },
		"a maximum of memory":  func(c map[byte][]byte) { c[SectionMemory] = []byte{1, 1, 9, 9} },
		"an import given out":  func(c map[byte][]byte) { c[SectionExport][6] = 0 },
		"two segments":         func(c map[byte][]byte) { c[SectionElement][0] = 2 },
		"a computed slot":      func(c map[byte][]byte) { c[SectionElement][2] = OpcodeGlobalGet },
		"slots in disorder":    func(c map[byte][]byte) { c[SectionElement][6] = 2 },
		"too few slots":        func(c map[byte][]byte) { c[SectionElement] = []byte{1, 0, OpcodeConstant32, 4, OpcodeEnd, 1, 1} },
		"a function less":      func(c map[byte][]byte) { c[SectionCode] = []byte{1, 2, 0, OpcodeEnd} },
		"code that is cut off": func(c map[byte][]byte) { c[SectionCode] = c[SectionCode][:4] },
		"more than it says":    func(c map[byte][]byte) { c[SectionFunction] = append(c[SectionFunction], 0) },
	} {
		contents := sectionsOfProgram()
		change(contents)
		if _, err := Parse(assembled(contents)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Parse([]byte("none")); err == nil || !strings.Contains(err.Error(), "not a WebAssembly module") {
		t.Errorf("got %v", err)
	}
}

func TestAppended(t *testing.T) {
	contents := sectionsOfProgram()
	p, err := Parse(assembled(contents))
	if err != nil {
		t.Fatal(err)
	}
	if got := AppendBodies(nil, p.Bodies); !bytes.Equal(got, contents[SectionCode]) {
		t.Errorf("code % x, want % x", got, contents[SectionCode])
	}
	if got := AppendSlots([]byte{1}, p.FirstSlot, []uint64{1, 2}); !bytes.Equal(got, contents[SectionElement]) {
		t.Errorf("elements % x, want % x", got, contents[SectionElement])
	}
}
