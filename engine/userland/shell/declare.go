package shell

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// declare carries out export, readonly, local and bash's declare, which the
// parser reads as keywords.
func (in *interpreter) declare(ctx context.Context, c *syntax.DeclClause) {
	in.substituted = noStatus
	in.status = 0
	variant := c.Variant.Value
	local := variant == "local" || (variant == "declare" || variant == "typeset") && in.functionDeep > 0
	if variant == "local" && in.functionDeep == 0 {
		in.fatal(ctx, 2, "local: not in a function")
		return
	}
	exported, readOnly, printing, remove, array := variant == "export", variant == "readonly", false, false, false
	named := false
	for _, argument := range c.Args {
		if argument.Naked && argument.Name == nil {
			words, ok := in.fields(ctx, []*syntax.Word{argument.Value})
			if !ok {
				return
			}
			for _, word := range words {
				if letters, ok := strings.CutPrefix(word, "-"); ok && letters != "" {
					for _, letter := range letters {
						switch letter {
						case 'x':
							exported = true
						case 'r':
							readOnly = true
						case 'n':
							remove = true
						case 'p':
							printing = true
						case 'a':
							array = true
						case 'g':
							local = false
						case 'i', '-':
						default:
							in.complain(ctx, "%s: -%c: invalid option", variant, letter)
							in.status = 2
							return
						}
					}
					continue
				}
				name, value, given := strings.Cut(word, "=")
				if !in.declareOne(ctx, name, local) {
					return
				}
				if given && !in.assignString(ctx, name, value) {
					return
				}
				in.attributes(name, exported && !remove, readOnly, remove, array)
				named = true
			}
			continue
		}
		name := argument.Name.Value
		if !in.declareOne(ctx, name, local) {
			return
		}
		if !argument.Naked && !in.assign(ctx, argument) {
			return
		}
		in.attributes(name, exported && !remove, readOnly, remove, array)
		named = true
	}
	if in.substituted > 0 && !named {
		in.status = in.substituted
	}
	if !named || printing {
		in.printDeclarations(ctx, variant, exported, readOnly)
	}
}

func (in *interpreter) declareOne(ctx context.Context, name string, local bool) bool {
	if !syntax.ValidName(name) {
		if in.bash {
			in.complain(ctx, "`%s': not a valid identifier", name)
			in.status = 1
			return false
		}
		in.fatal(ctx, 2, "%s: bad variable name", name)
		return false
	}
	if local && len(in.locals) > 0 {
		hidden := in.locals[len(in.locals)-1]
		if _, ok := hidden[name]; !ok {
			hidden[name] = in.variables[name]
			if in.variables[name].ReadOnly {
				return true
			}
			if in.bash { // ash keeps the value
				delete(in.variables, name)
			}
		}
	}
	return true
}

func (in *interpreter) attributes(name string, exported, readOnly, remove, array bool) {
	variable := in.variables[name]
	variable.Exported = variable.Exported && !remove || exported
	variable.ReadOnly = variable.ReadOnly || readOnly
	if array && variable.Kind == expand.Unknown {
		variable.Kind, variable.Set, variable.List = expand.Indexed, true, []string{}
	}
	in.variables[name] = variable
}

func (in *interpreter) printDeclarations(ctx context.Context, variant string, exported, readOnly bool) {
	word := variant
	if in.bash {
		word = map[string]string{"export": "declare -x", "readonly": "declare -r"}[variant]
	}
	for _, name := range slices.Sorted(maps.Keys(in.variables)) {
		variable := in.variables[name]
		if exported && !variable.Exported || readOnly && !variable.ReadOnly || !exported && !readOnly && !variable.IsSet() {
			continue
		}
		line := strings.TrimSpace(word + " " + name)
		if variable.IsSet() {
			value := "'" + strings.ReplaceAll(variable.String(), "'", `'\''`) + "'"
			if in.bash {
				value = fmt.Sprintf("%q", variable.String())
			}
			line += "=" + value
		}
		fmt.Fprintln(in.output(ctx), line)
	}
}
