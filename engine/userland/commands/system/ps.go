package system

import (
	"context"
	"fmt"
	"path"
	"strconv"
	"strings"

	"tabernetes/engine/userland/process"
)

// Processes is ps.
func Processes(_ context.Context, i *process.Invocation) int {
	fmt.Fprintln(i.Stdout, "PID   USER     TIME  COMMAND")
	user := i.System.Account().Name
	for _, t := range i.System.Tasks() {
		fmt.Fprintf(i.Stdout, "%5d %-8s  0:00 %s\n", t.PID(), user, strings.Join(t.Args(), " "))
	}
	return 0
}

// Pidof prints the numbers of the processes of a program.
func Pidof(_ context.Context, i *process.Invocation) int {
	var found []string
	for _, t := range i.System.Tasks() {
		name := ""
		if args := t.Args(); len(args) > 0 {
			name = path.Base(args[0])
		}
		for _, wanted := range i.Args[1:] {
			if name == wanted {
				found = append(found, strconv.Itoa(t.PID()))
			}
		}
	}
	if len(found) == 0 {
		return 1
	}
	fmt.Fprintln(i.Stdout, strings.Join(found, " "))
	return 0
}
