package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// moduleWith is a module whose data make a memory in segments of the given size,
// as a linker might cut it. Before and after the data stand sections that are to
// stay as they are.
func moduleWith(memory []byte, segment int) []byte {
	var segments []byte
	count := 0
	for begin := 0; begin < len(memory); begin += segment {
		end := min(begin+segment, len(memory))
		segments = append(segments, 0, opcodeConstant)
		segments = appendSigned(segments, int64(begin))
		segments = append(segments, opcodeEnd)
		segments = binary.AppendUvarint(segments, uint64(end-begin))
		segments = append(segments, memory[begin:end]...)
		count++
	}
	return assemble([]section{
		{5, []byte{1, 0, 200}},
		{sectionData, append(binary.AppendUvarint(nil, uint64(count)), segments...)},
		custom("producers", []byte{0}),
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
			sections, err := sectionsOf(compacted)
			if err != nil {
				t.Fatal(err)
			}
			if len(sections) != 4 || !bytes.Equal(sections[0].content, []byte{1, 0, 200}) {
				t.Fatalf("got %d sections", len(sections))
			}
			want := custom(sectionName, binary.LittleEndian.AppendUint32(
				binary.LittleEndian.AppendUint32(nil, address), uint32(entries)))
			if !bytes.Equal(sections[3].content, want.content) {
				t.Errorf("the place is %x, want %x", sections[3].content, want.content)
			}
			// As the browser does it.
			got, err := memoryOf(sections[1].content)
			if err != nil {
				t.Fatal(err)
			}
			for entry := range entries {
				binary.LittleEndian.PutUint32(got[address+entry*entrySize:], uint32(entry/16))
			}
			if !bytes.Equal(got, bytes.TrimRight(memory, "\x00")) {
				t.Errorf("%d entries in segments of %d: the memory differs", entries, segment)
			}
		}
	}
}

// TestManySegments has more gaps than there may be segments.
func TestManySegments(t *testing.T) {
	memory := make([]byte, 40*(maximumSegments+10))
	for at := 0; at < len(memory); at += 40 {
		memory[at] = 1
	}
	data := dataOf(memory)
	if count, _ := binary.Uvarint(data); count > maximumSegments {
		t.Errorf("%d segments", count)
	}
	if got, err := memoryOf(data); err != nil || !bytes.Equal(got, bytes.TrimRight(memory, "\x00")) {
		t.Errorf("the memory differs, %v", err)
	}
}

func TestSignedNumbers(t *testing.T) {
	for _, value := range []int64{0, 1, 63, 64, 127, 128, 1 << 20, 1<<31 - 1, -1, -64, -65, -1 << 31} {
		rest := reader{append(appendSigned(nil, value), 7)}
		if got := rest.signed(); got != value || len(rest.bytes) != 1 {
			t.Errorf("%d became %d with %d bytes left", value, got, len(rest.bytes))
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
		"no data":     {assemble([]section{{5, []byte{0}}}), "no data"},
		"no table":    {moduleWith(memoryWith(100, 16), 1<<30), "no runtime.findfunctab"},
		"two tables":  {moduleWith(two, 1<<30), "there are two"},
		"passive":     {assemble([]section{{sectionData, []byte{1, 1, 0}}}), "of kind 1"},
		"a global":    {assemble([]section{{sectionData, []byte{1, 0, 0x23, 0, opcodeEnd, 0}}}), "opcode 0x23"},
		"short":       {assemble([]section{{sectionData, []byte{1, 0, opcodeConstant, 0, opcodeEnd, 9, 1}}}), "cut off"},
		"before zero": {assemble([]section{{sectionData, []byte{1, 0, opcodeConstant, 0x7f, opcodeEnd, 1, 1}}}), "outside"},
	} {
		if _, err := compact(test.module); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v, want %q", name, err, test.says)
		}
	}
}

// TestRun leaves nothing behind when it fails.
func TestRun(t *testing.T) {
	directory := t.TempDir()
	input, output := filepath.Join(directory, "in"), filepath.Join(directory, "out")
	if err := os.WriteFile(input, []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(input, output); err == nil {
		t.Error("a file that is no module is taken")
	}
	if err := os.WriteFile(input, moduleWith(memoryWith(9, leastFunctions*entriesPerFunction), 99_999), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(output); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a file after a failure: %v", err)
	}
	if err := run(input, output); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(output); err != nil || !bytes.HasPrefix(got, []byte(header)) {
		t.Errorf("wrote %d bytes, %v", len(got), err)
	}
}
