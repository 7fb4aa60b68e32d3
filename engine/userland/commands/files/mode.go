package files

import (
	"io/fs"
	"strconv"
	"strings"
)

// parseMode reads an octal or symbolic mode.
func parseMode(text string, old fs.FileMode) (fs.FileMode, bool) {
	if number, err := strconv.ParseUint(text, 8, 16); err == nil {
		if number > 0o7777 {
			return 0, false
		}
		mode := fs.FileMode(number & 0o777)
		if number&0o4000 != 0 {
			mode |= fs.ModeSetuid
		}
		if number&0o2000 != 0 {
			mode |= fs.ModeSetgid
		}
		if number&0o1000 != 0 {
			mode |= fs.ModeSticky
		}
		return mode, true
	}
	mode := old & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky)
	for _, clause := range strings.Split(text, ",") {
		at := strings.IndexAny(clause, "+-=")
		if at < 0 {
			return 0, false
		}
		who := fs.FileMode(0)
		for _, letter := range clause[:at] {
			switch letter {
			case 'u':
				who |= 0o700
			case 'g':
				who |= 0o070
			case 'o':
				who |= 0o007
			case 'a':
				who |= 0o777
			default:
				return 0, false
			}
		}
		if who == 0 {
			who = 0o777
		}
		bits, special := fs.FileMode(0), fs.FileMode(0)
		for _, letter := range clause[at+1:] {
			switch letter {
			case 'r':
				bits |= 0o444
			case 'w':
				bits |= 0o222
			case 'x':
				bits |= 0o111
			case 'X':
				if old.IsDir() || old&0o111 != 0 {
					bits |= 0o111
				}
			case 's':
				special |= fs.ModeSetuid | fs.ModeSetgid
			case 't':
				special |= fs.ModeSticky
			default:
				return 0, false
			}
		}
		if who&0o700 == 0 {
			special &^= fs.ModeSetuid
		}
		if who&0o070 == 0 {
			special &^= fs.ModeSetgid
		}
		switch clause[at] {
		case '+':
			mode |= bits&who | special
		case '-':
			mode &^= bits&who | special
		case '=':
			mode = mode&^who | bits&who | special
		}
	}
	return mode, true
}

// modeNumber is the mode as chmod takes it.
func modeNumber(mode fs.FileMode) uint32 {
	number := uint32(mode.Perm())
	for bit, value := range map[fs.FileMode]uint32{fs.ModeSetuid: 0o4000, fs.ModeSetgid: 0o2000, fs.ModeSticky: 0o1000} {
		if mode&bit != 0 {
			number |= value
		}
	}
	return number
}

// modeString is the mode as ls -l shows it.
func modeString(mode fs.FileMode) string {
	kind := byte('-')
	switch {
	case mode.IsDir():
		kind = 'd'
	case mode&fs.ModeSymlink != 0:
		kind = 'l'
	case mode&fs.ModeCharDevice != 0:
		kind = 'c'
	case mode&fs.ModeNamedPipe != 0:
		kind = 'p'
	}
	text := []byte(string(kind) + mode.Perm().String()[1:])
	for _, bit := range []struct {
		mode          fs.FileMode
		at            int
		with, without byte // with and without the permission to execute
	}{{fs.ModeSetuid, 3, 's', 'S'}, {fs.ModeSetgid, 6, 's', 'S'}, {fs.ModeSticky, 9, 't', 'T'}} {
		switch {
		case mode&bit.mode == 0:
		case text[bit.at] == 'x':
			text[bit.at] = bit.with
		default:
			text[bit.at] = bit.without
		}
	}
	return string(text)
}
