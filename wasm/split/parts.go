package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"tabernetes/wasm/module"
)

// The names by which the modules and JavaScript refer to each other.
const (
	// importModule is the module name of the imports besides Go's own.
	importModule  = "tabernetes"
	memoryImport  = "memory"
	tableName     = "table"
	globalPrefix  = "global."
	loadImport    = "load"
	partsSection  = "tabernetes.parts"
	buildSection  = "tabernetes.build"
	namesSection  = "name"
	referenceType = 0x70
)

// globalTypes are the types of Go's registers (writeGlobalSec in
// cmd/link/internal/wasm).
var globalTypes = [registers]byte{0x7f, 0x7e, 0x7e, 0x7e, 0x7e, 0x7e, 0x7e, 0x7f}

// parts are the modules that a program is split into, and its images without the
// deferred bytes.
type parts struct {
	primary, data, deferred []byte
	images                  []capturedFile
}

// capturedFile is the file of an image and the suffix of its name.
type capturedFile struct {
	ending  string
	content []byte
}

// described is the primary's description of the other parts, which its custom section
// holds as JSON.
type described struct {
	// Build is the same in all three. It is not the digest of any of them.
	Build string `json:"build"`
	// Pages is the size of the memory that the primary imports, in 64 KiB.
	Pages    uint64        `json:"pages"`
	Data     describedPart `json:"data"`
	Deferred describedPart `json:"deferred"`
}

