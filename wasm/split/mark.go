package main

import (
	"encoding/binary"

	"tabernetes/wasm/module"
)

// A module that marks has a memory of its own, in which each function writes a byte
// at its number when it is called. From that profiles are made (profile.go).
const (
	marksExport = "marks"
	// marksMemory is its number: the first is that which is imported.
	marksMemory = 1
	pageSize    = 1 << 16
)

// markSection is the section of that memory.
func (p *plan) markSection() []byte {
	const count, noMaximum = 1, 0
	pages := (len(p.deferred) + pageSize - 1) / pageSize
	return binary.AppendUvarint([]byte{count, noMaximum}, uint64(pages))
}

// markOf is what stands at the beginning of a function that marks.
func markOf(number int) []byte {
	const offset = 0
	code := module.AppendSigned([]byte{module.OpcodeConstant32}, int64(number))
	return append(code, module.OpcodeConstant32, 1, module.OpcodeStore8, module.AlignmentWithMemory, marksMemory, offset)
}
