package main

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// What begins and ends a data segment of a memory (specification, 5.5.14): its
// place is a constant.
const (
	opcodeConstant = 0x41
	opcodeEnd      = 0x0b
)

const (
	// maximumSegments is how many data segments browsers take.
	maximumSegments = 100_000
	// maximumMemory is what 32 bits can address.
	maximumMemory = 1 << 32
)

// span is a part of the memory that is not all zero.
type span struct{ begin, end int }

// memoryOf is the memory that a data section makes, up to its last byte.
func memoryOf(data []byte) ([]byte, error) {
	rest := reader{data}
	count := rest.unsigned()
	var memory []byte
	for range count {
		if kind := rest.unsigned(); kind != 0 {
			return nil, fmt.Errorf("data segment of kind %d", kind)
		}
		if opcode := rest.byte(); opcode != opcodeConstant {
			return nil, fmt.Errorf("place of a data segment is computed by opcode %#x", opcode)
		}
		begin := rest.signed()
		if opcode := rest.byte(); opcode != opcodeEnd {
			return nil, fmt.Errorf("place of a data segment ends in opcode %#x", opcode)
		}
		bytes := rest.take(rest.unsigned())
		end := begin + int64(len(bytes))
		if rest.bytes == nil || begin < 0 || end > maximumMemory {
			return nil, errors.New("data segment is cut off, or outside of the memory")
		}
		if missing := end - int64(len(memory)); missing > 0 {
			memory = append(memory, make([]byte, missing)...)
		}
		copy(memory[begin:], bytes)
	}
	return memory, nil
}

// dataOf is a data section that makes a memory.
func dataOf(memory []byte) []byte {
	// A segment takes some ten bytes more than what it holds.
	gap := 16
	spans := spansOf(memory, gap)
	for len(spans) > maximumSegments {
		gap *= 2
		spans = spansOf(memory, gap)
	}
	data := binary.AppendUvarint(nil, uint64(len(spans)))
	for _, s := range spans {
		data = append(data, 0, opcodeConstant)
		data = appendSigned(data, int64(int32(uint32(s.begin))))
		data = append(data, opcodeEnd)
		data = binary.AppendUvarint(data, uint64(s.end-s.begin))
		data = append(data, memory[s.begin:s.end]...)
	}
	return data
}

// spansOf finds what is not zero. Zeros of less than gap are in a span.
func spansOf(memory []byte, gap int) []span {
	var spans []span
	for i, b := range memory {
		switch last := len(spans) - 1; {
		case b == 0:
		case last >= 0 && i-spans[last].end < gap:
			spans[last].end = i + 1
		default:
			spans = append(spans, span{i, i + 1})
		}
	}
	return spans
}
