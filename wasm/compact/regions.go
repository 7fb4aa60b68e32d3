package main

// region is a run of consecutive sections, some of which jump back to the first
// one. Two regions are nested or disjoint. The outermost has all sections.
type region struct {
	head, last int
	outer      *region
	// place is its index among the items of the outer region.
	place int
	items []item
	// values are the values of PC_B with which it is entered or goes back to its head,
	// with their sections.
	values map[int]int
	// start is a value of PC_B that leads to its head.
	start int
	// dispatches says whether it can be entered elsewhere than at its head, in
	// which case it begins with a br_table.
	dispatches bool
}

// item is a section of a region, or a region nested in it.
type item struct {
	section int
	region  *region
	// labelled says whether something branches to it.
	labelled bool
}

func (r *region) has(section int) bool { return r.head <= section && section <= r.last }

func newRegion(head, last int, outer *region) *region {
	r := &region{head: head, last: last, outer: outer, values: map[int]int{}}
	if outer != nil {
		r.place = len(outer.items)
	}
	return r
}

// regions finds the regions of a function. The second result is the innermost
// region of each section, the third the section's index among its items.
func (d *dispatched) regions() (outermost *region, of []*region, places []int) {
	of, places = make([]*region, len(d.sections)), make([]int, len(d.sections))
	ends := d.loopEnds()
	next := 0
	var fill func(r *region)
	fill = func(r *region) {
		for next <= r.last {
			if end, found := ends[next]; found {
				within := newRegion(next, end, r)
				delete(ends, next)
				r.items = append(r.items, item{region: within})
				fill(within)
				continue
			}
			of[next], places[next] = r, len(r.items)
			r.items = append(r.items, item{section: next})
			next++
		}
	}
	outermost = newRegion(0, len(d.sections)-1, nil)
	fill(outermost)
	d.enter(of)
	return outermost, of, places
}

// loopEnds gives the last section of each region by its head. Where two would
// overlap, the earlier one is extended over the later one.
func (d *dispatched) loopEnds() map[int]int {
	ends := map[int]int{}
	for number, jumps := range d.jumps {
		for _, j := range jumps {
			if j.target <= number {
				ends[j.target] = max(ends[j.target], number)
			}
		}
	}
	var open []int
	for head := range d.sections {
		end, found := ends[head]
		if !found {
			continue
		}
		for len(open) > 0 && ends[open[len(open)-1]] < head {
			open = open[:len(open)-1]
		}
		for _, outer := range open {
			ends[outer] = max(ends[outer], end)
		}
		open = append(open, head)
	}
	return ends
}

// enter finds the values of PC_B with which each region is entered: any that leads to
// its head, those of jumps from outside and those of calls of the function.
func (d *dispatched) enter(of []*region) {
	for value := len(d.table) - 1; value >= 0; value-- {
		if r := of[d.table[value]]; r.head == d.table[value] {
			r.start = value
			r.enter(value, r.head)
		}
	}
	for _, value := range d.entries {
		for r := of[d.section(value)]; r != nil; r = r.outer {
			r.enter(value, d.section(value))
		}
	}
	for number, jumps := range d.jumps {
		for _, j := range jumps {
			for r := of[j.target]; !r.has(number); r = r.outer {
				r.enter(j.value, j.target)
			}
		}
	}
}

func (r *region) enter(value, section int) {
	r.values[value] = section
	if section != r.head {
		r.dispatches = true
	}
}
