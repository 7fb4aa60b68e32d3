package main

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"

	"tabernetes/wasm/module"
)

// moduleWith is a module whose data make a memory in segments of the given size,
// as a linker might cut it. Before and after the data stand sections that are to
// stay as they are.
func moduleWith(memory []byte, segment int) []byte {
	var segments []byte
	count := 0
	for begin := 0; begin < len(memory); begin += segment {
		end := min(begin+segment, len(memory))
		segments = append(segments, 0, module.OpcodeConstant32)
		segments = module.AppendSigned(segments, int64(begin))
		segments = append(segments, module.OpcodeEnd)
		segments = binary.AppendUvarint(segments, uint64(end-begin))
		segments = append(segments, memory[begin:end]...)
		count++
	}
	return module.Assemble([]module.Section{
		{Number: 5, Content: []byte{1, 0, 200}},
		{Number: module.SectionData, Content: append(binary.AppendUvarint(nil, uint64(count)), segments...)},
		module.Custom("producers", []byte{0}),
	})
}

// memoryWith is a memory with a table of a number of entries at an address, and
// noise around it.
func memoryWith(address, entries int) []byte {
	memory := make([]byte, address+entries*entrySize+5000)
	noise := rand.New(rand.NewPCG(1, 2))
	for range len(memory) / 50 {
		memory[noise.IntN(len(memory))] = byte(noise.Uint32())
	}
	copy(memory[address:], table(entries))
	// The entry after the last is not one by chance.
	memory[address+entries*entrySize+3] = 0xff
	return memory
}

func TestCompact(t *testing.T) {
	const address = 70_003
	for _, entries := range []int{leastFunctions * entriesPerFunction, 3000*entriesPerFunction + 5} {
		for _, segment := range []int{1 << 30, 4099} {
			memory := memoryWith(address, entries)
			linked := moduleWith(memory, segment)
			compacted, err := compact(linked)
			if err != nil {
				t.Fatal(err)
			}
			if saved := len(linked) - len(compacted); saved < entries*entrySize {
				t.Errorf("%d entries: %d bytes less, want the table's %d", entries, saved, entries*entrySize)
			}
			sections, err := module.Sections(compacted)
			if err != nil {
				t.Fatal(err)
			}
			if len(sections) != 3 || !bytes.Equal(sections[0].Content, []byte{1, 0, 200}) {
				t.Fatalf("got %d sections", len(sections))
			}
			got, err := module.Memory(sections[1].Content)
			if err != nil {
				t.Fatal(err)
			}
			want := bytes.Clone(memory)
			clear(want[address : address+entries*entrySize])
			if !bytes.Equal(got, bytes.TrimRight(want, "\x00")) {
				t.Errorf("%d entries in segments of %d: the memory differs", entries, segment)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	good := moduleWith(memoryWith(100, leastFunctions*entriesPerFunction), 1<<30)
	two := append(memoryWith(100, leastFunctions*entriesPerFunction), table(leastFunctions*entriesPerFunction)...)
	for name, test := range map[string]struct {
		module []byte
		says   string
	}{
		"empty":       {nil, "not a WebAssembly module"},
		"a page":      {[]byte("<!doctype html>"), "not a WebAssembly module"},
		"cut off":     {good[:len(good)/2], "cut off"},
		"no data":     {module.Assemble([]module.Section{{Number: 5, Content: []byte{0}}}), "no data"},
		"no table":    {moduleWith(memoryWith(100, 16), 1<<30), "no runtime.findfunctab"},
		"two tables":  {moduleWith(two, 1<<30), "there are two"},
		"passive":     {module.Assemble([]module.Section{{Number: module.SectionData, Content: []byte{1, 1, 0}}}), "of kind 1"},
		"a global":    {module.Assemble([]module.Section{{Number: module.SectionData, Content: []byte{1, 0, 0x23, 0, module.OpcodeEnd, 0}}}), "opcode 0x23"},
		"short":       {module.Assemble([]module.Section{{Number: module.SectionData, Content: []byte{1, 0, module.OpcodeConstant32, 0, module.OpcodeEnd, 9, 1}}}), "cut off"},
		"before zero": {module.Assemble([]module.Section{{Number: module.SectionData, Content: []byte{1, 0, module.OpcodeConstant32, 0x7f, module.OpcodeEnd, 1, 1}}}), "outside"},
	} {
		if _, err := compact(test.module); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v, want %q", name, err, test.says)
		}
	}
}
