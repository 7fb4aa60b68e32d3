package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tabernetes/wasm/module"
)

// What the functions of these tests import: note says where they are, choose what they
// are to do, and leave whether a call unwinds the stack.
const (
	note = iota
	choose
	leave
	importedFunctions
)

// slot is the place in the table that the functions of these tests believe to have.
const slot = 0x1000

// assembled is a function as Go's assembler would lay it out.
type assembled struct {
	out      []byte
	random   *rand.Rand
	sections int
	// values has a value of PC_B for each section.
	values []int
	table  []int
}

// assemble makes a function of random sections that jump to one another.
func assemble(random *rand.Rand) (body []byte, entries []int) {
	a := &assembled{random: random, sections: 1 + random.IntN(12)}
	for number := range a.sections {
		a.values = append(a.values, len(a.table))
		for range 1 + random.IntN(3) {
			a.table = append(a.table, number)
		}
	}
	entries = []int{0}
	a.emit(0) // no locals
	a.emit(module.OpcodeBlock, voidType, module.OpcodeLoop, voidType)
	for range a.sections {
		a.emit(module.OpcodeBlock, voidType)
	}
	a.emit(module.OpcodeLocalGet, 0, module.OpcodeBranchTable)
	a.out = binary.AppendUvarint(a.out, uint64(len(a.table)-1))
	for _, number := range a.table {
		a.out = binary.AppendUvarint(a.out, uint64(number))
	}
	a.emit(module.OpcodeEnd)
	for number := range a.sections {
		if number > 0 {
			a.emit(module.OpcodeEnd)
		}
		if value, called := a.section(number); called {
			entries = append(entries, value)
		}
	}
	a.emit(module.OpcodeEnd, module.OpcodeUnreachable, module.OpcodeEnd)
	a.emit(module.OpcodeConstant32, 1, module.OpcodeEnd)
	return a.out, entries
}

func (a *assembled) emit(bytes ...byte) { a.out = append(a.out, bytes...) }

func (a *assembled) constant(value int) {
	a.out = module.AppendSigned(append(a.out, module.OpcodeConstant32), int64(value))
}

// section writes one. The second result says that it ends with a call, the first how
// the function is called to go on behind it.
func (a *assembled) section(number int) (value int, called bool) {
	loop := byte(a.sections - 1 - number)
	a.constant(number)
	a.emit(module.OpcodeCall, note)
	if a.random.IntN(4) == 0 {
		// A mask that looks like an address of this function, behind its end.
		a.emit(module.OpcodeConstant64)
		a.out = module.AppendSigned(a.out, slot<<addressBits|(1<<addressBits-1))
		a.emit(module.OpcodeDrop)
	}
	for range a.random.IntN(3) {
		// A jump that is all of an "if", behind a comparison or its negation.
		a.emit(module.OpcodeCall, choose)
		a.constant(a.random.IntN(4))
		a.emit([]byte{0x46, 0x47, 0x48, 0x4f}[a.random.IntN(4)])
		switch a.random.IntN(3) {
		case 0:
			a.emit(module.OpcodeEqualZero32)
		case 1:
			a.emit(module.OpcodeExtend64, module.OpcodeEqualZero64)
		}
		a.emit(module.OpcodeIf, voidType)
		if a.random.IntN(4) == 0 {
			a.constant(100 + number)
			a.emit(module.OpcodeCall, note)
		}
		a.jump(loop + 1)
		a.emit(module.OpcodeEnd)
	}
	switch last := number == a.sections-1; {
	case a.random.IntN(3) == 0 && !last:
		value = a.values[number+1]
		a.emit(module.OpcodeConstant64)
		a.out = module.AppendSigned(a.out, int64(slot<<addressBits|value))
		a.emit(module.OpcodeDrop, module.OpcodeCall, leave, module.OpcodeBranchIf, loop+1)
		return value, true
	case a.random.IntN(2) == 0 || last:
		a.constant(0)
		a.emit(module.OpcodeReturn)
	case a.random.IntN(2) == 0:
		a.jump(loop)
	}
	return 0, false
}

func (a *assembled) jump(depth byte) {
	target := a.random.IntN(a.sections)
	a.constant(a.values[target])
	a.emit(module.OpcodeLocalSet, 0, module.OpcodeBranch, depth)
}

// moduleOf is a module that exports a function.
func moduleOf(body []byte) []byte {
	section := func(number byte, content ...byte) module.Section {
		return module.Section{Number: number, Content: content}
	}
	imports := []byte{importedFunctions}
	for number, name := range []string{"note", "choose", "leave"} {
		imports = append(module.AppendName(module.AppendName(imports, "test"), name), module.KindFunction, byte(number+1))
	}
	return module.Assemble([]module.Section{
		section(module.SectionType, 4, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 1, 0x7f, 0, 0x60, 0, 1, 0x7f, 0x60, 0, 1, 0x7f),
		section(module.SectionImport, imports...),
		section(module.SectionFunction, 1, module.GoType),
		section(module.SectionExport, append(module.AppendName([]byte{1}, "run"), module.KindFunction, importedFunctions)...),
		section(module.SectionCode, module.AppendBodies(nil, [][]byte{body})...),
	})
}

// TestStraightened runs random functions before and after, called in every way in
// which they may be: they do the same.
func TestStraightened(t *testing.T) {
	const functions = 3000
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 1))
	directory := t.TempDir()
	var entriesOf [][]int
	for number := range functions {
		body, entries := assemble(random)
		entriesOf = append(entriesOf, entries)
		d, err := parseDispatched(body, slot)
		if err != nil {
			t.Fatalf("seed %d, function %d: %v", seed, number, err)
		}
		for _, entry := range entries {
			if !slices.Contains(d.entries, entry) {
				t.Errorf("seed %d, function %d: entries %v, want %v", seed, number, d.entries, entries)
			}
		}
		if most := slices.Max(d.entries); most >= len(d.table) {
			t.Errorf("seed %d, function %d: entry %d of a table of %d", seed, number, most, len(d.table))
		}
		straightened := d.straightened()
		for name, body := range map[string][]byte{"before": body, "after": straightened} {
			if err := os.WriteFile(filepath.Join(directory, fmt.Sprintf("%d.%s", number, name)), moduleOf(body), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	written, err := json.Marshal(entriesOf)
	if err != nil {
		t.Fatal(err)
	}
	node := exec.Command("node", "testdata/compare.mjs", directory, fmt.Sprint(seed%(1<<32)))
	node.Stdin = strings.NewReader(string(written))
	node.Stderr = os.Stderr
	if out, err := node.Output(); err != nil {
		t.Errorf("seed %d: %v\n%s", seed, err, out)
	}
}
