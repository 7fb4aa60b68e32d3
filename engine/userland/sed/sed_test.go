package sed_test

import (
	"testing"

	"tabernetes/engine/userland/userlandtest"
)

func TestSed(t *testing.T) {
	for _, test := range []struct {
		script, want string
		code         int
	}{
		{`echo 'hello world' | sed 's/o/0/g; s/\(w\)/<\1>/'; printf '1\n2\n3\n4\n' | sed -n '2,3p'; printf 'a\nb\n' | sed '/a/d'; printf 'a\nb\n' | sed '$!d'`, "hell0 <w>0rld\n2\n3\nb\nb\n", 0},
		{`echo a/b > /tmp/f; sed -i 's|a/|c/|' /tmp/f; cat /tmp/f; printf 'k: v\n' | sed -E 's/^([a-z]+): (.*)$/\2=\1/'`, "c/b\nv=k\n", 0},
	} {
		t.Run(test.script, func(t *testing.T) { userlandtest.Check(t, test.script, test.want, test.code) })
	}
}
