package shell

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// optionTable are the options of set.
var optionTable = []struct {
	letter byte
	name   string
	of     func(*options) *bool
}{
	{'a', "allexport", func(o *options) *bool { return &o.allExport }},
	{'e', "errexit", func(o *options) *bool { return &o.errorExit }},
	{'f', "noglob", func(o *options) *bool { return &o.noGlob }},
	{'n', "noexec", func(o *options) *bool { return &o.noExecute }},
	{'u', "nounset", func(o *options) *bool { return &o.noUnset }},
	{'v', "verbose", func(o *options) *bool { return &o.verbose }},
	{'x', "xtrace", func(o *options) *bool { return &o.trace }},
	{0, "pipefail", func(o *options) *bool { return &o.pipeFail }},
}

func (o *options) set(letter byte, on bool) bool {
	for _, option := range optionTable {
		if option.letter == letter && letter != 0 {
			*option.of(o) = on
			return true
		}
	}
	return strings.IndexByte("bhmCE", letter) >= 0
}

func (o *options) setNamed(name string, on bool) bool {
	for _, option := range optionTable {
		if option.name == name {
			*option.of(o) = on
			return true
		}
	}
	return slices.Contains([]string{"posix", "monitor", "notify", "vi", "emacs", "ignoreeof", "noclobber", "errtrace", "functrace"}, name)
}

func builtinSet(ctx context.Context, in *interpreter, args []string) int {
	args = args[1:]
	if len(args) == 0 {
		for _, name := range slices.Sorted(maps.Keys(in.variables)) {
			if variable := in.variables[name]; variable.IsSet() {
				fmt.Fprintf(in.output(ctx), "%s='%s'\n", name, strings.ReplaceAll(variable.String(), "'", `'\''`))
			}
		}
		return 0
	}
	for len(args) > 0 {
		word := args[0]
		if word == "--" {
			in.params = args[1:]
			return 0
		}
		if len(word) < 2 || word[0] != '-' && word[0] != '+' {
			break
		}
		args = args[1:]
		on := word[0] == '-'
		for n := 1; n < len(word); n++ {
			if word[n] == 'o' {
				if len(args) == 0 {
					for _, option := range optionTable {
						state := "off"
						if *option.of(&in.options) {
							state = "on"
						}
						fmt.Fprintf(in.output(ctx), "%-16s%s\n", option.name, state)
					}
					return 0
				}
				if !in.options.setNamed(args[0], on) {
					in.fatal(ctx, 2, "set: illegal option %co %s", word[0], args[0])
					return 2
				}
				args = args[1:]
				continue
			}
			if !in.options.set(word[n], on) {
				in.fatal(ctx, 2, "set: illegal option %c%c", word[0], word[n])
				return 2
			}
		}
	}
	if len(args) > 0 {
		in.params = args
	}
	return 0
}

func builtinShift(ctx context.Context, in *interpreter, args []string) int {
	count := 1
	if len(args) > 1 {
		number, err := strconv.Atoi(args[1])
		if err != nil || number < 0 {
			in.fatal(ctx, 2, "shift: Illegal number: %s", args[1])
			return 2
		}
		count = number
	}
	if count > len(in.params) {
		return 1
	}
	in.params = in.params[count:]
	return 0
}

func builtinUnset(ctx context.Context, in *interpreter, args []string) int {
	functions := false
	for _, name := range args[1:] {
		switch {
		case name == "-f":
			functions = true
		case name == "-v":
		case functions:
			delete(in.functions, name)
		case in.variables[name].ReadOnly:
			in.readOnly(ctx, name)
			return in.status
		case in.variables[name].Declared():
			delete(in.variables, name)
		default:
			delete(in.functions, name)
		}
	}
	return 0
}
