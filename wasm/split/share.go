package main

import (
	"fmt"
	"maps"
	"slices"

	"tabernetes/wasm/module"
)

// share splits the tables by which the runtime knows the functions: what the runtime
// reads only of functions that have run is loaded with the deferred functions.
//
// Of a function that has not run it reads the head of its record, the size of its
// frame and its name: the first two to walk a goroutine that has not begun, the third
// in runtime.FuncForPC. The places of its tables are 0 until they are loaded.
type share struct {
	tables *tables
	// deferred and kept say of each byte of the memory whether only a deferred
	// function may need it, and whether it must be there from the start. Most
	// bytes are neither.
	deferred, kept []bool
	// next maps the address of a table of data to an upper bound of its end.
	next map[int]int
}

// newShare decides which bytes are deferred with the functions that a plan defers.
func newShare(t *tables, plan *plan) *share {
	s := &share{tables: t, deferred: make([]bool, len(t.memory)), kept: make([]bool, len(t.memory))}
	s.findEnds()
	for number, deferred := range plan.deferred {
		r := t.record(number)
		s.keep(t.valueSpan(r.field(fieldStack)))
		s.keep(t.nameSpan(r.field(fieldName)))
		if deferred && !plan.standing[number] && !r.inlinedAtEntry() {
			s.deferHead(r)
			s.markTables(s.deferred, r)
		} else {
			s.markTables(s.kept, r)
		}
	}
	return s
}

// findEnds sorts the tables of data: each ends at the latest where the next one begins.
func (s *share) findEnds() {
	begins := map[int]bool{}
	for number := range s.tables.count {
		r := s.tables.record(number)
		for i := range r.dataCount() {
			if address, ok := r.data(i); ok {
				begins[address] = true
			}
		}
	}
	sorted := slices.Sorted(maps.Keys(begins))
	s.next = make(map[int]int, len(sorted))
	for i, begin := range sorted {
		// The end of the last one is not known, so it is not deferred.
		s.next[begin] = sorted[min(i+1, len(sorted)-1)]
	}
}

func (s *share) keep(span module.Span) { mark(s.kept, span) }

func mark(bytes []bool, span module.Span) {
	for at := span.Begin; at < span.End; at++ {
		bytes[at] = true
	}
}

// deferHead defers the fields of a record about lines and tables.
func (s *share) deferHead(r record) {
	for _, field := range []module.Span{
		{Begin: fieldFile, End: fieldKind},
		{Begin: fieldDataCount, End: recordSize},
		{Begin: recordSize, End: recordSize + 4*(r.valueCount()+r.dataCount())},
	} {
		mark(s.deferred, module.Span{Begin: r.address + field.Begin, End: r.address + field.End})
	}
}

// markTables marks all tables of a function. Many belong to several functions.
func (s *share) markTables(bytes []bool, r record) {
	t := s.tables
	values := []uint32{r.field(fieldFile), r.field(fieldLine)}
	for i := range r.valueCount() {
		values = append(values, r.value(i))
	}
	for _, place := range values {
		if place != 0 {
			mark(bytes, t.valueSpan(place))
		}
	}
	for kind := range r.dataCount() {
		begin, ok := r.data(kind)
		if !ok {
			continue
		}
		span := module.Span{Begin: begin, End: s.next[begin]}
		if size, known := t.dataSize(kind, begin); known {
			span.End = min(span.End, begin+size)
		}
		mark(bytes, span)
		if kind == dataInlined {
			for at := span.Begin; at+inlinedSize <= span.End; at += inlinedSize {
				mark(bytes, t.nameSpan(t.word32(at+inlinedName)))
			}
		}
	}
}

// isDeferred says whether a byte comes with the deferred functions.
func (s *share) isDeferred(at int) bool { return s.deferred[at] && !s.kept[at] }

// data are the two data sections: the one that is there from the start, and the
// deferred one.
func (s *share) data() (first, deferred []byte, err error) {
	memory := slices.Clone(s.tables.memory)
	for at := range memory {
		if !s.isDeferred(at) {
			continue
		}
		if !s.readOnly(at) {
			return nil, nil, fmt.Errorf("byte %#x of the memory would be deferred, and a program may write it", at)
		}
		memory[at] = 0
	}
	if err := s.tables.pack(memory); err != nil {
		return nil, nil, err
	}
	first = module.Data(memory)
	deferred = module.DataOf(s.tables.memory, func(at int) bool {
		return s.isDeferred(at) && s.tables.memory[at] != 0
	})
	return first, deferred, nil
}

// readOnly says whether a byte belongs to tables that no program writes. So does
// everything between two such bytes.
func (s *share) readOnly(at int) bool {
	return at >= s.tables.names.Begin && at < s.tables.data.End
}
