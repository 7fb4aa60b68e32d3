package main

import (
	"fmt"
	"slices"
	"strings"

	"tabernetes/wasm/module"
)

// runtimePackages are the prefixes of the names of the functions of Go's runtime.
// These and their callees run where Go cannot be suspended: on the system stack and
// before there is a goroutine (CALLNORESUME in runtime/asm_wasm.s).
var runtimePackages = []string{"runtime.", "internal/runtime/"}

// kept are the prefixes of the names of functions that are never deferred. Those in the
// first line are called everywhere. IndexedDB ends a transaction when JavaScript returns
// to the event loop, which it does while Go is suspended: a transaction would then be
// committed half-written, or end before Go can continue it. So everything that
// wasm/indexeddb calls between opening a transaction and committing it is always there.
var kept = []string{
	"sync.", "sync/atomic.", "internal/sync.", "syscall/js.",

	"main.", "tabernetes/wasm/bridge.", "tabernetes/wasm/indexeddb.", "tabernetes/wasm/parking.", "github.com/hack-pad/", "github.com/norunners/vert.",
	"context.", "errors.", "fmt.", "internal/abi.", "internal/bytealg.", "internal/fmtsort.", "internal/reflectlite.", "reflect.", "sort.", "strconv.", "time.", "unicode/utf8.",
}

// plan says where the functions of a program go.
type plan struct {
	program *module.Program
	// deferred says of each function whether it is deferred.
	deferred []bool
	// standing says of each function whether it may be on the stack of a goroutine in an
	// image.
	standing []bool
	// index is the index of each function in the module that contains it.
	index []uint64
	// primaryImports and deferredImports are the indices of each of the program's
	// imports in the two modules, or noIndex.
	primaryImports, deferredImports []uint64
	// deferredUses are the imports that the deferred module has, in its order.
	deferredUses []module.Import
	// marked says that each function of the primary marks that it was called.
	marked bool
	// loop is the number of the function that resumes Go after a suspension.
	loop int
}

const noIndex = ^uint64(0)

// loopName is the name of the loop in which Go runs (runtime/asm_wasm.s).
const loopName = "wasm_pc_f_loop"

// newPlan decides where each function goes: wanted says by a function's name whether it
// belongs in the primary. The tables of functions on the stacks of an image's
// goroutines are there from the start; their code may be deferred, as such a goroutine
// may go on much later.
func newPlan(program *module.Program, names []string, wanted func(name string) bool, images ...capture) (*plan, error) {
	p := &plan{
		program: program, deferred: make([]bool, len(names)), standing: make([]bool, len(names)),
		index: make([]uint64, len(names)), loop: -1,
	}
	always, err := neverDeferred(program, names)
	if err != nil {
		return nil, err
	}
	for _, c := range images {
		c.image.standing(program, p.standing)
	}
	for number, name := range names {
		p.deferred[number] = !always[number] && !wanted(name)
		if name == loopName && program.Types[number] != module.GoType {
			p.loop = number
		}
	}
	if p.loop < 0 {
		return nil, fmt.Errorf("the program has no %s", loopName)
	}
	if err := p.number(); err != nil {
		return nil, err
	}
	return p, nil
}

// neverDeferred says of each function whether it is in every primary.
func neverDeferred(program *module.Program, names []string) ([]bool, error) {
	always := make([]bool, len(names))
	var calls []int
	for number, name := range names {
		inRuntime := hasPrefix(name, runtimePackages)
		always[number] = inRuntime || program.Types[number] != module.GoType || hasPrefix(name, kept)
		if inRuntime || program.Types[number] != module.GoType {
			calls = append(calls, number)
		}
	}
	for _, export := range program.Exports {
		if export.Kind == module.KindFunction {
			always[export.Index] = true
		}
	}
	// The callees of the runtime, and all their callees.
	reached := map[int]bool{}
	for len(calls) > 0 {
		number := calls[len(calls)-1]
		calls = calls[:len(calls)-1]
		if reached[number] {
			continue
		}
		reached[number] = true
		always[number] = true
		body := program.Bodies[number]
		_, err := module.Walk(body, func(i module.Instruction) {
			if i.Opcode == module.OpcodeCall {
				if callee, imported := program.Callee(body, i); !imported {
					calls = append(calls, callee)
				}
			}
		})
		if err != nil {
			return nil, fmt.Errorf("function %d: %w", number, err)
		}
	}
	return always, nil
}

func hasPrefix(name string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// number gives functions and imports the indices that they have in their modules.
func (p *plan) number() error {
	p.primaryImports = make([]uint64, len(p.program.Imports))
	p.deferredImports = make([]uint64, len(p.program.Imports))
	for i := range p.program.Imports {
		p.primaryImports[i] = uint64(i)
		p.deferredImports[i] = noIndex
	}
	for number, body := range p.program.Bodies {
		if !p.deferred[number] {
			continue
		}
		_, err := module.Walk(body, func(i module.Instruction) {
			if i.Opcode != module.OpcodeCall {
				return
			}
			if callee, ok := p.program.Callee(body, i); ok && p.deferredImports[callee] == noIndex {
				p.deferredImports[callee] = uint64(len(p.deferredUses))
				p.deferredUses = append(p.deferredUses, p.program.Imports[callee])
			}
		})
		if err != nil {
			return fmt.Errorf("function %d: %w", number, err)
		}
	}
	// The primary has one more import, load.
	primary, deferred := uint64(len(p.program.Imports))+1, uint64(len(p.deferredUses))
	for number := range p.index {
		next := &primary
		if p.deferred[number] {
			next = &deferred
		}
		p.index[number] = *next
		*next++
	}
	return nil
}

// count is how many functions one of the modules has.
func (p *plan) count(deferred bool) int {
	count := 0
	for _, d := range p.deferred {
		if d == deferred {
			count++
		}
	}
	return count
}

// slot is a function's place in the table.
func (p *plan) slot(number int) int { return p.program.FirstSlot + number }
