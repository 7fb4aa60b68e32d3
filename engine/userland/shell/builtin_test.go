package shell_test

import (
	"testing"

	"tabernetes/engine/userland/userlandtest"
)

// TestPrograms holds what is built in and a program too to what busybox prints.
func TestPrograms(t *testing.T) {
	for _, test := range []struct {
		script, want string
		code         int
	}{
		{`printf '%s-%03d|%-4s|%x\n' a 7 b 255 c 8 d 16`, "a-007|b   |ff\nc-008|d   |10\n", 0},
		{`printf '%b %%\n' 'a\tb'; printf '%d\n' x`, "a\tb %\nsh: printf: invalid number 'x'\n0\n", 1},
		{`echo -e 'a\tb\c' ; echo; echo -n a; echo -x`, "a\tb\na-x\n", 0},
	} {
		t.Run(test.script, func(t *testing.T) { userlandtest.Check(t, test.script, test.want, test.code) })
	}
}
