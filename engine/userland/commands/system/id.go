package system

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"tabernetes/engine/userland/process"
)

// ID prints who the user is: numbers, and the names that they have.
func ID(_ context.Context, i *process.Invocation) int {
	found, operands, ok := i.Options("ugnGr", nil)
	if !ok {
		return 1
	}
	system := i.System
	uid, gid, groups := system.User.UID, system.User.GID, system.Groups()
	if len(operands) > 0 {
		if uid, gid, ok = system.FindUser(operands[0]); !ok {
			i.Errorf("unknown user %s", operands[0])
			return 1
		}
		groups = []int{gid}
	}
	one := func(number int, name func(int) (string, bool)) int {
		if !found.Has('n') {
			fmt.Fprintln(i.Stdout, number)
			return 0
		}
		text, known := name(number)
		if !known {
			i.Errorf("unknown ID %d", number)
			return 1
		}
		fmt.Fprintln(i.Stdout, text)
		return 0
	}
	switch {
	case found.Has('u'):
		return one(uid, system.UserName)
	case found.Has('g'):
		return one(gid, system.GroupName)
	case found.Has('G'):
		texts := make([]string, len(groups))
		for n, group := range groups {
			texts[n] = strconv.Itoa(group)
			if found.Has('n') {
				texts[n], _ = system.GroupName(group)
			}
		}
		fmt.Fprintln(i.Stdout, strings.Join(texts, " "))
		return 0
	}
	texts := make([]string, len(groups))
	for n, group := range groups {
		texts[n] = withName(group, system.GroupName)
	}
	fmt.Fprintf(i.Stdout, "uid=%s gid=%s groups=%s\n", withName(uid, system.UserName), withName(gid, system.GroupName), strings.Join(texts, ","))
	return 0
}

func withName(number int, name func(int) (string, bool)) string {
	if text, known := name(number); known {
		return fmt.Sprintf("%d(%s)", number, text)
	}
	return strconv.Itoa(number)
}

// Whoami prints the name of the user.
func Whoami(_ context.Context, i *process.Invocation) int {
	name, known := i.System.UserName(i.System.User.UID)
	if !known {
		i.Errorf("unknown uid %d", i.System.User.UID)
		return 1
	}
	fmt.Fprintln(i.Stdout, name)
	return 0
}
