package shell

import (
	"context"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
)

func commandWhich(_ context.Context, i *Invocation) int {
	code := 0
	for _, name := range i.Args[1:] {
		if name == "-a" {
			continue
		}
		found, err := i.System.look(name, i.Dir, i.pathList())
		if err != nil {
			code = 1
			continue
		}
		fmt.Fprintln(i.Stdout, found.path)
	}
	return code
}

func (i *Invocation) pathList() string {
	if list := i.Getenv("PATH"); list != "" {
		return list
	}
	return DefaultPath
}

func commandKill(_ context.Context, i *Invocation) int {
	words := i.Args[1:]
	signal := SIGTERM
	if len(words) > 0 && strings.HasPrefix(words[0], "-") && words[0] != "--" {
		name := words[0][1:]
		words = words[1:]
		if name == "l" && len(words) > 0 {
			signal, err := ParseSignal(words[0])
			if err != nil {
				i.Errorf("bad signal name '%s'", words[0])
				return 1
			}
			if _, err := strconv.Atoi(words[0]); err == nil {
				fmt.Fprintln(i.Stdout, signal)
			} else {
				fmt.Fprintln(i.Stdout, int(signal))
			}
			return 0
		}
		if name == "l" {
			fmt.Fprintln(i.Stdout, strings.Join(signalNames[1:], "\n"))
			return 0
		}
		if name == "s" && len(words) > 0 {
			name, words = words[0], words[1:]
		}
		parsed, err := ParseSignal(name)
		if err != nil {
			i.Errorf("bad signal name '%s'", name)
			return 1
		}
		signal = parsed
	}
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	if len(words) == 0 {
		i.Errorf("you need to specify whom to kill")
		return 1
	}
	code := 0
	for _, word := range words {
		pid, err := strconv.Atoi(word)
		if err != nil {
			i.Errorf("invalid number '%s'", word)
			code = 1
			continue
		}
		if pid == -1 {
			for _, t := range i.System.list() {
				if t.pid != 1 && t != i.task {
					t.signal(signal)
				}
			}
			continue
		}
		if !i.System.Kill(max(pid, -pid), signal) {
			i.Errorf("can't kill pid %d: No such process", pid)
			code = 1
		}
	}
	return code
}

func commandProcesses(_ context.Context, i *Invocation) int {
	fmt.Fprintln(i.Stdout, "PID   USER     TIME  COMMAND")
	for _, t := range i.System.list() {
		t.mu.Lock()
		args := strings.Join(t.args, " ")
		t.mu.Unlock()
		fmt.Fprintf(i.Stdout, "%5d %-8s  0:00 %s\n", t.pid, t.user, args)
	}
	return 0
}

func commandPidof(_ context.Context, i *Invocation) int {
	var found []string
	for _, t := range i.System.list() {
		t.mu.Lock()
		name := ""
		if len(t.args) > 0 {
			name = path.Base(t.args[0])
		}
		t.mu.Unlock()
		for _, wanted := range i.Args[1:] {
			if name == wanted {
				found = append(found, strconv.Itoa(t.pid))
			}
		}
	}
	if len(found) == 0 {
		return 1
	}
	fmt.Fprintln(i.Stdout, strings.Join(found, " "))
	return 0
}

func commandUptime(_ context.Context, i *Invocation) int {
	fmt.Fprintf(i.Stdout, " %s up  load average: 0.00, 0.00, 0.00\n", time.Now().UTC().Format("15:04:05"))
	return 0
}
