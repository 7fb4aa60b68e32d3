package process

import "strings"

// Options are the options of a call with their values, "" for one without.
type Options map[byte]string

// Has says whether an option was given.
func (o Options) Has(letter byte) bool {
	_, ok := o[letter]
	return ok
}

// Options parses options as getopt(3) does: spec has their letters, with a colon
// after one that takes a value; long maps long options to letters. Operands and
// options may be mixed. It prints an error for an unknown option as busybox does.
func (i *Invocation) Options(spec string, long map[string]byte) (Options, []string, bool) {
	found := Options{}
	var operands []string
	words := i.Args[1:]
	for n := 0; n < len(words); n++ {
		word := words[n]
		switch {
		case word == "--":
			return found, append(operands, words[n+1:]...), true
		case strings.HasPrefix(word, "--"):
			name, value, given := strings.Cut(word[2:], "=")
			letter, ok := long[name]
			if !ok {
				i.Errorf("unrecognized option: %s", name)
				return nil, nil, false
			}
			if takesValue(spec, letter) && !given {
				if n++; n >= len(words) {
					i.Errorf("option requires an argument: %s", name)
					return nil, nil, false
				}
				value = words[n]
			}
			found[letter] = value
		case len(word) > 1 && word[0] == '-':
			for at := 1; at < len(word); at++ {
				letter := word[at]
				if strings.IndexByte(spec, letter) < 0 || letter == ':' {
					i.Errorf("unrecognized option: %c", letter)
					return nil, nil, false
				}
				if !takesValue(spec, letter) {
					found[letter] = ""
					continue
				}
				value := word[at+1:]
				if value == "" {
					if n++; n >= len(words) {
						i.Errorf("option requires an argument: %c", letter)
						return nil, nil, false
					}
					value = words[n]
				}
				found[letter] = value
				break
			}
		default:
			operands = append(operands, word)
		}
	}
	return found, operands, true
}

func takesValue(spec string, letter byte) bool {
	at := strings.IndexByte(spec, letter)
	return at >= 0 && at+1 < len(spec) && spec[at+1] == ':'
}
