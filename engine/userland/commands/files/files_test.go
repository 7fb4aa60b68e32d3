package files_test

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
		{`mkdir -p /tmp/d/e; touch /tmp/d/a.txt /tmp/d/e/b.log; find /tmp/d -name '*.log'; find /tmp/d -type d; find /tmp/d -type f -exec basename {} \;`, "/tmp/d/e/b.log\n/tmp/d\n/tmp/d/e\na.txt\nb.log\n", 0},
		{`cd /tmp; echo a > x; ln -s x y; cp x z; mv z w; ls; readlink y; rm -r x y w; ls`, "w\nx\ny\nx\n", 0},
		{`rm /nope; rm -f /nope; rmdir /tmp/none; mkdir /tmp; cat /tmp; mv /nope /tmp; cp /tmp /x; touch /no/x`, "rm: can't remove '/nope': No such file or directory\nrmdir: '/tmp/none': No such file or directory\nmkdir: can't create directory '/tmp': File exists\ncat: read error: Is a directory\nmv: can't rename '/nope': No such file or directory\ncp: omitting directory '/tmp'\ntouch: /no/x: No such file or directory\n", 1},
		{`touch /tmp/m; chmod 600 /tmp/m; chmod u+x,g+r /tmp/m; stat -c '%a %n %F' /tmp/m; ls -l /tmp/m`, "740 /tmp/m regular empty file\n-rwxr----- 1 root root 0 Jan  1 00:00 /tmp/m\n", 0},
		{`mkdir /tmp/g; chmod 2755 /tmp/g; chmod g-x /tmp/g; ls -ld /tmp/g; chmod g+x,u+s,+t /tmp/g; stat -c '%a %A %U:%G' /tmp/g; chown 12:34 /tmp/g; stat -c '%u:%g' /tmp/g; chown nobody2 /tmp/g`, "drwxr-Sr-x 2 root root 4096 Jan  1 00:00 /tmp/g\n7755 drwsr-sr-t root:root\n12:34\nchown: unknown user nobody2\n", 1},
		{`dd if=/dev/zero of=/tmp/z bs=1k count=2; wc -c /tmp/z; truncate -s 3 /tmp/z; wc -c < /tmp/z`, "2+0 records in\n2+0 records out\n2048 bytes copied\n2048 /tmp/z\n3\n", 0},
		{
			`cd /tmp; mkdir -p s/d e; echo a > s/a; echo b > s/d/b; ln -s a s/l; chmod 640 s/a; chown 7:8 s/a; tar cf - s | tar -xmf - -C e; ls -ln e/s/a; cat e/s/d/b e/s/l; tar czf t.tgz -C s a d; tar tzf t.tgz; tar -xzOf t.tgz d/b; tar -tvzf t.tgz a; tar cf x.tar --exclude='b*' s/d; tar tf x.tar; tar xf x.tar -C /nope`,
			"-rw-r----- 1 7 8 2 Jan  1 00:00 e/s/a\nb\na\na\nd/\nd/b\nb\n-rw-r----- 7/8         2 2000-01-01 00:00:00 a\ns/d/\ntar: can't change directory to '/nope': No such file or directory\n", 1,
		},
		{`cd /tmp; tar cf o.tar none; echo $?; tar xf none.tar; echo x > y; tar cf o.tar y; echo z > y; tar xkf o.tar; cat y; tar xf o.tar y; cat y; tar`, "tar: none: No such file or directory\ntar: error exit delayed from previous errors\n1\ntar: can't open 'none.tar': No such file or directory\nz\nx\ntar: must specify one of -c, -x or -t\n", 1},
		{`ls -z; sleep x; sleep; kill 99; head -n x`, "ls: unrecognized option: z\nsleep: invalid number 'x'\nsleep: missing operand\nsh: kill: can't kill pid 99: No such process\nhead: invalid number 'x'\n", 1},
		{`dd if=/dev/zero of=/tmp/big bs=1M count=100`, "dd: error writing '/tmp/big': No space left on device\n17+0 records in\n17+0 records out\n16777216 bytes copied\n", 1},
	} {
		t.Run(test.script, func(t *testing.T) { userlandtest.Check(t, test.script, test.want, test.code) })
	}
}
