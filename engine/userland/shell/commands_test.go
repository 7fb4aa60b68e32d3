package shell

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// TestCommands holds the commands to what busybox prints and answers.
func TestCommands(t *testing.T) {
	for _, test := range []struct {
		script, want string
		code         int
	}{
		{`printf '%s-%03d|%-4s|%x\n' a 7 b 255 c 8 d 16`, "a-007|b   |ff\nc-008|d   |10\n", 0},
		{`printf '%b %%\n' 'a\tb'; printf '%d\n' x`, "a\tb %\nsh: printf: invalid number 'x'\n0\n", 1},
		{`echo -e 'a\tb\c' ; echo; echo -n a; echo -x`, "a\tb\na-x\n", 0},
		{`seq 3; seq -s, 2 2 6; seq 3 -1 1 | tac`, "1\n2\n3\n2,4,6\n1\n2\n3\n", 0},
		{`seq 20 | head -n 2; seq 20 | tail -2; seq 5 | tail -n +4; seq 3 | head -n -1; printf abc | head -c 2`, "1\n2\n19\n20\n4\n5\n1\n2\nab", 0},
		{`printf 'a b\nc\n' | wc; printf 'a b\nc' | wc -l; echo abc | wc -c`, "        2         3         6\n1\n4\n", 0},
		{`printf 'b 2\na 10\nc 1\n' | sort; printf 'b 2\na 10\nc 1\n' | sort -k2 -n -r; printf 'b\na\nb\n' | sort -u`, "a 10\nb 2\nc 1\na 10\nb 2\nc 1\na\nb\n", 0},
		{`printf 'a\na\nb\n' | uniq -c; printf 'a\na\nb\n' | uniq -d`, "      2 a\n      1 b\na\n", 0},
		{`printf 'foo\nbar\nFoo 1\n' | grep foo; printf 'foo\nbar\nFoo\n' | grep -ivc foo; printf 'a1b22\n' | grep -oE '[0-9]+'; echo x | grep -q y`, "foo\n1\n1\n22\n", 1},
		{`printf 'a\nb\nc\nd\n' | grep -n -A1 b; printf 'x.y\nxzy\n' | grep -F .; printf 'ab\nb+\n' | grep 'b+'; printf 'ac\nbc\n' | grep '\(a\|b\)c'`, "2:b\n3-c\nx.y\nb+\nac\nbc\n", 0},
		{`echo 'hello world' | sed 's/o/0/g; s/\(w\)/<\1>/'; printf '1\n2\n3\n4\n' | sed -n '2,3p'; printf 'a\nb\n' | sed '/a/d'; printf 'a\nb\n' | sed '$!d'`, "hell0 <w>0rld\n2\n3\nb\nb\n", 0},
		{`echo a/b > /tmp/f; sed -i 's|a/|c/|' /tmp/f; cat /tmp/f; printf 'k: v\n' | sed -E 's/^([a-z]+): (.*)$/\2=\1/'`, "c/b\nv=k\n", 0},
		{`echo 'a:b:c' | cut -d: -f2-; echo abcd | cut -c2,4; echo abc | tr a-c A-C; echo aabb | tr -s ab; echo a1b2 | tr -d 0-9`, "b:c\nbd\nABC\nab\nab\n", 0},
		{`echo x | tee /tmp/t | cat; cat /tmp/t; basename /a/b.txt .txt; dirname /a/b; dirname a`, "x\nx\nb\n/a\n.\n", 0},
		{`expr 2 + 3 \* 4; expr abc : 'a\(.*\)'; expr 1 = 2; echo $?; expr 1 / 0`, "14\nbc\n0\n1\nexpr: division by zero\n", 2},
		{`mkdir -p /tmp/d/e; touch /tmp/d/a.txt /tmp/d/e/b.log; find /tmp/d -name '*.log'; find /tmp/d -type d; find /tmp/d -type f -exec basename {} \;`, "/tmp/d/e/b.log\n/tmp/d\n/tmp/d/e\na.txt\nb.log\n", 0},
		{`printf 'a b\nc\n' | xargs echo x; printf 'a\nb\n' | xargs -n1 echo; printf 'a\nb\n' | xargs -I{} echo '<{}>'`, "x a b c\na\nb\n<a>\n<b>\n", 0},
		{`echo hello | md5sum; printf '' | sha256sum; echo hi | base64; echo aGkK | base64 -d; echo abc | rev`, "b1946ac92492d2347c6235b4d2611184  -\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  -\naGkK\nhi\ncba\n", 0},
		{`cd /tmp; echo a > x; ln -s x y; cp x z; mv z w; ls; readlink y; rm -r x y w; ls`, "w\nx\ny\nx\n", 0},
		{`rm /nope; rm -f /nope; rmdir /tmp/none; mkdir /tmp; cat /tmp; mv /nope /tmp; cp /tmp /x; touch /no/x`, "rm: can't remove '/nope': No such file or directory\nrmdir: '/tmp/none': No such file or directory\nmkdir: can't create directory '/tmp': File exists\ncat: read error: Is a directory\nmv: can't rename '/nope': No such file or directory\ncp: omitting directory '/tmp'\ntouch: /no/x: No such file or directory\n", 1},
		{`touch /tmp/m; chmod 600 /tmp/m; chmod u+x,g+r /tmp/m; stat -c '%a %n %F' /tmp/m; ls -l /tmp/m`, "740 /tmp/m regular empty file\n-rwxr----- 1 root root 0 Jan  1 00:00 /tmp/m\n", 0},
		{`date +%Y-%m-%dT%H:%M:%S; date -d @60 +%s; date`, "2000-01-01T00:00:00\n60\nSat Jan  1 00:00:00 UTC 2000\n", 0},
		{`hostname; whoami; id -u; uname; uname -n; nproc; which ls nope`, "box\nroot\n0\nLinux\nbox\n1\n/bin/ls\n", 1},
		{`env -i A=1 env; A=1 printenv A; printenv NOPE; echo $?`, "A=1\n1\n1\n", 0},
		{`dd if=/dev/zero of=/tmp/z bs=1k count=2; wc -c /tmp/z; truncate -s 3 /tmp/z; wc -c < /tmp/z`, "2+0 records in\n2+0 records out\n2048 bytes copied\n2048 /tmp/z\n3\n", 0},
		{`yes | head -n 2; yes no | dd bs=1k count=100 2>/dev/null | wc -c`, "y\ny\n102400\n", 0},
		{`ls -z; sleep x; sleep; kill 99; head -n x`, "ls: unrecognized option: z\nsleep: invalid number 'x'\nsleep: missing operand\nsh: kill: can't kill pid 99: No such process\nhead: invalid number 'x'\n", 1},
		{`dd if=/dev/zero of=/tmp/big bs=1M count=100`, "dd: error writing '/tmp/big': No space left on device\n17+0 records in\n17+0 records out\n16777216 bytes copied\n", 1},
	} {
		t.Run(test.script, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				system := newSystem(t)
				got := runIn(system, "", "sh", "-c", test.script)
				system.Close()
				if got.output != test.want || got.code != test.code {
					t.Errorf("got  %q, %d\nwant %q, %d", got.output, got.code, test.want, test.code)
				}
			})
		})
	}
}

