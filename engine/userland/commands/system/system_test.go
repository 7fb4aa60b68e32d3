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
		{`mkdir -p /proc; printf 'overlay / overlay rw 0 0\ntmpfs /run tmpfs ro,nosuid 0 0\n' > /proc/mounts; mount -t tmpfs; mount | wc -l; mount /dev/sda /mnt`, "tmpfs on /run type tmpfs (ro,nosuid)\n2\nmount: permission denied (are you root?)\n", 1},
		{`mkdir -p /proc/sys/net/core; echo 512 > /proc/sys/net/core/somaxconn; sysctl net.core.somaxconn; sysctl -n net/core/somaxconn; sysctl kernel.none`, "net.core.somaxconn = 512\n512\nsysctl: error: '/proc/sys/kernel/none': No such file or directory\n", 1},
	} {
		t.Run(test.script, func(t *testing.T) { userlandtest.Check(t, test.script, test.want, test.code) })
	}
}
