package shell_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"tabernetes/engine/userland/process"
	"tabernetes/engine/userland/userlandtest"
)

// FuzzLine holds the shell to two promises: it ends with its context and it does
// not panic, whatever is typed.
func FuzzLine(f *testing.F) {
	for _, line := range []string{
		"", "echo hi", "while true; do :; done", ":(){ :|:& };:", "f() { f; }; f", "echo ${x:-${y:=$((1+2))}}", "cat <<EOF\n$(echo a)\nEOF",
		"yes | head -n 3 | sort -u", "echo {1..9}{a,b}", "((((((1))))))", "$(($((1<<70))))", "trap 'echo x' TERM; kill $$; wait", "sed 's/a*/b/g' <<< aaa",
		"printf %999999s x", "printf '%*s' 9999999 x", "a=(1 2 3); echo ${a[@]:1}", "[[ a =~ (a|b)+ ]]", "exec 3<&0 4>&1; echo >&4", "sleep 1e9 &", "seq 1 0.0001 9",
		"find / -name '*' -exec cat {} \\;", "tr a-z b-y </dev/zero", "cat /dev/zero > /tmp/x", "${!x@}", "echo ${#} ${@:1:2} ${x/a/b}", "$'\\x41\\u00e9'", "case x in (x) ;; esac",
		"expr '(' 1 : '\\(' ')'", "a[99999999]=1", "read -t 0.1 x < /dev/zero", "dd if=/dev/zero bs=16M", "set -- $(seq 100); shift 200", "`\\`", "<(cat)", "!$", "awk 'BEGIN{while(1)x=x x}'", "awk '{print $1; for(k in a) b[k]=$(NF-1)}' /dev/zero", "awk 'function f(a){return f(a)} BEGIN{f(x)}'", "if", "&&", "\x00",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, name := range []string{"sh", "bash"} {
			synctest.Test(t, func(t *testing.T) {
				system := userlandtest.NewSystem(t)
				system.Limits = process.Limits{MaxSteps: 3000, MaxOutput: 1 << 20}
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				program := &process.Process{System: system, Args: []string{name, "-c", line}}
				began := time.Now()
				program.Run(ctx)
				if took := time.Since(began); took > time.Hour {
					t.Errorf("%q took %v", line, took)
				}
				system.Close()
			})
		}
	})
}
