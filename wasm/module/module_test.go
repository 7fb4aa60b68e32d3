package module

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// TestManySegments has more gaps than there may be segments.
func TestManySegments(t *testing.T) {
	memory := make([]byte, 40*(MaximumSegments+10))
	for at := 0; at < len(memory); at += 40 {
		memory[at] = 1
	}
	data := Data(memory)
	if count, _ := binary.Uvarint(data); count > MaximumSegments {
		t.Errorf("%d segments", count)
	}
	if got, err := Memory(data); err != nil || !bytes.Equal(got, bytes.TrimRight(memory, "\x00")) {
		t.Errorf("the memory differs, %v", err)
	}
}

// TestDataOverMemory writes wanted bytes, zeros too, over a memory that differs there alone.
func TestDataOverMemory(t *testing.T) {
	whole := []byte("what was there and what is new, far behind it: this")
	wanted := func(at int) bool { return at >= 5 && at < 8 || at > 46 }
	whole[6] = 0
	over := bytes.Clone(whole)
	for at := range over {
		if wanted(at) {
			over[at] = '?'
		}
	}
	got, err := Overlay(over, DataOf(whole, wanted))
	if err != nil || !bytes.Equal(got, whole) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestSignedNumbers(t *testing.T) {
	for _, value := range []int64{0, 1, 63, 64, 127, 128, 1 << 20, 1<<31 - 1, -1, -64, -65, -1 << 31} {
		rest := NewReader(append(AppendSigned(nil, value), 7))
		if got := rest.Signed(); got != value || rest.Left() != 1 || rest.Failed() {
			t.Errorf("%d became %d with %d bytes left", value, got, rest.Left())
		}
	}
}

func TestReaderFails(t *testing.T) {
	for name, read := range map[string]func(*Reader){
		"take":     func(r *Reader) { r.Take(3) },
		"unsigned": func(r *Reader) { r.Unsigned() },
		"signed":   func(r *Reader) { r.Signed() },
		"name":     func(r *Reader) { r.Name() },
	} {
		rest := NewReader([]byte{0x85, 0x80})
		if read(rest); !rest.Failed() {
			t.Errorf("%s: read what is not there", name)
		}
	}
	if rest := NewReader(nil); rest.Byte() != 0 || !rest.Failed() {
		t.Error("a byte was read of none")
	}
}

func TestCustomContent(t *testing.T) {
	module := Assemble([]Section{Custom("a", []byte("first")), {Number: SectionType, Content: []byte{0}}, Custom("b", nil), Custom("a", []byte("second"))})
	sections, err := Sections(module)
	if err != nil {
		t.Fatal(err)
	}
	if got := CustomContent(sections, "a"); string(got) != "first" {
		t.Errorf("got %q", got)
	}
	if got := CustomContent(sections, "c"); got != nil {
		t.Errorf("got %q of a section that is not there", got)
	}
}

// TestWalk goes over one instruction of each shape.
func TestWalk(t *testing.T) {
	shapes := [][]byte{
		{OpcodeBlock, 0x40},
		{OpcodeLoop, 0x7f},
		{OpcodeConstant32, 0x80, 0x7f},
		{OpcodeConstant64, 0xff, 0xff, 0x7f},
		{OpcodeConstantF32, 1, 2, 3, 4},
		{OpcodeConstantF64, 1, 2, 3, 4, 5, 6, 7, 8},
		{OpcodeBranchTable, 2, 0, 1, 0x81, 1},
		{OpcodeBranchIf, 1},
		{OpcodeCall, 0x80, 1},
		{OpcodeCallIndirect, 0, 0},
		{OpcodeGlobalSet, 7},
		{OpcodeStore64, 3, 0x80, 2},
		{OpcodeStore8, AlignmentWithMemory, 1, 0x80, 2},
		{OpcodeMemorySize, 0},
		{opcodeMore, 2},
		{opcodeMore, moreMemoryCopy, 0, 0},
		{opcodeMore, moreMemoryFill, 0},
		{OpcodeExtend64},
		{OpcodeReturn},
		{OpcodeEnd},
	}
	locals := []byte{2, 3, 0x7f, 0x80, 1, 0x7e}
	body := append(bytes.Clone(locals), bytes.Join(shapes, nil)...)
	var got [][]byte
	begin, err := Walk(body, func(i Instruction) {
		if i.Immediate != i.Begin+1 || body[i.Begin] != i.Opcode {
			t.Errorf("instruction %+v", i)
		}
		got = append(got, body[i.Begin:i.End])
	})
	if err != nil || begin != len(locals) {
		t.Errorf("begins at %d, %v", begin, err)
	}
	if len(got) != len(shapes) {
		t.Fatalf("got %d instructions, want %d", len(got), len(shapes))
	}
	for i, want := range shapes {
		if !bytes.Equal(got[i], want) {
			t.Errorf("instruction %d is % x, want % x", i, got[i], want)
		}
	}
}

func TestWalkRefuses(t *testing.T) {
	for says, body := range map[string][]byte{
		"opcode 0xfd is not known": {0, 0xfd, 0},
		"opcode 0xfc 8":            {0, opcodeMore, 8, 0, 0},
		"cut off":                  {0, OpcodeConstantF64, 1},
		"cut off: no locals":       nil,
	} {
		says, _, _ = strings.Cut(says, ":")
		if _, err := Walk(body, func(Instruction) {}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("% x: got %v, want %q", body, err, says)
		}
	}
}
