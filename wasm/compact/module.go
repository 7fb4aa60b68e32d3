package main

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Numbers of sections (WebAssembly core specification, 5.5.2).
const (
	sectionCustom = 0
	sectionData   = 11
)

const header = "\x00asm\x01\x00\x00\x00"

// section is a part of a module.
type section struct {
	number  byte
	content []byte
}

// sectionsOf takes a module apart.
func sectionsOf(module []byte) ([]section, error) {
	if len(module) < len(header) || string(module[:len(header)]) != header {
		return nil, errors.New("not a WebAssembly module of version 1")
	}
	var sections []section
	rest := reader{module[len(header):]}
	for len(rest.bytes) > 0 {
		number := rest.byte()
		content := rest.take(rest.unsigned())
		if rest.bytes == nil {
			return nil, fmt.Errorf("section %d is cut off", number)
		}
		sections = append(sections, section{number, content})
	}
	return sections, nil
}

// assemble puts sections together.
func assemble(sections []section) []byte {
	module := []byte(header)
	for _, s := range sections {
		module = append(module, s.number)
		module = binary.AppendUvarint(module, uint64(len(s.content)))
		module = append(module, s.content...)
	}
	return module
}

// custom is a custom section.
func custom(name string, content []byte) section {
	named := binary.AppendUvarint(nil, uint64(len(name)))
	return section{sectionCustom, append(append(named, name...), content...)}
}

// reader reads the encodings of a module. When what it is asked for is not there,
// its bytes become nil and its answers zero.
type reader struct{ bytes []byte }

func (r *reader) take(count uint64) []byte {
	if uint64(len(r.bytes)) < count {
		r.bytes = nil
		return nil
	}
	taken := r.bytes[:count]
	r.bytes = r.bytes[count:]
	return taken
}

func (r *reader) byte() byte {
	if taken := r.take(1); taken != nil {
		return taken[0]
	}
	return 0
}

// unsigned reads a number in LEB128.
func (r *reader) unsigned() uint64 {
	value, length := binary.Uvarint(r.bytes)
	if length <= 0 {
		r.bytes = nil
		return 0
	}
	r.bytes = r.bytes[length:]
	return value
}

// signed reads a number in signed LEB128.
func (r *reader) signed() int64 {
	var value int64
	for shift := 0; shift < 64; shift += 7 {
		next := r.byte()
		value |= int64(next&0x7f) << shift
		if next&0x80 == 0 {
			if next&0x40 != 0 {
				value |= -1 << (shift + 7)
			}
			return value
		}
	}
	r.bytes = nil
	return 0
}

// appendSigned appends a number in signed LEB128.
func appendSigned(to []byte, value int64) []byte {
	for {
		low := byte(value & 0x7f)
		value >>= 7
		if value == 0 && low&0x40 == 0 || value == -1 && low&0x40 != 0 {
			return append(to, low)
		}
		to = append(to, low|0x80)
	}
}
