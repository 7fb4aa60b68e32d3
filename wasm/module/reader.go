package module

import "encoding/binary"

// Reader reads the encodings of a module. Once a read has gone beyond the end it
// has failed, and all its results are zero.
type Reader struct {
	bytes  []byte
	failed bool
}

// NewReader reads from bytes, which it does not copy.
func NewReader(bytes []byte) *Reader { return &Reader{bytes: bytes} }

// Left is the number of unread bytes.
func (r *Reader) Left() int { return len(r.bytes) }

// Failed says whether a read has gone beyond the end.
func (r *Reader) Failed() bool { return r.failed }

func (r *Reader) fail() {
	r.bytes = nil
	r.failed = true
}

// Take reads a number of bytes.
func (r *Reader) Take(count uint64) []byte {
	if uint64(len(r.bytes)) < count {
		r.fail()
		return nil
	}
	taken := r.bytes[:count:count]
	r.bytes = r.bytes[count:]
	return taken
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if len(r.bytes) == 0 {
		r.fail()
		return 0
	}
	first := r.bytes[0]
	r.bytes = r.bytes[1:]
	return first
}

// Unsigned reads a number in LEB128.
func (r *Reader) Unsigned() uint64 {
	value, length := binary.Uvarint(r.bytes)
	if length <= 0 {
		r.fail()
		return 0
	}
	r.bytes = r.bytes[length:]
	return value
}

// Signed reads a number in signed LEB128.
func (r *Reader) Signed() int64 {
	var value int64
	for shift := 0; shift < 64; shift += 7 {
		next := r.Byte()
		value |= int64(next&0x7f) << shift
		if next&0x80 == 0 {
			if next&0x40 != 0 {
				value |= -1 << (shift + 7)
			}
			return value
		}
	}
	r.fail()
	return 0
}

// Name reads a name: its length and its bytes.
func (r *Reader) Name() string { return string(r.Take(r.Unsigned())) }

// AppendSigned appends a number in signed LEB128.
func AppendSigned(to []byte, value int64) []byte {
	for {
		low := byte(value & 0x7f)
		value >>= 7
		if value == 0 && low&0x40 == 0 || value == -1 && low&0x40 != 0 {
			return append(to, low)
		}
		to = append(to, low|0x80)
	}
}

// AppendName appends a name: its length and its bytes.
func AppendName(to []byte, name string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(name))), name...)
}
