package process

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// User is whom the processes of a System belong to, by /etc/passwd: a user without
// an entry there has no name, and / as home.
type User struct {
	Name string
	Home string
}

// Account is the user that the processes run as. Without /etc/passwd root has its
// usual entry.
func (s *System) Account() User {
	name, _ := s.UserName(s.User.UID)
	if fields := s.entry("/etc/passwd", s.User.UID); len(fields) > 5 {
		return User{Name: name, Home: cmp.Or(fields[5], "/")}
	}
	if s.User.UID == 0 {
		return User{Name: name, Home: "/root"}
	}
	return User{Name: name, Home: "/"}
}

// UserName is the name of a user by number; known is false where there is none, and
// the name is the number then.
func (s *System) UserName(uid int) (name string, known bool) { return s.nameIn("/etc/passwd", uid) }

// GroupName is the name of a group by number, as UserName.
func (s *System) GroupName(gid int) (name string, known bool) { return s.nameIn("/etc/group", gid) }

func (s *System) nameIn(file string, number int) (name string, known bool) {
	if fields := s.entry(file, number); fields != nil {
		return fields[0], true
	}
	if number == 0 {
		return "root", true
	}
	return strconv.Itoa(number), false
}

// FindUser is the number of a user, and of their first group, by name.
func (s *System) FindUser(name string) (uid, gid int, ok bool) {
	fields := s.entryOf("/etc/passwd", func(fields []string) bool { return fields[0] == name })
	if fields == nil {
		return 0, 0, name == "root"
	}
	uid, problem := strconv.Atoi(fields[2])
	gid, another := strconv.Atoi(fields[3])
	return uid, gid, problem == nil && another == nil
}

// FindGroup is the number of a group by name.
func (s *System) FindGroup(name string) (gid int, ok bool) {
	fields := s.entryOf("/etc/group", func(fields []string) bool { return fields[0] == name })
	if fields == nil {
		return 0, name == "root"
	}
	gid, err := strconv.Atoi(fields[2])
	return gid, err == nil
}

// Groups are all groups of the user, in the order of their numbers.
func (s *System) Groups() []int {
	groups := slices.Clone(s.User.Groups)
	groups = append(groups, s.User.GID)
	slices.Sort(groups)
	return slices.Compact(groups)
}

func (s *System) entry(file string, number int) []string {
	wanted := strconv.Itoa(number)
	return s.entryOf(file, func(fields []string) bool { return fields[2] == wanted })
}

// entryOf finds an entry of passwd(5) or group(5), or nil.
func (s *System) entryOf(file string, fits func(fields []string) bool) []string {
	text, err := s.FileSystem.ReadFile(file)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Split(strings.TrimSpace(line), ":"); len(fields) > 3 && fits(fields) {
			return fields
		}
	}
	return nil
}
