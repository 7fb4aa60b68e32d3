package jq_test

import (
	"testing"
	"testing/synctest"

	"tabernetes/engine/userland/jq"
	"tabernetes/engine/userland/process"
	"tabernetes/engine/userland/userlandtest"
)

const pods = `{"kind": "List", "items": [{"metadata": {"name": "a", "labels": {"app": "x"}}, "n": 12345678901234567890}, {"metadata": {"name": "é"}, "n": 1.50}]}`

func TestJQ(t *testing.T) {
	for _, test := range []struct {
		args        []string
		stdin, want string
		code        int
	}{
		{[]string{".items[0].metadata.name"}, pods, "\"a\"\n", 0},
		{[]string{"-r", ".items[].metadata.name"}, pods, "a\né\n", 0},
		{[]string{"-rj", ".items[].metadata.name"}, pods, "aé", 0},
		{[]string{"-c", ".items[0]"}, pods, `{"metadata":{"labels":{"app":"x"},"name":"a"},"n":12345678901234567890}` + "\n", 0},
		{[]string{".items[0].metadata, {}, []"}, pods, "{\n  \"labels\": {\n    \"app\": \"x\"\n  },\n  \"name\": \"a\"\n}\n{}\n[]\n", 0},
		{[]string{"-a", ".items[1].metadata.name"}, pods, "\"\\u00e9\"\n", 0},
		{[]string{"--arg", "app", "x", "--argjson", "n", "2", "[.items[] | select(.metadata.labels.app == $app)] | length + $n"}, pods, "3\n", 0},
		{[]string{"-n", "--args", "$ARGS.positional | join(\",\")", "p", "q"}, "", "\"p,q\"\n", 0},
		{[]string{"-s", "add"}, "1 2\n3", "6\n", 0},
		{[]string{"-R", "ascii_upcase"}, "a\nb\n", "\"A\"\n\"B\"\n", 0},
		{[]string{"-e", ".missing"}, "{}", "null\n", 1},
		{[]string{"-e", "empty"}, "{}", "", 4},
		{[]string{"-rn", "env.HOME // \"none\""}, "", "none\n", 0},
		{[]string{".a.b"}, `{"a": 1}`, "jq: error (at <stdin>:0): expected an object but got: number (1)\n", 5},
		{[]string{"."}, "{not json", "jq: error (at <stdin>): parse error: invalid character 'n' looking for beginning of object key string\n", 2},
		{[]string{".["}, "{}", "jq: error: syntax error: unexpected EOF\njq: 1 compile error\n", 3},
		{[]string{"-r", `.items[] | [.metadata.name, .n] | @tsv`}, pods, "a\t12345678901234567890\né\t1.50\n", 0},
		{[]string{"--frob", "."}, "", "jq: unknown option: --frob\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://jqlang.org\n", 2},
		{[]string{"-n", `"stop" | halt_error(7)`}, "", "stop", 7},
		{[]string{".", "/no/file"}, "", "jq: error (at <stdin>): could not open /no/file: No such file or directory\n", 2},
	} {
		system := userlandtest.NewSystem(t)
		system.Commands["jq"] = jq.Run
		if got := userlandtest.Run(system, test.stdin, append([]string{"jq"}, test.args...)...); got.Output != test.want || got.Code != test.code {
			t.Errorf("jq %q: got %q, %d\nwant %q, %d", test.args, got.Output, got.Code, test.want, test.code)
		}
	}
}

// A filter without end gives way to other programs, and ends with its process.
func TestEndlessFilterYields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := userlandtest.NewSystem(t)
		system.Commands["jq"] = jq.Run
		system.Limits = process.Limits{}
		got := userlandtest.Run(system, "", "timeout", "2", "jq", "-n", "[limit(1; range(0; infinite) | select(. < 0))]")
		system.Close()
		if got.Code != 143 && got.Code != 124 {
			t.Errorf("got %q, %d after %v", got.Output, got.Code, got.Took)
		}
	})
}
