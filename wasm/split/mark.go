package main

import (
	"encoding/binary"

	"tabernetes/wasm/module"
)

// A marking module has a second memory, in which each function writes a byte at its
// number when it is called. Profiles are made from that memory (profile.go).
const (
	marksExport = "marks"
	// marksMemory is its number: memory 0 is the imported one.
	marksMemory = 1
	pageSize    = 1 << 16
)

// markSection is the section of that memory.
func (p *plan) markSection() []byte {
	const count, noMaximum = 1, 0
	pages := (len(p.deferred) + pageSize - 1) / pageSize
	return binary.AppendUvarint([]byte{count, noMaximum}, uint64(pages))
}

// markOf is the code at the beginning of a marking function.
func markOf(number int) []byte {
	const offset = 0
	code := module.AppendSigned([]byte{module.OpcodeConstant32}, int64(number))
	return append(code, module.OpcodeConstant32, 1, module.OpcodeStore8, module.AlignmentWithMemory, marksMemory, offset)
}
