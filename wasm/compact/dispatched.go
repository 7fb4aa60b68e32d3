package main

import (
	"errors"
	"slices"

	"tabernetes/wasm/module"
)

// dispatched is a function as Go's assembler lays it out (cmd/internal/obj/wasm,
// preprocess). Its instructions are divided into sections, and a block ends before
// each of them. A br_table selects the section at which to continue by the
// function's parameter, which Go calls PC_B: to jump, a section sets PC_B and
// branches to the head of the loop around all sections.
//
//	global.get 0
//	local.set 1           ;; the stack's pointer, kept in a local
//	block                 ;; unwind: a call in one of the sections did not return
//	  loop
//	    block … block     ;; as many as there are sections
//	      local.get 0
//	      br_table …
//	    end
//	    section 0
//	    end
//	    section 1
//	    …
//	  end
//	  unreachable
//	end
type dispatched struct {
	body []byte
	// head is how many bytes stand before the blocks and the loop.
	head int
	// unwinds says whether there is a block around the loop.
	unwinds bool
	// table holds a section's number for each value of PC_B; greater values go to the
	// last.
	table    []int
	sections [][]module.Instruction
	// tail is where the instructions after the loop begin.
	tail int
	// jumps by section, and by the index of their first instruction in the section.
	jumps []map[int]jump
	// entries are the values of PC_B with which the function is called.
	entries []int
}

// jump sets PC_B to a constant and branches to the loop's head.
type jump struct {
	value, target int
}

// jumpLength is the number of instructions of a jump.
const jumpLength = 3

// errOtherLayout means that a function is not laid out like dispatched: it is
// written by hand, or it has no jumps.
var errOtherLayout = errors.New("another layout")

// parseDispatched reads the function in a slot of the table.
func parseDispatched(body []byte, slot int) (*dispatched, error) {
	var all []module.Instruction
	if _, err := module.Walk(body, func(i module.Instruction) { all = append(all, i) }); err != nil {
		return nil, err
	}
	d := &dispatched{body: body, entries: []int{0}}
	rest, err := d.parseHead(all)
	if err != nil {
		return nil, err
	}
	if err := d.parseSections(rest); err != nil {
		return nil, err
	}
	for number := range d.sections {
		if err := d.parseBranches(number); err != nil {
			return nil, err
		}
		d.findEntries(number, slot)
	}
	return d, nil
}

// parseHead reads what precedes the first section and returns the rest.
func (d *dispatched) parseHead(all []module.Instruction) ([]module.Instruction, error) {
	leading := func(opcode byte) (count int) {
		for count < len(all) && all[count].Opcode == opcode {
			count++
		}
		all = all[count:]
		return count
	}
	if len(all) > 2 && all[0].Opcode == module.OpcodeGlobalGet && all[1].Opcode == module.OpcodeLocalSet {
		all = all[2:]
	}
	if len(all) == 0 {
		return nil, errOtherLayout
	}
	d.head = all[0].Begin
	before, loops, blocks := leading(module.OpcodeBlock), leading(module.OpcodeLoop), leading(module.OpcodeBlock)
	if before > 1 || loops != 1 || blocks == 0 || len(all) < jumpLength ||
		!d.isLocal(all[0], module.OpcodeLocalGet) || all[1].Opcode != module.OpcodeBranchTable || all[2].Opcode != module.OpcodeEnd {
		return nil, errOtherLayout
	}
	d.unwinds = before == 1
	d.sections = make([][]module.Instruction, blocks)
	entries := module.NewReader(d.body[all[1].Immediate:all[1].End])
	for range entries.Unsigned() + 1 {
		d.table = append(d.table, int(entries.Unsigned()))
	}
	if !slices.IsSorted(d.table) || d.table[len(d.table)-1] != blocks-1 {
		return nil, errOtherLayout
	}
	return all[jumpLength:], nil
}

// parseSections divides instructions into sections.
func (d *dispatched) parseSections(instructions []module.Instruction) error {
	number, inner := 0, 0
	for _, i := range instructions {
		switch i.Opcode {
		case module.OpcodeBlock, module.OpcodeLoop, module.OpcodeIf:
			inner++
		case module.OpcodeEnd:
			if inner--; inner < 0 {
				inner = 0
				if number++; number == len(d.sections) {
					d.tail = i.End
					return nil
				}
				continue
			}
		}
		d.sections[number] = append(d.sections[number], i)
	}
	return errOtherLayout
}

// parseBranches finds the jumps and the unwinding branches of a section, and refuses
// anything else that leaves it.
func (d *dispatched) parseBranches(number int) error {
	d.jumps = append(d.jumps, map[int]jump{})
	loop := uint64(len(d.sections) - 1 - number)
	inner := uint64(0)
	for at, i := range d.sections[number] {
		switch i.Opcode {
		case module.OpcodeBlock, module.OpcodeLoop, module.OpcodeIf:
			inner++
		case module.OpcodeEnd:
			inner--
		case module.OpcodeBranchTable:
			return errOtherLayout
		case module.OpcodeBranch, module.OpcodeBranchIf:
			switch depth := d.operand(i); {
			case depth < inner, d.unwinds && depth == inner+loop+1:
			case depth != inner+loop || i.Opcode != module.OpcodeBranch || !d.addJump(number, at):
				return errOtherLayout
			}
		}
	}
	return nil
}

// addJump records the jump that ends with a branch to the loop, if there is one.
func (d *dispatched) addJump(number, branch int) bool {
	section := d.sections[number]
	first := branch - jumpLength + 1
	if first < 0 || section[first].Opcode != module.OpcodeConstant32 || !d.isLocal(section[first+1], module.OpcodeLocalSet) {
		return false
	}
	value := int(module.NewReader(d.body[section[first].Immediate:section[first].End]).Signed())
	d.jumps[number][first] = jump{value, d.section(max(value, 0))}
	return value >= 0
}

// addressBits is how many bits of a program counter are PC_B; the others are the slot
// of the function.
const addressBits = 16

// deferReturnLength is the largest number of instructions that write the return
// address of a call without arguments.
const deferReturnLength = 8

// findEntries finds the points of a section at which the function can be entered
// again: after each call, whose return address is a constant in the section. By the
// same constant the runtime finds the call of deferreturn, where a function that has
// recovered from a panic continues; that call begins its section
// (cmd/link/internal/ld/pcln.go, computeDeferReturn).
func (d *dispatched) findEntries(number, slot int) {
	for at, i := range d.sections[number] {
		if i.Opcode != module.OpcodeConstant64 {
			continue
		}
		address := module.NewReader(d.body[i.Immediate:i.End]).Signed()
		if address>>addressBits != int64(slot) {
			continue
		}
		value := int(address & (1<<addressBits - 1))
		if value >= len(d.table) {
			// Another constant that looks like an address: 1<<32 - 1 in function 65,535.
			continue
		}
		d.entries = append(d.entries, value)
		if before := value - 1; at < deferReturnLength && before >= 0 && d.section(before) == number {
			d.entries = append(d.entries, before)
		}
	}
}

// section is the section at which the function continues for a value of PC_B.
func (d *dispatched) section(value int) int { return d.table[min(value, len(d.table)-1)] }

// operand is the immediate operand of an instruction.
func (d *dispatched) operand(i module.Instruction) uint64 {
	return module.NewReader(d.body[i.Immediate:i.End]).Unsigned()
}

// isLocal says whether an instruction has the opcode and accesses PC_B.
func (d *dispatched) isLocal(i module.Instruction, opcode byte) bool {
	return i.Opcode == opcode && d.operand(i) == 0
}