// network answers for one host.
type network struct{}

func (network) RoundTrip(request *http.Request) (*http.Response, error) {
	switch request.URL.Hostname() {
	case "web":
		response := &http.Response{
			Status: "200 OK", StatusCode: 200, Header: http.Header{"Server": {"nginx"}, "Content-Type": {"text/plain"}},
			Body: io.NopCloser(strings.NewReader("hello from " + request.URL.Path + "\n")), Request: request,
		}
		if request.URL.Path == "/missing" {
			response.Status, response.StatusCode = "404 Not Found", 404
		}
		if request.Body != nil {
			data, _ := io.ReadAll(request.Body)
			response.Body = io.NopCloser(bytes.NewReader(append([]byte(request.Method+" "), data...)))
		}
		return response, nil
	case "refused":
		return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	case "reset":
		return nil, &net.OpError{Op: "read", Err: syscall.ECONNRESET}
	case "empty":
		return nil, io.EOF
	case "slow":
		<-request.Context().Done()
		return nil, request.Context().Err()
	}
	return nil, &net.DNSError{Err: "no such host", Name: request.URL.Hostname(), IsNotFound: true}
}

func (network) Lookup(_ context.Context, host string) ([]string, error) {
	if host == "web" {
		return []string{"10.96.0.10"}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func (network) Dial(_ context.Context, address string) (net.Conn, error) {
	if strings.HasPrefix(address, "web:") {
		client, server := net.Pipe()
		return client, server.Close()
	}
	return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
}

func TestNetworkCommands(t *testing.T) {
	for _, test := range []struct {
		script, want string
		code         int
		took         time.Duration
	}{
		{`curl -s http://web/a`, "hello from /a\n", 0, 0},
		{`curl -s web; curl -sI web/x; curl -s -o /tmp/o -w '%{http_code}\n' web/missing; cat /tmp/o`, "hello from /\nHTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nServer: nginx\r\n\r\n404\nhello from /missing\n", 0, 0},
		{`curl -f web/missing`, "curl: (22) The requested URL returned error: 404\n", 22, 0},
		{`curl -s -d a=1 -d b=2 web; curl -s -X PUT -d x web`, "POST a=1&b=2PUT x", 0, 0},
		{`curl nowhere`, "curl: (6) Could not resolve host: nowhere\n", 6, 0},
		{`curl http://refused:8080`, "curl: (7) Failed to connect to refused port 8080 after 0 ms: Could not connect to server\n", 7, 0},
		{`curl -s refused; echo $?; curl -sS empty; echo $?; curl -sS reset`, "7\ncurl: (52) Empty reply from server\n52\ncurl: (56) Recv failure: Connection reset by peer\n", 56, 0},
		{`curl -m 2 slow`, "curl: (28) Operation timed out after 2000 milliseconds with 0 bytes received\n", 28, 2 * time.Second},
		{`curl --nope web`, "curl: option --nope: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n", 2, 0},
		{`wget -qO- http://web/a; wget -q -O - nowhere; wget -O- refused:80`, "hello from /a\nwget: bad address 'nowhere'\nConnecting to refused:80 (refused:80)\nwget: can't connect to remote host (refused): Connection refused\n", 1, 0},
		{`wget -qT 3 -O- slow`, "wget: download timed out\n", 1, 3 * time.Second},
		{`wget -q web/missing; wget --spider -q web && echo up`, "wget: server returned error: HTTP/1.1 404 Not Found\nup\n", 0, 0},
		{`nslookup web; nslookup no`, "Server:\t\t127.0.0.1\nAddress:\t127.0.0.1:53\n\nName:\tweb\nAddress: 10.96.0.10\n\nServer:\t\t127.0.0.1\nAddress:\t127.0.0.1:53\n\n** server can't find no: NXDOMAIN\n\n", 1, 0},
		{`nc -zv web 80; nc -zv other 80`, "web (web:80) open\nnc: other (other:80): Connection refused\n", 1, 0},
	} {
		t.Run(test.script, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				system := newSystem(t)
				system.Network = network{}
				got := runIn(system, "", "sh", "-c", test.script)
				system.Close()
				if got.output != test.want || got.code != test.code || got.took != test.took {
					t.Errorf("got  %q, %d, %v\nwant %q, %d, %v", got.output, got.code, got.took, test.want, test.code, test.took)
				}
			})
		})
	}
}

