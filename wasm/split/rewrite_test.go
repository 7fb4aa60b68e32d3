package main

import (
	"bytes"
	"errors"
	"testing"

	"tabernetes/wasm/module"
)

// handmade is a program of two imports and functions at slots from 0x10 on; bodies
// have no locals.
func handmade(deferred []bool, bodies ...[]byte) *plan {
	p := &plan{
		program: &module.Program{
			Imports:   []module.Import{{Module: "gojs", Name: "a"}, {Module: "gojs", Name: "b"}},
			Types:     make([]uint64, len(bodies)),
			FirstSlot: 0x10,
		},
		deferred: deferred,
		index:    make([]uint64, len(bodies)),
	}
	for _, body := range bodies {
		p.program.Bodies = append(p.program.Bodies, append([]byte{0}, body...))
	}
	return p
}

const end = module.OpcodeEnd

// TestRewrite has two functions in each module: 0 and 2 in the primary, 1 and 3 deferred.
// Functions have the indices 2 to 5 in the program. In the primary three imports are
// before them, in the deferred module, which uses one, one.
func TestRewrite(t *testing.T) {
	p := handmade(
		[]bool{false, true, false, true},
		[]byte{
			module.OpcodeCall, 1, // an import
			module.OpcodeCall, 4, // function 2, here
			module.OpcodeCall, 3, // function 1, not here
			module.OpcodeDrop, module.OpcodeCallIndirect, 0, 0, end,
		},
		[]byte{
			module.OpcodeCall, 1, // an import
			module.OpcodeCall, 5, // function 3, here
			module.OpcodeCall, 2, // function 0, not here
			module.OpcodeDrop, module.OpcodeCallIndirect, 0, 0, end,
		},
		[]byte{end},
		[]byte{end},
	)
	if err := p.number(); err != nil {
		t.Fatal(err)
	}
	for number, want := range [][]byte{
		{
			0, module.OpcodeCall, 1,
			module.OpcodeCall, 4,
			module.OpcodeConstant32, 0x11,
			module.OpcodeGlobalSet, 8, module.OpcodeGlobalGet, 8, module.OpcodeCallIndirect, 0, 0,
			module.OpcodeDrop,
			module.OpcodeGlobalSet, 8, module.OpcodeGlobalGet, 8, module.OpcodeCallIndirect, 0, 0, end,
		},
		{
			0, module.OpcodeCall, 0,
			module.OpcodeCall, 2,
			module.OpcodeConstant32, 0x10, module.OpcodeCallIndirect, 0, 0,
			module.OpcodeDrop, module.OpcodeCallIndirect, 0, 0, end,
		},
	} {
		got, err := p.rewrite(number)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("function %d is\n% x, want\n% x", number, got, want)
		}
	}
	p.marked = true
	got, err := p.rewrite(2)
	want := []byte{
		0, module.OpcodeConstant32, 2, module.OpcodeConstant32, 1,
		module.OpcodeStore8, module.AlignmentWithMemory, marksMemory, 0, end,
	}
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("marked it is % x, want % x, %v", got, want, err)
	}
}

// TestAmbiguous refuses what could not be told from what rewrite writes.
func TestAmbiguous(t *testing.T) {
	for name, body := range map[string][]byte{
		"a constant before an indirect call": {module.OpcodeConstant32, 3, module.OpcodeCallIndirect, 0, 0, end},
		"a ninth register":                   {module.OpcodeGlobalGet, 8, end},
	} {
		p := handmade([]bool{false}, body)
		if err := p.number(); err != nil {
			t.Fatal(err)
		}
		if _, err := p.rewrite(0); !errors.Is(err, errAmbiguous) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	p := handmade([]bool{false}, []byte{0xfe, end})
	if _, err := p.rewrite(0); err == nil {
		t.Error("an unknown instruction is taken")
	}
}
