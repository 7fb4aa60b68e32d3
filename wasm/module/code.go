package module

import "fmt"

// Opcodes (specification, 5.4).
const (
	OpcodeBlock        = 0x02
	OpcodeLoop         = 0x03
	OpcodeIf           = 0x04
	OpcodeElse         = 0x05
	OpcodeEnd          = 0x0b
	OpcodeBranch       = 0x0c
	OpcodeBranchIf     = 0x0d
	OpcodeBranchTable  = 0x0e
	OpcodeReturn       = 0x0f
	OpcodeCall         = 0x10
	OpcodeCallIndirect = 0x11
	OpcodeDrop         = 0x1a
	OpcodeSelect       = 0x1b
	OpcodeLocalGet     = 0x20
	OpcodeLocalSet     = 0x21
	OpcodeLocalTee     = 0x22
	OpcodeGlobalGet    = 0x23
	OpcodeGlobalSet    = 0x24
	OpcodeLoad32       = 0x28
	OpcodeStore64      = 0x37
	OpcodeStore8       = 0x3a
	OpcodeStore64As32  = 0x3e
	OpcodeMemorySize   = 0x3f
	OpcodeMemoryGrow   = 0x40
	OpcodeConstant32   = 0x41
	OpcodeConstant64   = 0x42
	OpcodeConstantF32  = 0x43
	OpcodeConstantF64  = 0x44
	OpcodeEqualZero32  = 0x45
	OpcodeEqualZero64  = 0x50
	OpcodeSubtract32   = 0x6b
	OpcodeOr64         = 0x84
	OpcodeShiftLeft64  = 0x86
	OpcodeExtend64     = 0xad
	opcodeExtend64As32 = 0xc4
	OpcodeUnreachable  = 0x00
	opcodeNop          = 0x01
	opcodeMore         = 0xfc
)

// AlignmentWithMemory is added to the alignment of an access to a memory other than the
// first: the memory's number follows (multi-memory proposal).
const AlignmentWithMemory = 1 << 6

// The opcodes that follow opcodeMore.
const (
	lastTruncation  = 7
	moreMemoryCopy  = 10
	moreMemoryFill  = 11
	memoryCopyBytes = 2
	memoryFillBytes = 1
)

// Instruction is the position of one instruction in a body: of its opcode, of its
// immediate operands, and of its end.
type Instruction struct {
	Opcode                byte
	Begin, Immediate, End int
}

// Walk calls visit for each instruction of a function's body in order, and returns
// the position of the first one, after the locals. It knows the instructions that
// Go's compiler writes; any other is an error.
func Walk(body []byte, visit func(Instruction)) (begin int, err error) {
	rest := NewReader(body)
	at := func() int { return len(body) - rest.Left() }
	for range rest.Unsigned() {
		rest.Unsigned()
		rest.Byte()
	}
	begin = at()
	for rest.Left() > 0 {
		i := Instruction{Begin: at(), Opcode: rest.Byte()}
		i.Immediate = at()
		if err := skipImmediate(i.Opcode, rest); err != nil {
			return begin, fmt.Errorf("%w at byte %d of a body of %d", err, i.Begin, len(body))
		}
		if rest.Failed() {
			break
		}
		i.End = at()
		visit(i)
	}
	if rest.Failed() {
		return begin, fmt.Errorf("a body of %d bytes is cut off", len(body))
	}
	return begin, nil
}

func skipImmediate(opcode byte, rest *Reader) error {
	switch opcode {
	case OpcodeBlock, OpcodeLoop, OpcodeIf, OpcodeConstant32, OpcodeConstant64:
		rest.Signed()
	case OpcodeBranch, OpcodeBranchIf, OpcodeCall, OpcodeMemorySize, OpcodeMemoryGrow:
		rest.Unsigned()
	case OpcodeBranchTable:
		for range rest.Unsigned() {
			rest.Unsigned()
		}
		rest.Unsigned()
	case OpcodeCallIndirect:
		rest.Unsigned()
		rest.Unsigned()
	case OpcodeConstantF32:
		rest.Take(4)
	case OpcodeConstantF64:
		rest.Take(8)
	case opcodeMore:
		return skipMore(rest)
	case OpcodeUnreachable, opcodeNop, OpcodeElse, OpcodeEnd, OpcodeReturn, OpcodeDrop, OpcodeSelect:
	default:
		switch {
		case opcode >= OpcodeLocalGet && opcode <= OpcodeGlobalSet:
			rest.Unsigned()
		case opcode >= OpcodeLoad32 && opcode <= OpcodeStore64As32:
			if rest.Unsigned()&AlignmentWithMemory != 0 {
				rest.Unsigned()
			}
			rest.Unsigned()
		case opcode >= OpcodeEqualZero32 && opcode <= opcodeExtend64As32:
		default:
			return fmt.Errorf("opcode %#x is not known", opcode)
		}
	}
	return nil
}

func skipMore(rest *Reader) error {
	switch opcode := rest.Unsigned(); {
	case opcode <= lastTruncation:
	case opcode == moreMemoryCopy:
		rest.Take(memoryCopyBytes)
	case opcode == moreMemoryFill:
		rest.Take(memoryFillBytes)
	default:
		return fmt.Errorf("opcode %#x %d is not known", opcodeMore, opcode)
	}
	return nil
}
