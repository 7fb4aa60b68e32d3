package main

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// functionsSection is the name of the custom section by which a worker reverses pack
// (web/src/worker/functions.ts): four 32-bit little-endian numbers, which are the
// address of the table of functions, the number of functions, the number of the first
// one, and the address to which the table's offsets are relative.
const functionsSection = "tabernetes.functions"

// errNotInOrder means that a function's number is not its place in the table, as pack
// requires.
var errNotInOrder = errors.New("the table of functions is not in order: compare runtime/symtab.go with this program")

// section is the content of functionsSection.
func (t *tables) section() []byte {
	var place []byte
	for _, number := range []int{t.table.Begin, t.count, t.first, t.functions.Begin} {
		place = binary.LittleEndian.AppendUint32(place, uint32(number))
	}
	return place
}

// pack rewrites the table of functions in a memory, and the heads of their records, so
// that they compress well: this saves 0.7 of the 9.5 MB of the control plane's image.
// The number of a function is left out, and the places of records and names are deltas
// from those of the function before.
func (t *tables) pack(memory []byte) error {
	lastRecord, lastName := uint32(0), uint32(0)
	for number := range t.count {
		entry, record := t.table.Begin+entrySize*number, t.record(number)
		if own := uint32(t.first + number); t.word32(entry) != own || record.field(fieldEntry) != own {
			return fmt.Errorf("function %d: %w", number, errNotInOrder)
		}
		place, name := t.word32(entry+entryRecord), record.field(fieldName)
		putWord(memory, entry, 0)
		putWord(memory, entry+entryRecord, place-lastRecord)
		putWord(memory, record.address+fieldEntry, 0)
		putWord(memory, record.address+fieldName, name-lastName)
		lastRecord, lastName = place, name
	}
	return nil
}

// unpack reverses pack as the worker does, by the content of the section.
func unpack(memory, section []byte) error {
	if len(section) != 16 {
		return fmt.Errorf("section %s is of %d bytes", functionsSection, len(section))
	}
	word := func(at int) uint32 { return binary.LittleEndian.Uint32(memory[at:]) }
	var numbers [4]int
	for i := range numbers {
		numbers[i] = int(binary.LittleEndian.Uint32(section[4*i:]))
	}
	table, count, first, functions := numbers[0], numbers[1], numbers[2], numbers[3]
	place, name := uint32(0), uint32(0)
	for number := range count {
		entry := table + entrySize*number
		if entry+entrySize > len(memory) {
			return fmt.Errorf("the table of functions ends with %d", number)
		}
		place += word(entry + entryRecord)
		record := functions + int(place)
		if record+recordSize > len(memory) {
			return fmt.Errorf("the record of function %d is outside of the memory", number)
		}
		name += word(record + fieldName)
		putWord(memory, entry, uint32(first+number))
		putWord(memory, entry+entryRecord, place)
		putWord(memory, record+fieldEntry, uint32(first+number))
		putWord(memory, record+fieldName, name)
	}
	return nil
}

func putWord(memory []byte, at int, value uint32) {
	binary.LittleEndian.PutUint32(memory[at:], value)
}
