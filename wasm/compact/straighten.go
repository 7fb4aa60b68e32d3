package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"tabernetes/wasm/module"
)

// straighten lets the functions of a linked module jump straight to their targets. As
// Go's assembler writes them, each jump goes back to the head of the function and is
// dispatched there. A forward jump becomes a branch to the end of a block, and a
// backward jump a branch to a loop around what it repeats. What is computed is the
// same.
//
// Browsers have less to compile, and less often: V8 counts the bytes that a branch
// goes back over, and optimises a function when it has counted enough of them.
func straighten(linked []byte) ([]byte, error) {
	program, err := module.Parse(linked)
	if err != nil {
		return nil, err
	}
	for number, body := range program.Bodies {
		if program.Types[number] != module.GoType {
			continue
		}
		switch d, err := parseDispatched(body, program.FirstSlot+number); {
		case err == nil:
			program.Bodies[number] = d.straightened()
		case !errors.Is(err, errOtherLayout):
			return nil, fmt.Errorf("function %d: %w", number, err)
		}
	}
	for index, s := range program.Sections {
		if s.Number == module.SectionCode {
			program.Sections[index].Content = module.AppendBodies(nil, program.Bodies)
		}
	}
	return module.Assemble(program.Sections), nil
}

// label is a target of a branch. A jump goes to the head of a region, or to one of
// its items: to the end of the block before it.
type label struct {
	region *region
	item   int
}

// Labels other than items.
const (
	regionHead = -1
	trap       = -2
	unwinding  = -3
	inSection  = -4
)

// writer writes the new body of a function.
type writer struct {
	*dispatched
	of     []*region
	places []int
	out    []byte
	// labels are the labels in scope, the innermost last.
	labels []label
	// last is the opcode written last at the level of the sections.
	last byte
}

const voidType = 0x40

func (d *dispatched) straightened() []byte {
	outermost, of, places := d.regions()
	w := &writer{dispatched: d, of: of, places: places}
	w.out = append(w.out, d.body[:d.head]...)
	w.setLabels(outermost)
	if d.unwinds {
		w.open(module.OpcodeBlock, label{item: unwinding})
	}
	w.writeRegion(outermost)
	w.out = append(w.out, d.body[d.tail:]...)
	return w.out
}

// setLabels finds the items that are branched to.
func (w *writer) setLabels(r *region) {
	if r.dispatches {
		for _, section := range r.values {
			_, place := w.itemOf(r, section)
			r.items[place].labelled = true
		}
	}
	for _, i := range r.items {
		if i.region != nil {
			w.setLabels(i.region)
			continue
		}
		for _, j := range w.jumps[i.section] {
			if to, _ := w.way(i.section, j); to.item != regionHead {
				to.region.items[to.item].labelled = true
			}
		}
	}
}

func (w *writer) open(opcode byte, l label) {
	w.out = append(w.out, opcode, voidType)
	w.labels = append(w.labels, l)
}

func (w *writer) close() {
	w.out = append(w.out, module.OpcodeEnd)
	w.labels = w.labels[:len(w.labels)-1]
}

func (w *writer) writeRegion(r *region) {
	if r.outer != nil {
		w.open(module.OpcodeLoop, label{r, regionHead})
	}
	for number := len(r.items) - 1; number >= 0; number-- {
		if r.items[number].labelled {
			w.open(module.OpcodeBlock, label{r, number})
		}
	}
	if r.dispatches {
		w.writeTable(r)
	}
	for _, i := range r.items {
		w.writeEntry(i)
		if i.labelled {
			w.close()
			w.last = module.OpcodeEnd
		}
		if i.region != nil {
			w.writeRegion(i.region)
		} else {
			w.writeSection(i.section)
		}
	}
	if r.outer != nil {
		w.close()
		w.last = module.OpcodeEnd
	}
}

// writeEntry sets PC_B so that falling through into a region arrives at its head.
func (w *writer) writeEntry(i item) {
	if i.region == nil || !i.region.dispatches {
		return
	}
	switch w.last {
	case module.OpcodeBranch, module.OpcodeReturn, module.OpcodeUnreachable:
	default:
		w.set(i.region.start)
	}
}

// set sets PC_B.
func (w *writer) set(value int) {
	w.out = module.AppendSigned(append(w.out, module.OpcodeConstant32), int64(value))
	w.out = append(w.out, module.OpcodeLocalSet, 0)
}

// writeTable dispatches by PC_B to the items of a region. A value that leads nowhere
// traps.
func (w *writer) writeTable(r *region) {
	values := slices.Sorted(maps.Keys(r.values))
	first, after := values[0], values[len(values)-1]+1
	w.open(module.OpcodeBlock, label{r, trap})
	w.out = append(w.out, module.OpcodeLocalGet, 0)
	if first > 0 {
		w.out = module.AppendSigned(append(w.out, module.OpcodeConstant32), int64(first))
		w.out = append(w.out, module.OpcodeSubtract32)
	}
	w.out = binary.AppendUvarint(append(w.out, module.OpcodeBranchTable), uint64(after-first))
	for value := first; value <= after; value++ {
		to := label{r, trap}
		if section, found := r.values[value]; found {
			_, to.item = w.itemOf(r, section)
		}
		w.out = binary.AppendUvarint(w.out, uint64(w.depth(to)))
	}
	w.close()
	w.out = append(w.out, module.OpcodeUnreachable)
	w.last = module.OpcodeUnreachable
}

