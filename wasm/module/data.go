package module

import (
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	// MaximumSegments is the number of data segments that browsers accept.
	MaximumSegments = 100_000
	// maximumMemory is what 32 bits can address.
	maximumMemory = 1 << 32
	// leastGap is the number of bytes between two segments from which a second
	// segment pays: a segment takes some ten bytes more than its content.
	leastGap = 16
)

// Span is a part of the memory, from its first byte to the one after its last.
type Span struct{ Begin, End int }

// Memory is the memory that a data section initialises, up to its last byte.
func Memory(data []byte) ([]byte, error) {
	return Overlay(nil, data)
}

// Overlay writes the content of a data section over a memory, which grows if it must.
func Overlay(memory, data []byte) ([]byte, error) {
	rest := NewReader(data)
	count := rest.Unsigned()
	for range count {
		if kind := rest.Unsigned(); kind != 0 {
			return nil, fmt.Errorf("data segment of kind %d", kind)
		}
		begin, err := constantOffset(rest)
		if err != nil {
			return nil, fmt.Errorf("place of a data segment: %w", err)
		}
		bytes := rest.Take(rest.Unsigned())
		end := begin + int64(len(bytes))
		if rest.Failed() || begin < 0 || end > maximumMemory {
			return nil, errors.New("data segment is cut off, or outside of the memory")
		}
		if missing := end - int64(len(memory)); missing > 0 {
			memory = append(memory, make([]byte, missing)...)
		}
		copy(memory[begin:], bytes)
	}
	return memory, nil
}

// constantOffset reads an offset in a memory or a table, which Go's linker
// always writes as a constant (specification, 5.5.12).
func constantOffset(rest *Reader) (int64, error) {
	if opcode := rest.Byte(); opcode != OpcodeConstant32 {
		return 0, fmt.Errorf("computed by opcode %#x", opcode)
	}
	offset := rest.Signed()
	if opcode := rest.Byte(); opcode != OpcodeEnd {
		return 0, fmt.Errorf("ends in opcode %#x", opcode)
	}
	return offset, nil
}

// Data is a data section that initialises a memory.
func Data(memory []byte) []byte {
	return DataOf(memory, func(at int) bool { return memory[at] != 0 })
}

// DataOf is a data section that writes at least the wanted bytes of a memory.
// Bytes between them are written as well where that is shorter.
func DataOf(memory []byte, wanted func(at int) bool) []byte {
	gap := leastGap
	spans := spansOf(len(memory), wanted, gap)
	for len(spans) > MaximumSegments {
		gap *= 2
		spans = spansOf(len(memory), wanted, gap)
	}
	data := binary.AppendUvarint(nil, uint64(len(spans)))
	for _, s := range spans {
		data = append(data, 0)
		data = appendConstantOffset(data, s.Begin)
		data = binary.AppendUvarint(data, uint64(s.End-s.Begin))
		data = append(data, memory[s.Begin:s.End]...)
	}
	return data
}

func appendConstantOffset(to []byte, offset int) []byte {
	to = append(to, OpcodeConstant32)
	to = AppendSigned(to, int64(int32(uint32(offset))))
	return append(to, OpcodeEnd)
}

// spansOf finds the spans of wanted bytes. A span may contain runs of fewer than gap
// unwanted ones.
func spansOf(length int, wanted func(at int) bool, gap int) []Span {
	var spans []Span
	for at := range length {
		switch last := len(spans) - 1; {
		case !wanted(at):
		case last >= 0 && at-spans[last].End < gap:
			spans[last].End = at + 1
		default:
			spans = append(spans, Span{at, at + 1})
		}
	}
	return spans
}
