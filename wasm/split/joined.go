package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"tabernetes/wasm/module"
)

// verify puts the parts together as a browser does and compares the result with the
// original program: which function is in each slot of the table, its body, and the
// memory. It reads only the modules that will be written, not the plan.
func verify(program *module.Program, p *parts, images ...capture) error {
	primary, err := readPart(p.primary)
	if err != nil {
		return fmt.Errorf("primary: %w", err)
	}
	deferred, err := readPart(p.deferred)
	if err != nil {
		return fmt.Errorf("deferred: %w", err)
	}
	for number, body := range program.Bodies {
		slot := program.FirstSlot + number
		from := deferred
		index, there := deferred.table[slot]
		if !there {
			from = primary
			index = primary.table[slot]
		}
		if got := from.typeOf(index); got != program.Types[number] {
			return fmt.Errorf("function %d is of type %d, was %d", number, got, program.Types[number])
		}
		got, err := from.restored(program, number, index)
		if err != nil {
			return fmt.Errorf("function %d: %w", number, err)
		}
		want, err := plain(program, body)
		if err != nil {
			return err
		}
		if !bytes.Equal(got, want) {
			return fmt.Errorf("function %d is not what it was", number)
		}
	}
	sections, err := module.Sections(p.primary)
	if err != nil {
		return err
	}
	functions := module.CustomContent(sections, functionsSection)
	memory, err := overlaid(nil, p.data)
	if err != nil {
		return err
	}
	if memory, err = complete(memory, functions, p.deferred); err != nil {
		return err
	}
	if !sameMemory(memory, program.Memory) {
		return errors.New("the memory is not what it was")
	}
	for number, file := range p.images {
		i, err := readImage(file.content)
		if err != nil {
			return err
		}
		if memory, err = complete(i.memory, functions, p.deferred); err != nil {
			return err
		}
		if !sameMemory(memory, images[number].image.memory) {
			return fmt.Errorf("the memory of the image %q is not what it was", file.ending)
		}
	}
	return nil
}

// complete turns the memory with which a browser begins into the one that it has once
// the deferred module is loaded.
func complete(memory, functions, deferred []byte) ([]byte, error) {
	if err := unpack(memory, functions); err != nil {
		return nil, err
	}
	return overlaid(memory, deferred)
}

// overlaid writes the data of a module over a memory, which may grow.
func overlaid(memory, part []byte) ([]byte, error) {
	sections, err := module.Sections(part)
	if err != nil {
		return nil, err
	}
	for _, s := range sections {
		if s.Number == module.SectionData {
			if memory, err = module.Overlay(memory, s.Content); err != nil {
				return nil, err
			}
		}
	}
	return memory, nil
}

// sameMemory compares memories: zeros at the end need not be written.
func sameMemory(a, b []byte) bool {
	return bytes.Equal(bytes.TrimRight(a, "\x00"), bytes.TrimRight(b, "\x00"))
}

// readModule is one of the parts, read back.
type readModule struct {
	imports []module.Import
	types   []uint64
	bodies  [][]byte
	// table holds the index of the function in each slot, slots the reverse.
	table map[int]uint64
	slots map[uint64]int
}

func readPart(part []byte) (*readModule, error) {
	sections, err := module.Sections(part)
	if err != nil {
		return nil, err
	}
	m := &readModule{table: map[int]uint64{}, slots: map[uint64]int{}}
	for _, s := range sections {
		rest := module.NewReader(s.Content)
		switch s.Number {
		case module.SectionImport:
			m.readImports(rest)
		case module.SectionFunction:
			for range rest.Unsigned() {
				m.types = append(m.types, rest.Unsigned())
			}
		case module.SectionElement:
			m.readElements(rest)
		case module.SectionCode:
			for range rest.Unsigned() {
				m.bodies = append(m.bodies, rest.Take(rest.Unsigned()))
			}
		default:
			continue
		}
		if rest.Failed() || rest.Left() > 0 {
			return nil, fmt.Errorf("section %d does not end where it should", s.Number)
		}
	}
	if len(m.types) != len(m.bodies) {
		return nil, fmt.Errorf("%d functions with %d bodies", len(m.types), len(m.bodies))
	}
	return m, nil
}

func (m *readModule) readImports(rest *module.Reader) {
	for range rest.Unsigned() {
		imported := module.Import{Module: rest.Name(), Name: rest.Name()}
		switch kind := rest.Byte(); kind {
		case module.KindFunction:
			imported.Type = rest.Unsigned()
			m.imports = append(m.imports, imported)
		case module.KindTable:
			rest.Take(2)
			rest.Unsigned()
		case module.KindMemory:
			rest.Byte()
			rest.Unsigned()
		case module.KindGlobal:
			rest.Take(2)
		}
	}
}

