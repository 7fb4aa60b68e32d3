package shell_test

import (
	"testing"
	"testing/synctest"
	"time"

	"tabernetes/engine/userland/userlandtest"
)

func TestScripts(t *testing.T) {
	for _, test := range []struct {
		name, script, want string
		code               int
		took               time.Duration
	}{
		{"echo", `echo hi`, "hi\n", 0, 0},
		{"exit", `exit 3`, "", 3, 0},
		{"not found", `foo`, "sh: foo: not found\n", 127, 0},
		{"and or", `false && echo a || echo b`, "b\n", 0, 0},
		{"variables", `a=1; b="$a 2"; echo "$b" '$b' ${c:-3} ${#b}`, "1 2 $b 3 3\n", 0, 0},
		{"splitting", `a="x  y"; for w in $a z; do echo $w; done`, "x\ny\nz\n", 0, 0},
		{"while", `n=0; while [ $n -lt 3 ]; do n=$((n+1)); echo $n; done`, "1\n2\n3\n", 0, 0},
		{"until", `n=0; until [ $n -ge 2 ]; do n=$((n+1)); done; echo $n`, "2\n", 0, 0},
		{"break", `for a in 1 2 3; do for b in 1 2; do [ $a = 2 ] && break 2; echo $a$b; done; done`, "11\n12\n", 0, 0},
		{"continue", `for a in 1 2 3; do [ $a = 2 ] && continue; echo $a; done`, "1\n3\n", 0, 0},
		{"case", `case abc in a*) echo yes;; *) echo no;; esac`, "yes\n", 0, 0},
		{"function", `f() { local x=2; echo $1 $x; return 4; }; x=1; f a; echo $? $x`, "a 2\n4 1\n", 0, 0},
		{"pipe", `printf 'b\na\n' | cat | while read l; do echo "<$l>"; done`, "<b>\n<a>\n", 0, 0},
		{"pipe status", `false | true; echo $?; true | false; echo $?`, "0\n1\n", 0, 0},
		{"pipe is a subshell", `x=1; echo 2 | read x; echo $x`, "1\n", 0, 0},
		{"pipefail", `set -o pipefail; false | true; echo $?`, "1\n", 0, 0},
		{"subshell", `x=1; (x=2; exit 5); echo $x $?`, "1 5\n", 0, 0},
		{"substitution", `echo "$(echo a; echo b)" $(echo c d)`, "a\nb c d\n", 0, 0},
		{"substitution status", `x=$(exit 3); echo $?`, "3\n", 0, 0},
		{"redirection", `echo a > /tmp/x; echo b >> /tmp/x; cat < /tmp/x`, "a\nb\n", 0, 0},
		{"redirect errors", `cat /nope 2>/dev/null; ls /nope > /tmp/o 2>&1; cat /tmp/o`, "ls: /nope: No such file or directory\n", 0, 0},
		{"here-document", "x=1\ncat <<EOF\na $x\n  {b}\nEOF\ncat <<'EOF'\n$x \\$\nEOF", "a 1\n  {b}\n$x \\$\n", 0, 0},
		{"here-document tabs", "cat <<-EOF\n\ta\n\t\tb\n\tEOF", "a\nb\n", 0, 0},
		{"descriptors", `exec 3>/tmp/f; echo a >&3; exec 3>&-; cat /tmp/f`, "a\n", 0, 0},
		{"no file", `cat < /nope; echo $?`, "sh: can't open /nope: no such file\n1\n", 0, 0},
		{"no directory", `echo > /nope/x; echo $?`, "sh: can't create /nope/x: nonexistent directory\n1\n", 0, 0},
		{"glob", `cd /tmp; touch a.txt b.txt; echo *.txt *.no`, "a.txt b.txt *.no\n", 0, 0},
		{"braces are literal", `echo {a,b}`, "{a,b}\n", 0, 0},
		{"errexit", `set -e; false; echo no`, "", 1, 0},
		{"errexit condition", `set -e; if false; then :; fi; false || true; ! true; echo yes`, "yes\n", 0, 0},
		{"nounset", `set -u; echo $nope; echo no`, "sh: nope: parameter not set\n", 2, 0},
		{"error parameter", `echo ${x:?is missing}`, "sh: x: is missing\n", 2, 0},
		{"trace", `set -x; echo 'a b'`, "+ echo 'a b'\na b\n", 0, 0},
		{"syntax", `echo a; fi`, "sh: line 1: syntax error: `fi` can only be used to end an `if`\n", 2, 0},
		{"syntax later", "echo a\nfi", "a\nsh: line 2: syntax error: `fi` can only be used to end an `if`\n", 2, 0},
		{"exit trap", `trap 'echo bye' EXIT; exit 3`, "bye\n", 3, 0},
		{"eval", `x='echo $y'; y=1; eval $x`, "1\n", 0, 0},
		{"set params", `set -- a b c; shift; echo $# $1 "$@"`, "2 b b c\n", 0, 0},
		{"nested shell", `sh -c 'echo $0 $1' name arg; echo $?`, "name arg\n0\n", 0, 0},
		{"environment", `A=1 sh -c 'echo $A'; echo "$A"; export B=2; sh -c 'echo $B'; env | cat | while read l; do case $l in B=*) echo $l;; esac; done`, "1\n\n2\nB=2\n", 0, 0},
		{"sleep", `sleep 1.5; sleep 1m`, "", 0, 61500 * time.Millisecond},
		{"background", `sleep 5 & sleep 3 & wait; echo done`, "done\n", 0, 5 * time.Second},
		{"wait for one", `(sleep 2; exit 7) & wait $!; echo $?`, "7\n", 0, 2 * time.Second},
		{"kill default", `sleep 100 & kill $!; wait $!; echo $?`, "143\n", 0, 0},
		{"kill -9", `sleep 100 & kill -9 $!; wait $!; echo $?`, "137\n", 0, 0},
		{"trap", `trap 'echo term' TERM; kill $$; echo after`, "term\nafter\n", 0, 0},
		{"trap after the command", `trap 'echo term' TERM; (sleep 1; kill $$) & sleep 3; echo after`, "term\nafter\n", 0, 3 * time.Second},
		{"trap ends wait", `trap 'echo term' TERM; sleep 100 & (sleep 1; kill $$) & wait; echo $?`, "term\n143\n", 0, time.Second},
		{"ignored", `trap '' TERM; kill $$; echo alive`, "alive\n", 0, 0},
		{"killed", `kill $$; echo no`, "", 143, 0},
		{"trap list", `trap 'echo a' TERM; trap`, "trap -- 'echo a' TERM\n", 0, 0},
		{"exec", `exec echo a; echo no`, "a\n", 0, 0},
		{"broken pipe", `h() { read x; echo $x; }; yes | h`, "y\n", 0, 0},
		{"not executable", `echo 'echo a' > /tmp/s; /tmp/s; echo $?; chmod +x /tmp/s; /tmp/s`, "sh: /tmp/s: Permission denied\n126\na\n", 0, 0},
		{"script", `printf '#!/bin/sh\necho $0 $1\nfoo\n' > /tmp/s; chmod +x /tmp/s; /tmp/s x`, "/tmp/s x\n/tmp/s: line 3: foo: not found\n", 127, 0},
		{"getopts", `set -- -a -b v x; while getopts ab: o; do echo $o $OPTARG; done; echo $OPTIND`, "a\nb v\n4\n", 0, 0},
		{"read", `printf 'a b c\n' | { read x y; echo "$x,$y"; }`, "a,b c\n", 0, 0},
		{"read -t", `sleep 100 | { read -t 2 x; echo $?; } & wait $!`, "1\n", 0, 100 * time.Second},
		{"test", `[ -f /tmp ] || [ -d /tmp -a ! -e /nope ] && test a != b && echo ok`, "ok\n", 0, 0},
		{"test number", `[ a -eq 1 ]; echo $?`, "sh: [: a: bad number\n2\n", 0, 0},
		{"double brackets", `[[ abc == a* && 3 -gt 2 ]] && echo ok`, "ok\n", 0, 0},
		{"cd", `cd /nope; echo $?; cd /tmp && pwd && cd - `, "sh: cd: can't cd to /nope: No such file or directory\n2\n/tmp\n/\n", 0, 0},
		{"command -v", `command -v ls cd nope; echo $?`, "/bin/ls\ncd\n127\n", 0, 0},
		{"divide", `echo $((1/0))`, "sh: divide by zero\n", 2, 0},
		{"readonly", `readonly x=1; x=2; echo no`, "sh: x: is read only\n", 2, 0},
		{"alias", "alias ll='echo list'\nll a", "list a\n", 0, 0},
		{"fork bomb", `f() { f | f & f; }; f; echo $?`, "", 2, 0},
		{"recursion", `f() { f; }; f`, "sh: f: maximum nesting level exceeded (100)\n", 1, 0},
		{"timeout", `timeout 2 sleep 10; echo $?`, "143\n", 0, 2 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				system := userlandtest.NewSystem(t)
				got := userlandtest.Run(system, "", "sh", "-c", test.script)
				system.Close()
				if got.Output != test.want && test.name != "fork bomb" {
					t.Errorf("output:\ngot  %q\nwant %q", got.Output, test.want)
				}
				if got.Code != test.code {
					t.Errorf("status: got %d, want %d", got.Code, test.code)
				}
				if took := got.Took.Truncate(time.Second / 2); took != test.took {
					t.Errorf("took %v, want %v", got.Took, test.took)
				}
			})
		})
	}
}
