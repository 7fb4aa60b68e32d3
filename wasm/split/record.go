package main

import (
	"encoding/binary"

	"tabernetes/wasm/module"
)

// record is runtime._func of a function at an address (runtime/runtime2.go).
type record struct {
	tables  *tables
	address int
}

// Fields of runtime._func, in bytes. The last is followed by the places of its
// tables: those of values by program counter are places in pctab, those of data are
// places in tables.data or noData.
const (
	fieldEntry      = 0
	fieldName       = 4
	fieldStack      = 16 // pcsp
	fieldFile       = 20 // pcfile
	fieldLine       = 24 // pcln
	fieldValueCount = 28 // behind it cuOffset and startLine
	fieldKind       = 40 // funcID, flag
	fieldDataCount  = 43 // one byte
	recordSize      = 44
	noData          = 1<<32 - 1
)

// Numbers of tables (internal/abi/symtab.go).
const (
	valueInlined     = 2
	dataArguments    = 0
	dataLocals       = 1
	dataStackObjects = 2
	dataInlined      = 3
)

// Sizes of the elements of tables (runtime/stack.go, runtime/symtabinl.go).
const (
	stackObjectSize = 16
	inlinedSize     = 16
	inlinedName     = 4
)

func (r record) field(at int) uint32 { return r.tables.word32(r.address + at) }

func (r record) valueCount() int { return int(r.field(fieldValueCount)) }

func (r record) dataCount() int { return int(r.field(fieldDataCount-3) >> 24) }

// value is the place of a table of values in pctab; 0 for none.
func (r record) value(i int) uint32 { return r.field(recordSize + 4*i) }

// data is the address of a table of data, if there is one.
func (r record) data(i int) (address int, ok bool) {
	place := r.field(recordSize + 4*(r.valueCount()+i))
	return r.tables.data.Begin + int(place), place != noData
}

// inlinedAtEntry says whether the first instruction belongs to an inlined function,
// whose name runtime.FuncForPC then returns for this one.
func (r record) inlinedAtEntry() bool {
	if r.valueCount() <= valueInlined || r.value(valueInlined) == 0 {
		return false
	}
	// The first value is the delta from -1, and the sign is the lowest bit.
	first, _ := binary.Uvarint(r.tables.memory[r.tables.pctab.Begin+int(r.value(valueInlined)):])
	return first != 0
}

// valueSpan is the span of a table of values: pairs of deltas in LEB128, up to a
// value delta of 0 that is not the first.
func (t *tables) valueSpan(place uint32) module.Span {
	begin := t.pctab.Begin + int(place)
	if begin >= t.pctab.End {
		return module.Span{}
	}
	rest := module.NewReader(t.memory[begin:t.pctab.End])
	for first := true; (rest.Unsigned() != 0 || first) && !rest.Failed(); first = false {
		rest.Unsigned()
	}
	return module.Span{Begin: begin, End: t.pctab.End - rest.Left()}
}

// dataSize is the size of a table of data, read from its beginning; ok is false
// if it is not stored there.
func (t *tables) dataSize(kind, address int) (size int, ok bool) {
	switch kind {
	case dataArguments, dataLocals:
		// runtime.stackmap: how many bitmaps, of how many bits.
		const bitmaps, bits = 0, 4
		return 8 + int(t.word32(address+bitmaps))*((int(t.word32(address+bits))+7)/8), true
	case dataStackObjects:
		return 8 + stackObjectSize*t.word64(address), true
	default:
		return 0, false
	}
}
