package text_test

import (
	"testing"
	"testing/synctest"

	"tabernetes/engine/userland/userlandtest"
)

// TestCommands holds the commands to what busybox prints and answers.
func TestCommands(t *testing.T) {
	for _, test := range []struct {
		script, want string
		code         int
	}{
		{`seq 3; seq -s, 2 2 6; seq 3 -1 1 | tac`, "1\n2\n3\n2,4,6\n1\n2\n3\n", 0},
		{`seq 20 | head -n 2; seq 20 | tail -2; seq 5 | tail -n +4; seq 3 | head -n -1; printf abc | head -c 2`, "1\n2\n19\n20\n4\n5\n1\n2\nab", 0},
		{`printf 'short\n' | head -c 300; head -c 300 /dev/null; echo $?; printf abcde | head -c -2; printf ab | head -c -5; head -c 1k /etc/none`, "short\n0\nabchead: can't open '/etc/none': No such file or directory\n", 1},
		{`printf 'a b\nc\n' | wc; printf 'a b\nc' | wc -l; echo abc | wc -c`, "        2         3         6\n1\n4\n", 0},
		{`printf 'b 2\na 10\nc 1\n' | sort; printf 'b 2\na 10\nc 1\n' | sort -k2 -n -r; printf 'b\na\nb\n' | sort -u`, "a 10\nb 2\nc 1\na 10\nb 2\nc 1\na\nb\n", 0},
		{`printf 'a\na\nb\n' | uniq -c; printf 'a\na\nb\n' | uniq -d`, "      2 a\n      1 b\na\n", 0},
		{`printf 'foo\nbar\nFoo 1\n' | grep foo; printf 'foo\nbar\nFoo\n' | grep -ivc foo; printf 'a1b22\n' | grep -oE '[0-9]+'; echo x | grep -q y`, "foo\n1\n1\n22\n", 1},
		{`printf 'a\nb\nc\nd\n' | grep -n -A1 b; printf 'x.y\nxzy\n' | grep -F .; printf 'ab\nb+\n' | grep 'b+'; printf 'ac\nbc\n' | grep '\(a\|b\)c'`, "2:b\n3-c\nx.y\nb+\nac\nbc\n", 0},
		{`printf 'a\nb\nc\n' | paste -s -d , -; printf '1\n2\n3\n' | paste - -; printf 'x\ny\n' > /tmp/p; seq 3 | paste -d '\0:' /tmp/p - /tmp/p; paste /nope`, "a,b,c\n1\t2\n3\t\nx1:x\ny2:y\n3:\npaste: /nope: No such file or directory\n", 1},
		{`echo 'a:b:c' | cut -d: -f2-; echo abcd | cut -c2,4; echo abc | tr a-c A-C; echo aabb | tr -s ab; echo a1b2 | tr -d 0-9`, "b:c\nbd\nABC\nab\nab\n", 0},
		{`echo x | tee /tmp/t | cat; cat /tmp/t; basename /a/b.txt .txt; dirname /a/b; dirname a`, "x\nx\nb\n/a\n.\n", 0},
		{`expr 2 + 3 \* 4; expr abc : 'a\(.*\)'; expr 1 = 2; echo $?; expr 1 / 0`, "14\nbc\n0\n1\nexpr: division by zero\n", 2},
		{`echo hello | md5sum; printf '' | sha256sum; echo hi | base64; echo aGkK | base64 -d; echo abc | rev`, "b1946ac92492d2347c6235b4d2611184  -\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  -\naGkK\nhi\ncba\n", 0},
		{`yes | head -n 2; yes no | dd bs=1k count=100 2>/dev/null | wc -c`, "y\ny\n102400\n", 0},
	} {
		t.Run(test.script, func(t *testing.T) { userlandtest.Check(t, test.script, test.want, test.code) })
	}
}

// TestFollow is tail -f: it shows what is appended until it is killed.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := userlandtest.NewSystem(t)
		got := userlandtest.Run(system, "", "sh", "-c", `echo 1 > /tmp/l; (sleep 3; echo 2 >> /tmp/l; sleep 3; echo 3 >> /tmp/l) & timeout 5 tail -f /tmp/l; wait`)
		system.Close()
		if got.Output != "1\n2\n" {
			t.Errorf("got %q", got.Output)
		}
	})
}
