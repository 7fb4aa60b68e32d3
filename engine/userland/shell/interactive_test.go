package shell_test

import (
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"tabernetes/engine/userland/process"
	"tabernetes/engine/userland/userlandtest"
)

// A shell at a terminal is one that a learner gets by kubectl exec -it.
func TestInteractiveShell(t *testing.T) {
	for _, test := range []struct {
		name, program string
		typed         []string // ^C is Ctrl-C
		want          string
		code          int
	}{
		{"prompt", "sh", []string{"echo hi\n"}, "/ # hi\n/ # ", 0},
		{"bash", "bash", []string{"cd /tmp\n", "pwd\n"}, "root@box:/# root@box:/tmp# /tmp\nroot@box:/tmp# ", 0},
		{"more to come", "sh", []string{"if true\n", "then echo yes\n", "fi\n"}, "/ # > > yes\n/ # ", 0},
		{"own prompt", "sh", []string{"PS1='$ '\n", "false\n"}, "/ # $ $ ", 1},
		{"exit", "sh", []string{"exit 7\n", "echo never\n"}, "/ # ", 7},
		{"an error ends a line only", "sh", []string{"${missing?no}\n", "echo on\n"}, "/ # sh: missing: no\n/ # on\n/ # ", 0},
		{"syntax error", "sh", []string{"echo )\n", "echo on\n"}, "/ # sh: line 1: syntax error: a command can only contain words and redirects; encountered `)`\n/ # on\n/ # ", 0},
		{"Ctrl-C at the prompt", "sh", []string{"^C", "echo $?\n"}, "/ # / # 130\n/ # ", 0},
		{"Ctrl-C while a line runs", "sh", []string{"sleep 1000; echo never\n", "^C", "echo $?\n"}, "/ # / # 130\n/ # ", 0},
		{"Ctrl-C in a loop", "sh", []string{"while :; do sleep 1; done\n", "^C", "echo on\n"}, "/ # / # on\n/ # ", 0},
		{"Ctrl-C gives up what was begun", "sh", []string{"if true\n", "^C", "echo on\n"}, "/ # > / # on\n/ # ", 0},
		{"a command reads what is typed", "sh", []string{"read word; echo got $word\n", "it\n", "echo next\n"}, "/ # got it\n/ # next\n/ # ", 0},
		{"the background goes on", "sh", []string{"sleep 5 &\n", "^C", "jobs\n"}, "/ # / # / # [1]+  Running                sleep 5\n/ # ", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				system := userlandtest.NewSystem(t)
				reader, writer := io.Pipe()
				var output userlandtest.Record
				program := &process.Process{System: system, Args: []string{test.program}, Stdin: reader, Stdout: &output, Stderr: &output, Terminal: true}
				code := make(chan int, 1)
				go func() {
					code <- program.Run(context.Background())
					_ = reader.Close()
				}()
				for _, text := range test.typed {
					time.Sleep(100 * time.Millisecond)
					if text == "^C" {
						system.Interrupt()
						continue
					}
					if _, err := io.WriteString(writer, text); err != nil && test.code != 7 {
						t.Errorf("type %q: %v", text, err)
					}
				}
				time.Sleep(100 * time.Millisecond)
				synctest.Wait()
				shown := output.String()
				_ = writer.Close()
				if got := <-code; got != test.code {
					t.Errorf("exit status %d, want %d", got, test.code)
				}
				system.Close()
				if shown != test.want {
					t.Errorf("shown:\n%q\nwant:\n%q", shown, test.want)
				}
			})
		})
	}
}
