package shell

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// variables gives package expand access to the variables and parameters of a shell.
type variables struct{ in *interpreter }

func stringVariable(text string) expand.Variable {
	return expand.Variable{Set: true, Kind: expand.String, Str: text}
}

// Get returns a variable or parameter.
func (v variables) Get(name string) expand.Variable {
	in := v.in
	switch name {
	case "#":
		return stringVariable(strconv.Itoa(len(in.params)))
	case "@", "*":
		return expand.Variable{Set: true, Kind: expand.Indexed, List: append([]string{}, in.params...)}
	case "?":
		return stringVariable(strconv.Itoa(in.status))
	case "$":
		return stringVariable(strconv.Itoa(in.pid))
	case "!":
		if in.lastJob == 0 {
			return expand.Variable{}
		}
		return stringVariable(strconv.Itoa(in.lastJob))
	case "-":
		return stringVariable(in.options.letters())
	case "0":
		return stringVariable(in.name)
	case "PPID":
		return stringVariable(strconv.Itoa(in.task.Parent()))
	case "RANDOM":
		return stringVariable(strconv.Itoa(in.system.Draw(1 << 15)))
	case "SECONDS":
		return stringVariable(strconv.Itoa(int(time.Since(in.started).Seconds())))
	case "HOSTNAME":
		if !in.variables[name].IsSet() && in.bash {
			return stringVariable(in.system.Hostname)
		}
	}
	if number, err := strconv.Atoi(name); err == nil && number > 0 {
		if number > len(in.params) {
			return expand.Variable{}
		}
		return stringVariable(in.params[number-1])
	}
	if user, ok := strings.CutPrefix(name, "HOME "); ok {
		if account := in.system.Account(); user == account.Name {
			return stringVariable(account.Home)
		}
		if user == "root" {
			return stringVariable("/root")
		}
		return stringVariable("~" + user) // stays as it is; the host's users are nobody's business
	}
	return in.variables[name]
}

// Set sets a variable.
func (v variables) Set(name string, variable expand.Variable) error {
	return v.in.set(name, variable)
}

// Each visits the variables in the order of their names.
func (v variables) Each(visit func(string, expand.Variable) bool) {
	for _, name := range slices.Sorted(maps.Keys(v.in.variables)) {
		if !visit(name, v.in.variables[name]) {
			return
		}
	}
}

func (in *interpreter) set(name string, variable expand.Variable) error {
	old := in.variables[name]
	if old.ReadOnly {
		return fmt.Errorf("%s: %w", name, errReadOnly)
	}
	variable.Exported = variable.Exported || old.Exported || in.options.allExport
	in.variables[name] = variable
	return nil
}

// assignString sets a variable; if it is readonly, it prints that and ends the shell.
func (in *interpreter) assignString(ctx context.Context, name, value string) bool {
	if err := in.set(name, stringVariable(value)); err != nil {
		in.readOnly(ctx, name)
		return false
	}
	return true
}

func (in *interpreter) readOnly(ctx context.Context, name string) {
	if in.bash {
		in.fatal(ctx, 1, "%s: readonly variable", name)
		return
	}
	in.fatal(ctx, 2, "%s: is read only", name)
}

// assign carries out NAME=value, NAME+=value, NAME=(a b) and NAME[i]=value.
func (in *interpreter) assign(ctx context.Context, assignment *syntax.Assign) bool {
	name := assignment.Name.Value
	variable := in.variables[name]
	variable.Local = false
	switch {
	case assignment.Array != nil:
		if !in.assignArray(ctx, &variable, assignment) {
			return false
		}
	case assignment.Index != nil:
		if !in.assignElement(ctx, &variable, assignment) {
			return false
		}
	default:
		value, ok := "", true
		if assignment.Value != nil {
			value, ok = in.literal(ctx, assignment.Value)
		}
		if !ok {
			return false
		}
		if assignment.Append {
			value = variable.String() + value
		}
		if variable.Kind == expand.Indexed && len(variable.List) > 0 {
			variable.List = append([]string{value}, variable.List[1:]...)
			break
		}
		variable.Kind, variable.Str = expand.String, value
	}
	variable.Set = true
	if err := in.set(name, variable); err != nil {
		in.readOnly(ctx, name)
		return false
	}
	return true
}

// maxArray is the highest index of an array.
const maxArray = 10_000

func (in *interpreter) assignArray(ctx context.Context, variable *expand.Variable, assignment *syntax.Assign) bool {
	if !in.bash {
		in.fatal(ctx, 2, "syntax error: unexpected \"(\"")
		return false
	}
	var list []string
	if assignment.Append {
		list = append(list, variable.List...)
		if variable.Kind == expand.String {
			list = []string{variable.Str}
		}
	}
	for _, element := range assignment.Array.Elems {
		if element.Index != nil {
			in.fatal(ctx, 1, "%s: arrays with given indexes are not supported", assignment.Name.Value)
			return false
		}
		fields, ok := in.fields(ctx, []*syntax.Word{element.Value})
		if !ok {
			return false
		}
		list = append(list, fields...)
	}
	variable.Kind, variable.List, variable.Indexes = expand.Indexed, append([]string{}, list...), nil
	return true
}

func (in *interpreter) assignElement(ctx context.Context, variable *expand.Variable, assignment *syntax.Assign) bool {
	index, err := in.arithm(ctx, assignment.Index)
	if err != nil {
		in.expansionError(ctx, err)
		return false
	}
	if variable.Kind == expand.String && variable.Set {
		variable.List = []string{variable.Str}
	}
	if index < 0 {
		index += len(variable.List)
	}
	if index < 0 || index > maxArray {
		in.fatal(ctx, 1, "%s: bad array subscript", assignment.Name.Value)
		return false
	}
	value, ok := in.literal(ctx, assignment.Value)
	if !ok {
		return false
	}
	list := slices.Clone(variable.List)
	for len(list) <= index {
		list = append(list, "")
	}
	if assignment.Append {
		value = list[index] + value
	}
	list[index] = value
	variable.Kind, variable.List = expand.Indexed, list
	return true
}

func (o options) letters() string {
	var letters strings.Builder
	for _, option := range optionTable {
		if *option.of(&o) && option.letter != 0 {
			letters.WriteByte(option.letter)
		}
	}
	return letters.String()
}
