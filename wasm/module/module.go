// Package module reads and writes WebAssembly modules as Go's linker makes them:
// their sections, their initial memory and the instructions of their functions.
// wasm/compact and wasm/split rewrite modules with it. It does not know what a
// module is for.
package module

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Numbers of sections (WebAssembly core specification, 5.5.2).
const (
	SectionCustom   = 0
	SectionType     = 1
	SectionImport   = 2
	SectionFunction = 3
	SectionTable    = 4
	SectionMemory   = 5
	SectionGlobal   = 6
	SectionExport   = 7
	SectionElement  = 9
	SectionCode     = 10
	SectionData     = 11
)

// Header begins every module: the format's magic number and version.
const Header = "\x00asm\x01\x00\x00\x00"

// Section is a part of a module.
type Section struct {
	Number  byte
	Content []byte
}

// Sections takes a module apart.
func Sections(module []byte) ([]Section, error) {
	if len(module) < len(Header) || string(module[:len(Header)]) != Header {
		return nil, errors.New("not a WebAssembly module of version 1")
	}
	var sections []Section
	rest := NewReader(module[len(Header):])
	for rest.Left() > 0 {
		number := rest.Byte()
		content := rest.Take(rest.Unsigned())
		if rest.Failed() {
			return nil, fmt.Errorf("section %d is cut off", number)
		}
		sections = append(sections, Section{number, content})
	}
	return sections, nil
}

// Assemble puts sections together.
func Assemble(sections []Section) []byte {
	module := []byte(Header)
	for _, s := range sections {
		module = append(module, s.Number)
		module = binary.AppendUvarint(module, uint64(len(s.Content)))
		module = append(module, s.Content...)
	}
	return module
}

// Custom is a custom section.
func Custom(name string, content []byte) Section {
	return Section{SectionCustom, append(AppendName(nil, name), content...)}
}

// CustomContent finds the content of a custom section, or nil.
func CustomContent(sections []Section, name string) []byte {
	for _, s := range sections {
		if s.Number != SectionCustom {
			continue
		}
		rest := NewReader(s.Content)
		if rest.Name() == name && !rest.Failed() {
			return rest.Take(uint64(rest.Left()))
		}
	}
	return nil
}