type describedPart struct {
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

func describe(part []byte) describedPart {
	sum := sha256.Sum256(part)
	return describedPart{Bytes: len(part), SHA256: hex.EncodeToString(sum[:])}
}

// buildOf names a build by what it is made of.
func buildOf(compacted []byte, deferred []bool) string {
	digest := sha256.New()
	digest.Write(compacted)
	for _, d := range deferred {
		if d {
			digest.Write([]byte{1})
		} else {
			digest.Write([]byte{0})
		}
	}
	return hex.EncodeToString(digest.Sum(nil))
}

// part makes the three modules, and images for them.
func part(compacted []byte, tables *tables, p *plan, images ...capture) (*parts, error) {
	build := buildOf(compacted, p.deferred)
	share := newShare(tables, p)
	first, later, err := share.data()
	if err != nil {
		return nil, err
	}
	made := &parts{data: p.dataModule(build, first)}
	whole := buildOf(compacted, make([]bool, len(p.deferred)))
	for _, c := range images {
		i, err := c.image.forBuild(share, whole, build)
		if err != nil {
			return nil, fmt.Errorf("image %q: %w", c.ending, err)
		}
		made.images = append(made.images, capturedFile{c.ending, i.encode()})
	}
	if made.deferred, err = p.deferredModule(build, later); err != nil {
		return nil, err
	}
	description, err := json.Marshal(described{
		Build: build, Pages: p.program.Pages, Data: describe(made.data), Deferred: describe(made.deferred),
	})
	if err != nil {
		return nil, err
	}
	if made.primary, err = p.primaryModule(build, description, tables.section()); err != nil {
		return nil, err
	}
	return made, nil
}

// dataModule has nothing but data.
func (p *plan) dataModule(build string, data []byte) []byte {
	imports := binary.AppendUvarint(nil, 1)
	imports = p.appendMemoryImport(imports)
	return module.Assemble([]module.Section{
		module.Custom(buildSection, []byte(build)),
		{Number: module.SectionImport, Content: imports},
		{Number: module.SectionData, Content: data},
	})
}

func (p *plan) appendMemoryImport(to []byte) []byte {
	to = module.AppendName(module.AppendName(to, importModule), memoryImport)
	const noMaximum = 0
	return binary.AppendUvarint(append(to, module.KindMemory, noMaximum), p.program.Pages)
}

func appendFunctionImport(to []byte, imported module.Import) []byte {
	to = module.AppendName(module.AppendName(to, imported.Module), imported.Name)
	return binary.AppendUvarint(append(to, module.KindFunction), imported.Type)
}

// primaryModule has everything of the linker's module that is not in the other parts.
func (p *plan) primaryModule(build string, description, functions []byte) ([]byte, error) {
	bodies, err := p.bodies(false)
	if err != nil {
		return nil, err
	}
	bodies = append(bodies, p.stub())
	sections := []module.Section{}
	for _, s := range p.program.Sections {
		content := s.Content
		switch s.Number {
		case module.SectionCustom:
			if name := module.NewReader(s.Content).Name(); name == namesSection {
				continue
			}
		case module.SectionImport:
			content = p.primaryImportSection()
		case module.SectionFunction:
			content = p.functionSection(false)
		case module.SectionMemory:
			if !p.marked {
				continue
			}
			content = p.markSection()
		case module.SectionData:
			continue
		case module.SectionGlobal:
			content = globalSection(s.Content)
		case module.SectionExport:
			content = p.exportSection()
		case module.SectionElement:
			content = p.primaryElements()
		case module.SectionCode:
			content = module.AppendBodies(nil, bodies)
		}
		sections = append(sections, module.Section{Number: s.Number, Content: content})
	}
	sections = append(sections,
		module.Custom(functionsSection, functions),
		module.Custom(buildSection, []byte(build)),
		module.Custom(partsSection, description),
	)
	return module.Assemble(sections), nil
}

func (p *plan) primaryImportSection() []byte {
	imports := binary.AppendUvarint(nil, uint64(len(p.program.Imports)+2))
	for _, imported := range p.program.Imports {
		imports = appendFunctionImport(imports, imported)
	}
	imports = appendFunctionImport(imports, module.Import{Module: importModule, Name: loadImport, Type: module.GoType})
	return p.appendMemoryImport(imports)
}

// functionSection has the types of one module's functions, in the primary including
// stub.
func (p *plan) functionSection(deferred bool) []byte {
	var types []uint64
	for number, is := range p.deferred {
		if is == deferred {
			types = append(types, p.program.Types[number])
		}
	}
	if !deferred {
		types = append(types, module.GoType)
	}
	section := binary.AppendUvarint(nil, uint64(len(types)))
	for _, t := range types {
		section = binary.AppendUvarint(section, t)
	}
	return section
}

// globalSection adds one 32-bit variable, initially 0.
func globalSection(linked []byte) []byte {
	rest := module.NewReader(linked)
	count := rest.Unsigned()
	section := binary.AppendUvarint(nil, count+1)
	section = append(section, rest.Take(uint64(rest.Left()))...)
	const variable = 1
	return append(section, globalTypes[registerSP], variable, module.OpcodeConstant32, 0, module.OpcodeEnd)
}

func (p *plan) exportSection() []byte {
	type export struct {
		name  string
		kind  byte
		index uint64
	}
	exports := []export{{loopName, module.KindFunction, p.index[p.loop]}, {tableName, module.KindTable, 0}}
	for g := range uint64(registers) {
		exports = append(exports, export{fmt.Sprint(globalPrefix, g), module.KindGlobal, g})
	}
	if p.marked {
		exports = append(exports, export{marksExport, module.KindMemory, marksMemory})
	}
	for _, e := range p.program.Exports {
		index := e.Index
		if e.Kind == module.KindFunction {
			index = p.index[e.Index]
		}
		exports = append(exports, export{e.Name, e.Kind, index})
	}
	section := binary.AppendUvarint(nil, uint64(len(exports)))
	for _, e := range exports {
		section = append(module.AppendName(section, e.name), e.kind)
		section = binary.AppendUvarint(section, e.index)
	}
	return section
}

// primaryElements fills the table: with stub where a function is deferred.
func (p *plan) primaryElements() []byte {
	indices := slices.Clone(p.index)
	stub := p.stubIndex()
	for number, deferred := range p.deferred {
		if deferred {
			indices[number] = stub
		}
	}
	return module.AppendSlots(binary.AppendUvarint(nil, 1), p.program.FirstSlot, indices)
}

// deferredModule has the other functions, and puts them into the slots of the table.
func (p *plan) deferredModule(build string, data []byte) ([]byte, error) {
	bodies, err := p.bodies(true)
	if err != nil {
		return nil, err
	}
	var sections []module.Section
	for _, s := range p.program.Sections {
		if s.Number == module.SectionType {
			sections = append(sections, s)
		}
	}
	return module.Assemble(append(
		append([]module.Section{module.Custom(buildSection, []byte(build))}, sections...),
		module.Section{Number: module.SectionImport, Content: p.deferredImportSection()},
		module.Section{Number: module.SectionFunction, Content: p.functionSection(true)},
		module.Section{Number: module.SectionElement, Content: p.deferredElements()},
		module.Section{Number: module.SectionCode, Content: module.AppendBodies(nil, bodies)},
		module.Section{Number: module.SectionData, Content: data},
	)), nil
}

func (p *plan) deferredImportSection() []byte {
	imports := binary.AppendUvarint(nil, uint64(len(p.deferredUses)+2+registers))
	for _, imported := range p.deferredUses {
		imports = appendFunctionImport(imports, imported)
	}
	imports = p.appendMemoryImport(imports)
	imports = module.AppendName(module.AppendName(imports, importModule), tableName)
	const noMaximum, variable = 0, 1
	imports = append(imports, module.KindTable, referenceType, noMaximum)
	imports = binary.AppendUvarint(imports, uint64(p.program.FirstSlot+len(p.deferred)))
	for g, t := range globalTypes {
		imports = module.AppendName(module.AppendName(imports, importModule), fmt.Sprint(globalPrefix, g))
		imports = append(imports, module.KindGlobal, t, variable)
	}
	return imports
}

// deferredElements has a segment for each run of deferred functions.
func (p *plan) deferredElements() []byte {
	var segments []byte
	count := uint64(0)
	for begin := 0; begin < len(p.deferred); {
		end := begin
		for end < len(p.deferred) && p.deferred[end] {
			end++
		}
		if end > begin {
			segments = module.AppendSlots(segments, p.slot(begin), p.index[begin:end])
			count++
		}
		begin = end + 1
	}
	return append(binary.AppendUvarint(nil, count), segments...)
}

// bodies are those of one module.
func (p *plan) bodies(deferred bool) ([][]byte, error) {
	var bodies [][]byte
	for number := range p.deferred {
		if p.deferred[number] != deferred {
			continue
		}
		body, err := p.rewrite(number)
		if err != nil {
			return nil, err
		}
		bodies = append(bodies, body)
	}
	return bodies, nil
}