func (m *readModule) readElements(rest *module.Reader) {
	for range rest.Unsigned() {
		rest.Take(2) // table 0, opcode of a constant
		slot := int(rest.Signed())
		rest.Byte()
		for range rest.Unsigned() {
			index := rest.Unsigned()
			m.table[slot] = index
			m.slots[index] = slot
			slot++
		}
	}
}

func (m *readModule) typeOf(index uint64) uint64 {
	if own := index - uint64(len(m.imports)); own < uint64(len(m.types)) {
		return m.types[own]
	}
	return noIndex
}

// plain is one of the linker's bodies in which the operand of each call is the number
// of an import or, after all imports, of a function.
func plain(program *module.Program, body []byte) ([]byte, error) {
	return replaceCalls(body, func(made []byte, call module.Instruction) ([]byte, error) {
		number, imported := program.Callee(body, call)
		if imported {
			number = firstImport(program, program.Imports[number])
		} else {
			number += len(program.Imports)
		}
		return appendCall(made, uint64(number)), nil
	})
}

// restored is the body of one of the part's functions in the form that plain gives it.
func (m *readModule) restored(program *module.Program, number int, index uint64) ([]byte, error) {
	if index < uint64(len(m.imports)) {
		return nil, errors.New("the table has an import")
	}
	body := m.bodies[index-uint64(len(m.imports))]
	uncrossed, err := uncross(program, number, body)
	if err != nil {
		return nil, err
	}
	// Cross-module calls already hold the numbers of functions, marked with the bit
	// crossed.
	return replaceCalls(uncrossed, func(made []byte, call module.Instruction) ([]byte, error) {
		callee := module.NewReader(uncrossed[call.Immediate:call.End]).Unsigned()
		if callee&crossed != 0 {
			return appendCall(made, callee&^crossed), nil
		}
		if callee < uint64(len(m.imports)) {
			number := firstImport(program, m.imports[callee])
			if number < 0 {
				return nil, fmt.Errorf("call of import %q, which the program has not", m.imports[callee].Name)
			}
			return appendCall(made, uint64(number)), nil
		}
		slot, there := m.slots[callee]
		if !there {
			return nil, fmt.Errorf("call of function %d, which is not in the table", callee)
		}
		return appendCall(made, uint64(slot-program.FirstSlot+len(program.Imports))), nil
	})
}

// firstImport is the lowest number of an import. Go's linker imports a function
// twice if two functions of a program are made from it.
func firstImport(program *module.Program, wanted module.Import) int {
	return slices.Index(program.Imports, wanted)
}

// crossed marks the number of a function that was called across modules.
const crossed = 1 << 40

// uncross removes what rewrite inserted: the instructions that store the slots of
// indirect calls, the cross-module calls, and the mark that a function was called.
func uncross(program *module.Program, number int, body []byte) ([]byte, error) {
	var made []byte
	var constant struct {
		begin int
		value int64
		last  bool
	}
	begin, err := module.Walk(body, func(i module.Instruction) {
		immediate := module.NewReader(body[i.Immediate:i.End])
		switch i.Opcode {
		case module.OpcodeGlobalGet, module.OpcodeGlobalSet:
			if immediate.Unsigned() == registerSlot {
				return
			}
		case module.OpcodeCallIndirect:
			if constant.last {
				number := int(constant.value) - program.FirstSlot + len(program.Imports)
				made = appendCall(made[:constant.begin], crossed|uint64(number))
				constant.last = false
				return
			}
		}
		constant.last = i.Opcode == module.OpcodeConstant32
		if constant.last {
			constant.begin = len(made)
			constant.value = immediate.Signed()
		}
		made = append(made, body[i.Begin:i.End]...)
	})
	if err != nil {
		return nil, err
	}
	return append(bytes.Clone(body[:begin]), bytes.TrimPrefix(made, markOf(number))...), nil
}

// replaceCalls copies a body and replaces its direct calls.
func replaceCalls(body []byte, call func([]byte, module.Instruction) ([]byte, error)) ([]byte, error) {
	var made []byte
	var failure error
	copied := 0
	_, err := module.Walk(body, func(i module.Instruction) {
		if i.Opcode != module.OpcodeCall || failure != nil {
			return
		}
		made = append(made, body[copied:i.Begin]...)
		copied = i.End
		made, failure = call(made, i)
	})
	return append(made, body[copied:]...), errors.Join(err, failure)
}
