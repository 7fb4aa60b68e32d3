package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"tabernetes/wasm/module"
)

const (
	// entrySize is the size of runtime.findfuncbucket in bytes: the number of a
	// function, and sixteen deltas from it, which are zero on WebAssembly.
	entrySize = 4 + 16
	// entriesPerFunction is the number of addresses of a function divided by that of an
	// entry.
	entriesPerFunction = 1 << 16 / 4096
	// leastFunctions is the least number of functions of a Go program. A table of
	// fewer could be found by chance.
	leastFunctions = 512
)

// errNoTable means that Go's linker lays out its table in a way unknown to this
// program.
var errNoTable = errors.New("no runtime.findfunctab found: compare cmd/link/internal/ld/pcln.go with this program")

// compact removes the table from a module.
func compact(linked []byte) ([]byte, error) {
	sections, err := module.Sections(linked)
	if err != nil {
		return nil, err
	}
	index := slices.IndexFunc(sections, func(s module.Section) bool { return s.Number == module.SectionData })
	if index < 0 {
		return nil, errors.New("the module has no data")
	}
	memory, err := module.Memory(sections[index].Content)
	if err != nil {
		return nil, err
	}
	address, count, err := findTable(memory)
	if err != nil {
		return nil, err
	}
	without := bytes.Clone(memory)
	clear(without[address : address+count*entrySize])
	sections[index].Content = module.Data(without)

	// Compare the memory that a browser will have with the original one without the
	// table.
	restored, err := module.Memory(sections[index].Content)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(restored, bytes.TrimRight(without, "\x00")) {
		return nil, errors.New("the memory is not what it was")
	}
	return module.Assemble(sections), nil
}

// findTable finds the address of findfunctab in a memory, and its number of entries.
func findTable(memory []byte) (address, count int, err error) {
	pattern := table(leastFunctions * entriesPerFunction)
	// The zeros at its beginning would be found everywhere.
	probe := pattern[len(pattern)-2*entriesPerFunction*entrySize:]
	for from := 0; ; {
		found := bytes.Index(memory[from:], probe)
		if found < 0 {
			return 0, 0, errNoTable
		}
		address = from + found - (len(pattern) - len(probe))
		if address >= 0 && bytes.HasPrefix(memory[address:], pattern) {
			break
		}
		from += found + 1
	}
	if bytes.Contains(memory[address+1:], pattern) {
		return 0, 0, fmt.Errorf("%w: there are two", errNoTable)
	}
	count = leastFunctions * entriesPerFunction
	for ; len(memory)-address >= (count+1)*entrySize; count++ {
		if !bytes.Equal(memory[address+count*entrySize:address+(count+1)*entrySize], entry(count)) {
			break
		}
	}
	return address, count, nil
}

// table is the first entries of findfunctab.
func table(count int) []byte {
	made := make([]byte, 0, count*entrySize)
	for number := range count {
		made = append(made, entry(number)...)
	}
	return made
}

func entry(number int) []byte {
	made := make([]byte, entrySize)
	binary.LittleEndian.PutUint32(made, uint32(number/entriesPerFunction))
	return made
}