// itemOf finds a section in a region: the nested region that contains it, or
// nil, and the index of the item.
func (w *writer) itemOf(r *region, section int) (within *region, place int) {
	place = w.places[section]
	for at := w.of[section]; at != r; at = at.outer {
		within, place = at, at.place
	}
	return within, place
}

func (w *writer) writeSection(number int) {
	outer := len(w.labels)
	instructions := w.sections[number]
	for at := 0; at < len(instructions); at++ {
		i := instructions[at]
		if taken := w.writeConditional(number, at); taken > 0 {
			at += taken - 1
			w.last = module.OpcodeBranchIf
			continue
		}
		if j, found := w.jumps[number][at]; found {
			w.writeJump(number, j)
			at += jumpLength - 1
			w.last = module.OpcodeBranch
			continue
		}
		switch i.Opcode {
		case module.OpcodeBlock, module.OpcodeLoop, module.OpcodeIf:
			w.labels = append(w.labels, label{item: inSection})
		case module.OpcodeEnd:
			w.labels = w.labels[:len(w.labels)-1]
		case module.OpcodeBranch, module.OpcodeBranchIf:
			if w.operand(i) >= uint64(len(w.labels)-outer) {
				w.branch(i.Opcode, label{item: unwinding})
				w.last = i.Opcode
				continue
			}
		}
		w.out = append(w.out, w.body[i.Begin:i.End]...)
		w.last = i.Opcode
	}
}

// depth is the number of levels between here and a label.
func (w *writer) depth(to label) int {
	depth := 0
	for w.labels[len(w.labels)-1-depth] != to {
		depth++
	}
	return depth
}

// branch writes a branch to a label.
func (w *writer) branch(opcode byte, to label) {
	w.out = binary.AppendUvarint(append(w.out, opcode), uint64(w.depth(to)))
}

// way is the label that a jump goes to, and whether it is dispatched from there by
// PC_B.
func (w *writer) way(number int, j jump) (to label, dispatched bool) {
	common := w.of[number]
	for !common.has(j.target) {
		common = common.outer
	}
	if j.target <= number {
		return label{common, regionHead}, common.dispatches
	}
	within, place := w.itemOf(common, j.target)
	return label{common, place}, within != nil && within.dispatches
}

func (w *writer) writeJump(number int, j jump) {
	to, dispatched := w.way(number, j)
	if dispatched {
		w.set(j.value)
	}
	w.branch(module.OpcodeBranch, to)
}

// writeConditional writes an "if" that does nothing but jump as a conditional
// branch, and returns how many instructions it replaces; 0 if there is no such
// "if".
func (w *writer) writeConditional(number, at int) int {
	instructions := w.sections[number]
	inverted, taken := w.inverted(instructions[at:])
	j, found := w.jumps[number][at+taken+1]
	end := at + taken + 1 + jumpLength
	if !found || instructions[at+taken].Opcode != module.OpcodeIf || instructions[end].Opcode != module.OpcodeEnd {
		return 0
	}
	to, dispatched := w.way(number, j)
	if dispatched {
		return 0
	}
	w.out = append(w.out, inverted...)
	w.branch(module.OpcodeBranchIf, to)
	return end + 1 - at
}

// inverted is the opposite of a comparison, if instructions begin with a comparison
// whose result they negate, and the number of instructions that it replaces.
func (w *writer) inverted(instructions []module.Instruction) (by []byte, taken int) {
	by, found := opposite[instructions[0].Opcode]
	switch {
	case !found || len(instructions) < 3:
	case instructions[1].Opcode == module.OpcodeEqualZero32:
		return by, 2
	case instructions[1].Opcode == module.OpcodeExtend64 && instructions[2].Opcode == module.OpcodeEqualZero64:
		return by, 3
	}
	return nil, 0
}

// opposite maps a comparison to the one that is true where it is false. Ordered
// comparisons of floating-point numbers have no opposite, because of NaN.
var opposite = map[byte][]byte{
	0x46: {0x47}, 0x47: {0x46}, // i32.eq, i32.ne
	0x48: {0x4e}, 0x4e: {0x48}, // i32.lt_s, i32.ge_s
	0x49: {0x4f}, 0x4f: {0x49}, // i32.lt_u, i32.ge_u
	0x4a: {0x4c}, 0x4c: {0x4a}, // i32.gt_s, i32.le_s
	0x4b: {0x4d}, 0x4d: {0x4b}, // i32.gt_u, i32.le_u
	0x51: {0x52}, 0x52: {0x51}, // i64.eq, i64.ne
	0x53: {0x59}, 0x59: {0x53}, // i64.lt_s, i64.ge_s
	0x54: {0x5a}, 0x5a: {0x54}, // i64.lt_u, i64.ge_u
	0x55: {0x57}, 0x57: {0x55}, // i64.gt_s, i64.le_s
	0x56: {0x58}, 0x58: {0x56}, // i64.gt_u, i64.le_u
	0x5b: {0x5c}, 0x5c: {0x5b}, // f32.eq, f32.ne
	0x61: {0x62}, 0x62: {0x61}, // f64.eq, f64.ne
	module.OpcodeEqualZero64: {module.OpcodeConstant64, 0, 0x52}, // i64.eqz; i64.const 0, i64.ne
}
