package module

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Kinds of imports and exports (specification, 5.5.5).
const (
	KindFunction = 0
	KindTable    = 1
	KindMemory   = 2
	KindGlobal   = 3
)

// GoType is the number of the type of all functions compiled from Go: the
// parameter is the place at which to continue, the result says whether the stack
// is to be unwound.
const GoType = 0

// goSignature is that type, (i32) -> (i32).
const goSignature = "\x60\x01\x7f\x01\x7f"

// Import is an imported function.
type Import struct {
	Module, Name string
	Type         uint64
}

// Export is an export of a module.
type Export struct {
	Name  string
	Kind  byte
	Index uint64
}

// Program is a module that Go's linker made. A function is identified by its
// number: imported functions are not counted, so the number is the index in
// Types and Bodies.
type Program struct {
	Sections []Section
	Imports  []Import
	// Types and Bodies are of each function.
	Types  []uint64
	Bodies [][]byte
	// FirstSlot is the slot of function 0 in the table; the others follow in order.
	FirstSlot int
	// Exports' functions are numbers of functions, too.
	Exports []Export
	// Pages is the initial size of the memory, in units of 64 KiB.
	Pages uint64
	// Memory is its initial content.
	Memory []byte
}

// errForeign means that a module is not what Go's linker writes.
var errForeign = errors.New("not laid out as Go's linker does: compare cmd/link/internal/wasm/asm.go with package module")

// Parse takes a linked module apart. What the linker never writes is an error.
func Parse(bytes []byte) (*Program, error) {
	sections, err := Sections(bytes)
	if err != nil {
		return nil, err
	}
	program := &Program{Sections: sections}
	seen := map[byte]bool{}
	for _, s := range sections {
		seen[s.Number] = true
		if err := program.parse(s); err != nil {
			return nil, fmt.Errorf("section %d: %w", s.Number, err)
		}
	}
	for number := byte(SectionType); number <= SectionData; number++ {
		if number != sectionStart && !seen[number] {
			return nil, fmt.Errorf("%w: no section %d", errForeign, number)
		}
	}
	if len(program.Types) != len(program.Bodies) {
		return nil, fmt.Errorf("%w: %d functions with %d bodies", errForeign, len(program.Types), len(program.Bodies))
	}
	return program, nil
}

// sectionStart names a function that runs on instantiation; Go has none.
const sectionStart = 8

func (p *Program) parse(s Section) error {
	rest := NewReader(s.Content)
	var err error
	switch s.Number {
	case SectionType:
		rest.Unsigned()
		if string(rest.Take(uint64(len(goSignature)))) != goSignature {
			return fmt.Errorf("%w: type %d is not that of Go's functions", errForeign, GoType)
		}
		return nil
	case SectionImport:
		err = p.parseImports(rest)
	case SectionFunction:
		for range rest.Unsigned() {
			p.Types = append(p.Types, rest.Unsigned())
		}
	case SectionMemory:
		if rest.Unsigned() != 1 || rest.Unsigned() != 0 {
			return fmt.Errorf("%w: not one memory without a maximum", errForeign)
		}
		p.Pages = rest.Unsigned()
	case SectionExport:
		err = p.parseExports(rest)
	case SectionElement:
		err = p.parseTable(rest)
	case SectionCode:
		for range rest.Unsigned() {
			p.Bodies = append(p.Bodies, rest.Take(rest.Unsigned()))
		}
	case SectionData:
		p.Memory, err = Memory(s.Content)
		return err
	default:
		return nil
	}
	if err == nil && (rest.Failed() || rest.Left() > 0) {
		err = fmt.Errorf("%w: its end is not where it should be", errForeign)
	}
	return err
}

func (p *Program) parseImports(rest *Reader) error {
	for range rest.Unsigned() {
		imported := Import{Module: rest.Name(), Name: rest.Name()}
		if kind := rest.Byte(); kind != KindFunction {
			return fmt.Errorf("%w: import of kind %d", errForeign, kind)
		}
		imported.Type = rest.Unsigned()
		p.Imports = append(p.Imports, imported)
	}
	return nil
}

func (p *Program) parseExports(rest *Reader) error {
	for range rest.Unsigned() {
		export := Export{Name: rest.Name(), Kind: rest.Byte(), Index: rest.Unsigned()}
		if export.Kind == KindFunction {
			if export.Index < uint64(len(p.Imports)) {
				return fmt.Errorf("%w: %q is an imported function", errForeign, export.Name)
			}
			export.Index -= uint64(len(p.Imports))
		}
		p.Exports = append(p.Exports, export)
	}
	return nil
}

// parseTable reads the elements: one segment with every function in order.
func (p *Program) parseTable(rest *Reader) error {
	if rest.Unsigned() != 1 || rest.Unsigned() != 0 {
		return fmt.Errorf("%w: not one segment of elements", errForeign)
	}
	first, err := constantOffset(rest)
	if err != nil {
		return fmt.Errorf("place of the elements: %w", err)
	}
	p.FirstSlot = int(first)
	count := rest.Unsigned()
	if count != uint64(len(p.Types)) {
		return fmt.Errorf("%w: the table has %d of %d functions", errForeign, count, len(p.Types))
	}
	for number := range count {
		if rest.Unsigned() != uint64(len(p.Imports))+number {
			return fmt.Errorf("%w: slot %d of the table", errForeign, number)
		}
	}
	return nil
}

// Callee is the target of a call: the number of an import, or of a function.
func (p *Program) Callee(body []byte, call Instruction) (number int, imported bool) {
	index := int(NewReader(body[call.Immediate:call.End]).Unsigned())
	if index < len(p.Imports) {
		return index, true
	}
	return index - len(p.Imports), false
}

// AppendBodies appends the content of a code section.
func AppendBodies(to []byte, bodies [][]byte) []byte {
	to = binary.AppendUvarint(to, uint64(len(bodies)))
	for _, body := range bodies {
		to = binary.AppendUvarint(to, uint64(len(body)))
		to = append(to, body...)
	}
	return to
}

// AppendSlots appends a segment that writes functions into consecutive slots of the table.
func AppendSlots(to []byte, first int, indices []uint64) []byte {
	to = append(to, 0)
	to = appendConstantOffset(to, first)
	to = binary.AppendUvarint(to, uint64(len(indices)))
	for _, index := range indices {
		to = binary.AppendUvarint(to, index)
	}
	return to
}
