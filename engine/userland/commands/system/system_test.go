package system_test

import (
	"testing"

	"tabernetes/engine/userland/userlandtest"
)

// TestCommands holds the commands to what busybox prints and answers.
func TestCommands(t *testing.T) {
	for _, test := range []struct {
		script, want string
		code         int
	}{
		{`printf 'a b\nc\n' | xargs echo x; printf 'a\nb\n' | xargs -n1 echo; printf 'a\nb\n' | xargs -I{} echo '<{}>'`, "x a b c\na\nb\n<a>\n<b>\n", 0},
		{`date +%Y-%m-%dT%H:%M:%S; date -d @60 +%s; date`, "2000-01-01T00:00:00\n60\nSat Jan  1 00:00:00 UTC 2000\n", 0},
		{`hostname; whoami; id -u; uname; uname -n; nproc; which ls nope`, "box\nroot\n0\nLinux\nbox\n1\n/bin/ls\n", 1},
		{`env -i A=1 env; A=1 printenv A; printenv NOPE; echo $?`, "A=1\n1\n1\n", 0},
	} {
		t.Run(test.script, func(t *testing.T) { userlandtest.Check(t, test.script, test.want, test.code) })
	}
}