// TestProcessOne is a container's life: process 1 ignores SIGTERM without a trap,
// its end ends the others, and others can be run beside it.
func TestProcessOne(t *testing.T) {
	for _, test := range []struct {
		name   string
		args   []string
		signal Signal
		code   int
		took   time.Duration
		want   string
	}{
		{"sleep ignores SIGTERM", []string{"sleep", "3600"}, SIGTERM, 0, time.Hour, ""},
		{"SIGKILL", []string{"sleep", "3600"}, SIGKILL, 137, time.Second, ""},
		{"trap in a loop", []string{"sh", "-c", `trap 'echo bye; exit 0' TERM; while true; do sleep 5; done`}, SIGTERM, 0, 5 * time.Second, "bye\n"},
		{"trap and wait", []string{"sh", "-c", `trap 'echo bye; exit 3' TERM; sleep 1000 & wait`}, SIGTERM, 3, time.Second, "bye\n"},
		{"exec sleep", []string{"sh", "-c", `trap 'exit 1' TERM; exec sleep 10`}, SIGTERM, 0, 10 * time.Second, ""},
		{"busy loop", []string{"sh", "-c", `while :; do :; done`}, SIGKILL, 137, time.Second, ""},
		{"no such program", []string{"nope"}, SIGTERM, 127, 0, "exec: \"nope\": executable file not found in $PATH\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				system := newSystem(t)
				system.FirstProcess = 0
				var output bytes.Buffer
				process := &Process{System: system, Args: test.args, Stdout: &output, Stderr: &output}
				began := time.Now()
				time.AfterFunc(time.Second, func() { process.Signal(test.signal) })
				code := process.Run(t.Context())
				if took := time.Since(began); code != test.code || took != test.took || output.String() != test.want {
					t.Errorf("got %d, %v, %q; want %d, %v, %q", code, took, output.String(), test.code, test.took, test.want)
				}
				system.Close()
			})
		})
	}
}

func TestExecBesideProcessOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := newSystem(t)
		system.FirstProcess = 0
		var log bytes.Buffer
		main := &Process{System: system, Args: []string{"sh", "-c", "trap 'exit 5' TERM; sleep 100 & wait"}, Stdout: &log, Stderr: &log}
		ended := make(chan int)
		go func() { ended <- main.Run(context.Background()) }()
		synctest.Wait()
		if got := runIn(system, "", "sh", "-c", "echo to the log > /proc/1/fd/1; ps | head -n 2"); got.code != 0 || !strings.Contains(got.output, "    1 root      0:00 sh -c trap") {
			t.Errorf("exec: %q, %d", got.output, got.code)
		}
		// The end of process 1 kills what signalled it, if that has not ended yet.
		if got := runIn(system, "", "sh", "-c", "kill 1"); got.output != "" || got.code != 0 && got.code != 137 {
			t.Errorf("kill 1: %q, %d", got.output, got.code)
		}
		if code := <-ended; code != 5 || log.String() != "to the log\n" {
			t.Errorf("process 1: %d, %q", code, log.String())
		}
		if len(system.list()) != 0 {
			t.Errorf("%d processes are left", len(system.list()))
		}
		system.Close()
	})
}

