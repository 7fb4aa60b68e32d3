package image

import (
	"fmt"
	"strings"
	"testing"
)

// describe writes a program in one line.
func describe(program []Instruction) string {
	var words []string
	for _, instruction := range program {
		switch {
		case instruction.Print != nil:
			words = append(words, fmt.Sprintf("print %q", *instruction.Print))
		case instruction.Exit != nil:
			words = append(words, fmt.Sprintf("exit %d", *instruction.Exit))
		case instruction.Again:
			words = append(words, "again")
		case instruction.Sleep == Forever:
			words = append(words, "sleep forever")
		case instruction.Sleep > 0:
			words = append(words, "sleep "+instruction.Sleep.String())
		}
	}
	return strings.Join(words, ", ")
}

func TestProcessOfAToolbox(t *testing.T) {
	busybox, err := builtInCatalogue(t).Resolve("busybox:1.36")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		command, args []string
		want          string
	}{
		{nil, nil, "exit 0"},
		{[]string{"sleep", "3600"}, nil, "sleep 1h0m0s, exit 0"},
		{nil, []string{"sleep", "1.5m"}, "sleep 1m30s, exit 0"},
		{[]string{"sh", "-c"}, []string{"echo hello; sleep 30"}, `print "hello", sleep 30s, exit 0`},
		{[]string{"/bin/sh", "-c", "exit 3"}, nil, "exit 3"},
		{[]string{"sh", "-c", "false"}, nil, "exit 1"},
		{[]string{"sh", "-c", "false && echo no; echo yes"}, nil, `print "yes", exit 0`},
		{[]string{"sh", "-c", "false || exit 7"}, nil, "exit 7"},
		{[]string{"sh", "-c", "while true; do echo tick; sleep 5; done"}, nil, `print "tick", sleep 5s, again`},
		{[]string{"sh", "-c", "while true\ndo\n  sleep 5\ndone\necho never"}, nil, "sleep 5s, again"},
		{[]string{"sh", "-c", "while true; do true; done"}, nil, "sleep forever"},
		{[]string{"sh", "-c", "until nslookup myservice; do echo waiting; sleep 2; done"}, nil, "exit 0"},
		{[]string{"sh", "-c", "sleep infinity"}, nil, "sleep forever"},
		{[]string{"sleep", "x"}, nil, `print "sleep: invalid number 'x'", exit 1`},
		{[]string{"wget", "-O", "-", "http://web"}, nil, "sleep 1s, exit 0"},
		{[]string{"sh"}, nil, "exit 0"},
		{[]string{"sh", "-c", `echo "a;b" 'c d' e\ f`}, nil, `print "a;b c d e f", exit 0`},
	} {
		process := busybox.Process(test.command, test.args)
		if got := describe(process.Program); got != test.want {
			t.Errorf("%q %q: got %s, want %s", test.command, test.args, got, test.want)
		}
		if process.Serves {
			t.Errorf("%q: a toolbox does not listen", test.command)
		}
		if !process.Stop.Ignored {
			t.Errorf("%q: process 1 without a handler must ignore SIGTERM", test.command)
		}
	}
}

func TestProcessOfAServer(t *testing.T) {
	nginx, err := builtInCatalogue(t).Resolve("nginx:1.27")
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{nil, {"nginx", "-g", "daemon off;"}} {
		process := nginx.Process(command, nil)
		if !process.Serves || process.Stop.Ignored || !strings.HasSuffix(describe(process.Program), "sleep forever") {
			t.Errorf("%q: got serves %t, stop %+v, program %s", command, process.Serves, process.Stop, describe(process.Program))
		}
	}
	overridden := nginx.Process([]string{"sh", "-c", "sleep 1; exit 2"}, nil)
	if got, want := describe(overridden.Program), "sleep 1s, exit 2"; got != want || overridden.Serves {
		t.Errorf("got %s (serves %t), want %s", got, overridden.Serves, want)
	}
}

func FuzzProcessEnds(f *testing.F) {
	for _, script := range []string{"", "while true; do", "do done; done", "\"", "\\", "for i in 1; do while :; do x; done; done", "sleep ", "sleep ''", "sleep NaN", "&&||;"} {
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script string) {
		program := Image{Behaviour: Behaviour{Shell: true}}.Process([]string{"sh", "-c", script}, nil).Program
		if len(program) == 0 {
			t.Fatalf("%q has no program", script)
		}
		last := program[len(program)-1]
		if last.Exit == nil && !last.Again && last.Sleep != Forever {
			t.Fatalf("%q: the program runs off its end: %s", script, describe(program))
		}
	})
}
