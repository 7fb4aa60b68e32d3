package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"tabernetes/wasm/module"
)

// tables are what Go's runtime knows about a program's functions, as the linker laid it
// out in the memory (cmd/link/internal/ld/pcln.go; runtime/symtab.go has the types).
type tables struct {
	memory []byte
	count  int
	// first is the number of function 0 in the tables: its place in the module's table.
	first int
	// names, pctab and functions are parts of the memory.
	names, pctab, functions module.Span
	// table has an entry of entrySize for each function: its address, and the place of
	// its record in functions.
	table module.Span
	// data holds what records refer to by offset: stack maps and the like.
	data module.Span
}

// The beginning of runtime.pcHeader: the magic number of the format since Go 1.20,
// two zeros, the smallest size of an instruction, the size of a pointer.
var headerMagic = []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}

// Places in runtime.pcHeader and runtime.moduledata, in bytes.
const (
	headerCount = 8
	headerNames = 32
	moduleNames = 8
	moduleSlice = 24
	entrySize   = 8
	entryRecord = 4
)

// errNoTables means that Go's linker lays out the tables in a way unknown to this
// program.
var errNoTables = errors.New("no tables of functions found: compare runtime/symtab.go with this program")

func readTables(program *module.Program) (*tables, error) {
	t := &tables{memory: program.Memory, count: len(program.Bodies), first: program.FirstSlot}
	header, err := t.header()
	if err != nil {
		return nil, err
	}
	// runtime.moduledata begins with the address of the header, then that of the names.
	key := binary.LittleEndian.AppendUint64(nil, uint64(header))
	key = binary.LittleEndian.AppendUint64(key, uint64(header)+uint64(t.word64(header+headerNames)))
	at := bytes.Index(t.memory, key)
	if at < 0 || len(t.memory)-at < moduleSlice*16 {
		return nil, fmt.Errorf("%w: no runtime.moduledata", errNoTables)
	}
	t.readModuleData(at + moduleNames)
	for _, s := range []module.Span{t.names, t.pctab, t.functions, t.table, t.data} {
		if s.Begin <= 0 || s.End < s.Begin || s.End > len(t.memory) {
			return nil, fmt.Errorf("%w: %+v", errNoTables, s)
		}
	}
	return t, nil
}

// header finds runtime.pcHeader: the one with the right number of functions.
func (t *tables) header() (int, error) {
	for from := 0; ; {
		found := bytes.Index(t.memory[from:], headerMagic)
		if found < 0 {
			return 0, errNoTables
		}
		header := from + found
		if len(t.memory)-header >= headerNames+8 && t.word64(header+headerCount) == t.count {
			return header, nil
		}
		from = header + 1
	}
}

// readModuleData reads the fields of runtime.moduledata from funcnametab on.
func (t *tables) readModuleData(at int) {
	slice := func(size int) module.Span {
		begin, length := t.word64(at), t.word64(at+8)
		at += moduleSlice
		return module.Span{Begin: begin, End: begin + size*length}
	}
	word := func() int {
		at += 8
		return t.word64(at - 8)
	}
	t.names = slice(1)
	slice(4) // cutab
	slice(1) // filetab
	t.pctab = slice(1)
	t.functions = slice(1)
	t.table = slice(entrySize)
	t.data.End = word()  // findfunctab, which the linker lays behind them
	const untilData = 20 // minpc … rodata
	for range untilData {
		word()
	}
	t.data.Begin = word()
}

// word32 and word64 read numbers at an address; 0 outside of the memory.
func (t *tables) word32(at int) uint32 {
	if at < 0 || len(t.memory)-at < 4 {
		return 0
	}
	return binary.LittleEndian.Uint32(t.memory[at:])
}

func (t *tables) word64(at int) int {
	if at < 0 || len(t.memory)-at < 8 {
		return 0
	}
	return int(binary.LittleEndian.Uint64(t.memory[at:]))
}

// record is the address of runtime._func of a function.
func (t *tables) record(number int) record {
	return record{t, t.functions.Begin + int(t.word32(t.table.Begin+entrySize*number+entryRecord))}
}

// name is that of a function.
func (t *tables) name(number int) string {
	return t.nameAt(t.record(number).field(fieldName))
}

func (t *tables) nameAt(offset uint32) string {
	span := t.nameSpan(offset)
	return string(t.memory[span.Begin:span.End])
}

// nameSpan is where a name stands, without the zero at its end; empty where there is none.
func (t *tables) nameSpan(offset uint32) module.Span {
	begin := t.names.Begin + int(offset)
	if begin >= t.names.End {
		return module.Span{}
	}
	length := bytes.IndexByte(t.memory[begin:t.names.End], 0)
	return module.Span{Begin: begin, End: begin + max(0, length)}
}

// allNames are those of all functions, by their number.
func (t *tables) allNames() ([]string, error) {
	names := make([]string, t.count)
	for number := range names {
		names[number] = t.name(number)
		if names[number] == "" {
			return nil, fmt.Errorf("%w: function %d has no name", errNoTables, number)
		}
	}
	return names, nil
}
