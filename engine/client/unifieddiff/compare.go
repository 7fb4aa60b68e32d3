package unifieddiff

// maxEdits bounds the search for the shortest script, whose memory grows with
// the square of it. Beyond it everything between the common beginning and the
// common end counts as changed: still a true difference, not the shortest.
const maxEdits = 2000

// changes returns what became of the lines before, in order.
func changes(before, after []string) []change {
	removed, added := make([]bool, len(before)), make([]bool, len(after))
	head := 0
	for head < len(before) && head < len(after) && before[head] == after[head] {
		head++
	}
	tail := 0
	for tail < len(before)-head && tail < len(after)-head &&
		before[len(before)-1-tail] == after[len(after)-1-tail] {
		tail++
	}
	mark(before[head:len(before)-tail], after[head:len(after)-tail], removed[head:], added[head:])
	slide(before, removed, added)
	slide(after, added, removed)
	return collect(removed, added)
}

// mark finds a shortest edit script by Myers' greedy algorithm ("An O(ND)
// Difference Algorithm and Its Variations", 1986) and marks the lines that it
// removes and adds.
func mark(before, after []string, removed, added []bool) {
	furthest := search(before, after)
	if furthest == nil {
		for index := range before {
			removed[index] = true
		}
		for index := range after {
			added[index] = true
		}
		return
	}
	// Walk back from the end, one edit at a time.
	x, y := len(before), len(after)
	for edits := len(furthest) - 1; edits > 0; edits-- {
		reached := furthest[edits-1]
		diagonal := x - y
		down := diagonal == -edits || (diagonal != edits && at(reached, diagonal-1) < at(reached, diagonal+1))
		if down {
			x = at(reached, diagonal+1)
			y = x - diagonal - 1
			added[y] = true
		} else {
			x = at(reached, diagonal-1)
			y = x - diagonal + 1
			removed[x] = true
		}
	}
}

// search returns, for each number of edits, the furthest place that many edits
// reach on each diagonal; the last reaches the end. It returns nil when that
// takes more than maxEdits.
func search(before, after []string) [][]int {
	var furthest [][]int
	var last []int
	for edits := 0; edits <= min(len(before)+len(after), maxEdits); edits++ {
		reached := make([]int, 2*edits+1)
		for diagonal := -edits; diagonal <= edits; diagonal += 2 {
			x := 0
			switch {
			case edits == 0:
			case diagonal == -edits || (diagonal != edits && at(last, diagonal-1) < at(last, diagonal+1)):
				x = at(last, diagonal+1)
			default:
				x = at(last, diagonal-1) + 1
			}
			for x < len(before) && x-diagonal < len(after) && before[x] == after[x-diagonal] {
				x++
			}
			reached[diagonal+edits] = x
			if x >= len(before) && x-diagonal >= len(after) {
				return append(furthest, reached)
			}
		}
		furthest = append(furthest, reached)
		last = reached
	}
	return nil
}

// at returns the place on a diagonal, or one before every place where the
// diagonal was not reached.
func at(reached []int, diagonal int) int {
	index := diagonal + len(reached)/2
	if index < 0 || index >= len(reached) {
		return -1
	}
	return reached[index]
}

// slide moves each run of changed lines as GNU diff does, so that the same
// change is shown in the same place: first back, as long as the line before the
// run is like the run's last, which joins runs; then forward, as long as the
// line after it is like its first; then back again to where the other text has a
// change too.
func slide(lines []string, changed, other []bool) {
	begin, otherEnd := 0, 0
	for {
		// Find the next run; otherEnd follows in the other text.
		for begin < len(lines) && !changed[begin] {
			for isChanged(other, otherEnd) {
				otherEnd++
			}
			otherEnd++
			begin++
		}
		if begin == len(lines) {
			return
		}
		end := begin
		for end < len(lines) && changed[end] {
			end++
		}
		for isChanged(other, otherEnd) {
			otherEnd++
		}
		matching := 0
		for {
			length := end - begin
			for begin > 0 && lines[begin-1] == lines[end-1] {
				begin--
				end--
				changed[begin], changed[end] = true, false
				for begin > 0 && changed[begin-1] {
					begin--
				}
				otherEnd--
				for isChanged(other, otherEnd) {
					otherEnd--
				}
			}
			matching = len(lines) + 1
			if isChanged(other, otherEnd-1) {
				matching = end
			}
			for end < len(lines) && lines[begin] == lines[end] {
				changed[begin], changed[end] = false, true
				begin++
				end++
				for end < len(lines) && changed[end] {
					end++
				}
				otherEnd++
				for isChanged(other, otherEnd) {
					otherEnd++
					matching = end
				}
			}
			if length == end-begin {
				break
			}
		}
		for matching < end {
			begin--
			end--
			changed[begin], changed[end] = true, false
			otherEnd--
			for isChanged(other, otherEnd) {
				otherEnd--
			}
		}
		begin = end
	}
}

func isChanged(changed []bool, index int) bool {
	return index >= 0 && index < len(changed) && changed[index]
}

func collect(removed, added []bool) []change {
	var all []change
	x, y := 0, 0
	for x < len(removed) || y < len(added) {
		if !isChanged(removed, x) && !isChanged(added, y) {
			x++
			y++
			continue
		}
		one := change{from: x, into: y}
		for isChanged(removed, x) {
			x++
		}
		for isChanged(added, y) {
			y++
		}
		one.fromEnd, one.intoEnd = x, y
		all = append(all, one)
	}
	return all
}
