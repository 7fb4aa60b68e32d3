package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// profile is the set of names of the functions that are called.
//
// As text it is grouped by package, so that diffs are readable: a line for a package,
// then one for each of its functions, indented by a tab, without the package. Empty
// lines and lines that begin with # are ignored.
type profile map[string]bool

// noPackage stands for the package of functions without one.
const noPackage = "."

func readProfile(text io.Reader) (profile, error) {
	p := profile{}
	lines := bufio.NewScanner(text)
	group := ""
	for number := 1; lines.Scan(); number++ {
		line := lines.Text()
		function, isFunction := strings.CutPrefix(line, "\t")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case !isFunction:
			group = line
		case group == "" || function == "":
			return nil, fmt.Errorf("line %d: a function without a package or a name", number)
		case group == noPackage:
			p[function] = true
		default:
			p[group+"."+function] = true
		}
	}
	return p, lines.Err()
}

const profileHead = `# Functions that are called, by their packages: "make profile" writes this file, and
# wasm/split reads it. A function that is not named here comes when it is called first.
`

func (p profile) write(text io.Writer) error {
	groups := map[string][]string{}
	for name := range p {
		group, function := cutPackage(name)
		groups[group] = append(groups[group], function)
	}
	out := bufio.NewWriter(text)
	fmt.Fprint(out, profileHead)
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		fmt.Fprintf(out, "\n%s\n", group)
		for _, function := range slices.Sorted(slices.Values(groups[group])) {
			fmt.Fprintf(out, "\t%s\n", function)
		}
	}
	return out.Flush()
}

// cutPackage cuts the name of a function into its package and the rest. The linker
// writes a dot in the last part of a package's path as %2e.
func cutPackage(name string) (group, function string) {
	path := name
	if end := strings.IndexAny(name, "[({ "); end >= 0 {
		path = name[:end]
	}
	slash := strings.LastIndexByte(path, '/') + 1
	dot := strings.IndexByte(path[slash:], '.')
	if slash+dot <= 0 || dot < 0 || slash+dot+1 == len(name) {
		return noPackage, name
	}
	return name[:slash+dot], name[slash+dot+1:]
}

// ownPackages are the prefixes of the names of this project's functions.
var ownPackages = []string{"tabernetes/", "main."}

// wanted says by its name whether a function belongs to the primary. A function of this
// project brings along its closures: they are named by numbers, which change more often
// than what is called. A function of package slices that sorts a type brings along all
// others that sort it: which of them are called depends on the number of elements.
func (p profile) wanted() func(name string) bool {
	own, sorted := map[string]bool{}, map[string]bool{}
	for name := range p {
		if hasPrefix(name, ownPackages) {
			own[outermost(name)] = true
		}
		if order, sorts := sortedBy(name); sorts {
			sorted[order] = true
		}
	}
	return func(name string) bool {
		order, sorts := sortedBy(name)
		return p[name] || hasPrefix(name, ownPackages) && own[outermost(name)] || sorts && sorted[order]
	}
}

// sortedBy gives the order and type by which a function of package slices sorts, if
// it sorts: the end of its name (zsortanyfunc.go, zsortordered.go).
func sortedBy(name string) (order string, sorts bool) {
	if !strings.HasPrefix(name, "slices.") {
		return "", false
	}
	for _, order := range []string{"CmpFunc[", "Ordered["} {
		if at := strings.Index(name, order); at > 0 {
			return name[at:], true
		}
	}
	return "", false
}

// outermost is the name of the function that contains a closure: it is followed by
// func and a number, or by the kind of statement from which the compiler made the
// closure.
func outermost(name string) string {
	_, function := cutPackage(name)
	group := name[:len(name)-len(function)]
	for _, closure := range []string{".func", ".gowrap", ".deferwrap"} {
		if cut := strings.Index(function, closure); cut > 0 {
			function = function[:cut]
		}
	}
	return group + function
}

// thinned leaves out every nth name (n being every), in the order of the names, and
// those that begin with a prefix; 0 and "" leave none out.
func (p profile) thinned(every int, prefix string) profile {
	made := profile{}
	for i, name := range slices.Sorted(maps.Keys(p)) {
		if (every == 0 || (i+1)%every != 0) && (prefix == "" || !strings.HasPrefix(name, prefix)) {
			made[name] = true
		}
	}
	return made
}
