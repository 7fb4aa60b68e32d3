package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"tabernetes/wasm/module"
)

// Registers of Go on WebAssembly (cmd/internal/obj/wasm): globals by their number.
// registerSlot is one more that the primary has.
const (
	registerSP    = 0
	registerPause = 7
	registerSlot  = 8
	registers     = 8
)

// tracked is inserted before every indirect call of the primary: it stores the
// slot that is called, from which stub knows which function was meant. One stub
// stands for all deferred functions: creating 70,000 of them would take a browser
// longer than a whole start.
var tracked = []byte{module.OpcodeGlobalSet, registerSlot, module.OpcodeGlobalGet, registerSlot}

// errAmbiguous means that a body already contains what only this program should write.
var errAmbiguous = errors.New("looks as if it had been rewritten already")

// rewrite makes the body of a function for its new module. A direct call of a
// function in the other module becomes an indirect one through the table, which has
// each function of the program in its slot.
func (p *plan) rewrite(number int) ([]byte, error) {
	body := p.program.Bodies[number]
	deferred := p.deferred[number]
	imports := p.primaryImports
	if deferred {
		imports = p.deferredImports
	}
	made := make([]byte, 0, len(body)+len(body)/8+16)
	copied := 0
	var previous module.Instruction
	var failure error
	begin, err := module.Walk(body, func(i module.Instruction) {
		switch i.Opcode {
		case module.OpcodeCallIndirect:
			if previous.Opcode == module.OpcodeConstant32 {
				failure = errAmbiguous
			}
			if !deferred {
				made = append(append(made, body[copied:i.Begin]...), tracked...)
				copied = i.Begin
			}
		case module.OpcodeCall:
			made = append(made, body[copied:i.Begin]...)
			copied = i.End
			callee, imported := p.program.Callee(body, i)
			switch {
			case imported:
				made = appendCall(made, imports[callee])
			case p.deferred[callee] == deferred:
				made = appendCall(made, p.index[callee])
			default:
				made = p.appendCrossing(made, callee, deferred)
			}
		case module.OpcodeGlobalGet, module.OpcodeGlobalSet:
			if module.NewReader(body[i.Immediate:i.End]).Unsigned() >= registers {
				failure = errAmbiguous
			}
		}
		previous = i
	})
	if err = errors.Join(err, failure); err != nil {
		return nil, fmt.Errorf("function %d, whose code begins at byte %d: %w", number, begin, err)
	}
	made = append(made, body[copied:]...)
	if p.marked {
		made = slices.Insert(made, begin, markOf(number)...)
	}
	return made, nil
}

func appendCall(to []byte, index uint64) []byte {
	return binary.AppendUvarint(append(to, module.OpcodeCall), index)
}

// appendCrossing calls a function of the other module.
func (p *plan) appendCrossing(to []byte, callee int, fromDeferred bool) []byte {
	to = module.AppendSigned(append(to, module.OpcodeConstant32), int64(p.slot(callee)))
	if !fromDeferred {
		to = append(to, tracked...)
	}
	to = binary.AppendUvarint(append(to, module.OpcodeCallIndirect), p.program.Types[callee])
	return append(to, 0)
}

// stub is the body of the function in the slots of the deferred functions. It asks
// for the deferred module and calls the slot again, or, when the answer is 0,
// suspends Go: the place at which to go on is left where gogo leaves it for
// wasm_pc_f_loop (runtime/asm_wasm.s), which ends at a pause, and the stack unwinds.
// Its parameter is the place in the function that was called.
func (p *plan) stub() []byte {
	const parameter, below, functionShift, unwind = 0, 8, 16, 1
	body := []byte{
		0, // no locals
		module.OpcodeGlobalGet, registerSlot,
	}
	body = appendCall(body, p.loadIndex())
	return append(body,
		module.OpcodeIf, 0x7f,
		module.OpcodeLocalGet, parameter,
		module.OpcodeGlobalGet, registerSlot,
		module.OpcodeCallIndirect, module.GoType, 0,
		module.OpcodeElse,
		module.OpcodeGlobalGet, registerSP,
		module.OpcodeConstant32, below,
		module.OpcodeSubtract32,
		module.OpcodeLocalGet, parameter,
		module.OpcodeExtend64,
		module.OpcodeGlobalGet, registerSlot,
		module.OpcodeExtend64,
		module.OpcodeConstant64, functionShift,
		module.OpcodeShiftLeft64,
		module.OpcodeOr64,
		module.OpcodeStore64, 3, 0,
		module.OpcodeConstant32, unwind,
		module.OpcodeGlobalSet, registerPause,
		module.OpcodeConstant32, unwind,
		module.OpcodeEnd,
		module.OpcodeEnd,
	)
}

// loadIndex is the index of the import load in the primary.
func (p *plan) loadIndex() uint64 { return uint64(len(p.program.Imports)) }

// stubIndex is the index of stub, the last function of the primary.
func (p *plan) stubIndex() uint64 { return p.loadIndex() + 1 + uint64(p.count(false)) }