func TestLookPath(t *testing.T) {
	system := newSystem(t)
	if err := errors.Join(system.FileSystem.MkdirAll("/app", 0o755), system.FileSystem.WriteFile("/app/run", nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"sh":        "",
		"/bin/sh":   "",
		"foo":       `exec: "foo": executable file not found in $PATH`,
		"/app/none": `exec: "/app/none": stat /app/none: no such file or directory`,
		"/app/run":  `exec: "/app/run": permission denied`,
		"/app":      `exec: "/app": permission denied`,
	} {
		_, err := system.LookPath(name, "/", nil)
		if err == nil != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
}

func TestLimits(t *testing.T) {
	for _, test := range []struct{ script, want string }{
		{`while :; do :; done`, "sh: stopped: it ran more than 1000 commands or turns of a loop\n"},
		{`(while :; do :; done) & wait; echo no`, "sh: stopped: it ran more than 1000 commands or turns of a loop\n"},
		{`yes`, "sh: stopped: it wrote more than 10000 bytes\n"},
	} {
		synctest.Test(t, func(t *testing.T) {
			system := newSystem(t)
			system.Limits = Limits{MaxSteps: 1000, MaxOutput: 10_000}
			got := runIn(system, "", "sh", "-c", test.script)
			system.Close()
			if got.code != 1 || !strings.HasSuffix(got.output, test.want) {
				t.Errorf("%s: got %q, %d", test.script, got.output[max(0, len(got.output)-200):], got.code)
			}
		})
	}
}

// TestFollow is tail -f: it shows what is appended until it is killed.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := newSystem(t)
		got := runIn(system, "", "sh", "-c", `echo 1 > /tmp/l; (sleep 3; echo 2 >> /tmp/l; sleep 3; echo 3 >> /tmp/l) & timeout 5 tail -f /tmp/l; wait`)
		system.Close()
		if got.output != "1\n2\n" {
			t.Errorf("got %q", got.output)
		}
	})
}

// FuzzLine holds the shell to two promises: it ends with its context and it does
// not panic, whatever is typed.
func FuzzLine(f *testing.F) {
	for _, line := range []string{
		"", "echo hi", "while true; do :; done", ":(){ :|:& };:", "f() { f; }; f", "echo ${x:-${y:=$((1+2))}}", "cat <<EOF\n$(echo a)\nEOF",
		"yes | head -n 3 | sort -u", "echo {1..9}{a,b}", "((((((1))))))", "$(($((1<<70))))", "trap 'echo x' TERM; kill $$; wait", "sed 's/a*/b/g' <<< aaa",
		"printf %999999s x", "printf '%*s' 9999999 x", "a=(1 2 3); echo ${a[@]:1}", "[[ a =~ (a|b)+ ]]", "exec 3<&0 4>&1; echo >&4", "sleep 1e9 &", "seq 1 0.0001 9",
		"find / -name '*' -exec cat {} \\;", "tr a-z b-y </dev/zero", "cat /dev/zero > /tmp/x", "${!x@}", "echo ${#} ${@:1:2} ${x/a/b}", "$'\\x41\\u00e9'", "case x in (x) ;; esac",
		"expr '(' 1 : '\\(' ')'", "a[99999999]=1", "read -t 0.1 x < /dev/zero", "dd if=/dev/zero bs=16M", "set -- $(seq 100); shift 200", "`\\`", "<(cat)", "!$", "awk 'BEGIN{while(1)x=x x}'", "awk '{print $1; for(k in a) b[k]=$(NF-1)}' /dev/zero", "awk 'function f(a){return f(a)} BEGIN{f(x)}'", "if", "&&", "\x00",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, name := range []string{"sh", "bash"} {
			synctest.Test(t, func(t *testing.T) {
				system := newSystem(t)
				system.Limits = Limits{MaxSteps: 3000, MaxOutput: 1 << 20}
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				process := &Process{System: system, Args: []string{name, "-c", line}}
				began := time.Now()
				process.Run(ctx)
				if took := time.Since(began); took > time.Hour {
					t.Errorf("%q took %v", line, took)
				}
				system.Close()
			})
		}
	})
}
