package awk_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"tabernetes/engine/userland/userlandtest"
)

const pods = `NAME                   READY   STATUS    RESTARTS   AGE
web-7db77f7cc6-7j49g   1/1     Running   0          1m
web-7db77f7cc6-b75wn   0/1     Pending   3          20s
`

func TestAwk(t *testing.T) {
	for _, test := range []struct {
		script, want string
		code         int
	}{
		{`awk '{print $1}'`, "NAME\nweb-7db77f7cc6-7j49g\nweb-7db77f7cc6-b75wn\n", 0},
		{`awk 'NR>1 {print $1, $3}'`, "web-7db77f7cc6-7j49g Running\nweb-7db77f7cc6-b75wn Pending\n", 0},
		{`awk '/Running/'`, "web-7db77f7cc6-7j49g   1/1     Running   0          1m\n", 0},
		{`awk '$3=="Pending"{n++} END{print n+0, NR}'`, "1 3\n", 0},
		{`awk '{s+=$4} END{printf "%d %.1f\n", s, s/2}'`, "3 1.5\n", 0},
		{`awk -F- 'NR==2{print $2 "|" $NF}'`, "7db77f7cc6|7j49g   1/1     Running   0          1m\n", 0},
		{`awk -v want=Pending '$3 ~ want {print $NF; exit 3}'`, "20s\n", 3},
		{`awk 'NR>1{c[$3]++} END{for (k in c) print k, c[k]}'`, "Pending 1\nRunning 1\n", 0},
		{`awk 'BEGIN{for(i=1;i<=3;i++) s=s i; print s, length(s), substr("hello",2,3), index("abc","c"), toupper("x")}'`, "123 3 ell 3 X\n", 0},
		{`awk 'BEGIN{n=split("a:b:c",p,":"); print n, p[1], p[3]; x="aXbX"; gsub(/X/,"-&",x); print x; print match("foobar",/o+/), RSTART, RLENGTH}'`, "3 a c\na-Xb-X\n2 2 2\n", 0},
		{`awk 'function f(n){return n<2?1:n*f(n-1)} BEGIN{print f(5), 2^10, 7%3, 1e3, 0.1+0.2, -3, !0, 1==1.0, "10"<"9"}'`, "120 1024 1 1000 0.3 -3 1 1 1\n", 0},
		{`awk '{$2=""; print} END{print $0; print NF}' | tail -n 1`, "5\n", 0},
		{`awk 'NR==1,NR==2{print NR} NR==3{next} {x=1} END{if (x) print "x"; else print "y"}'`, "1\n2\nx\n", 0},
		{`awk 'BEGIN { while (i < 3) { i++; if (i == 2) continue; print i } do j++; while (j < 5); print j }'`, "1\n3\n5\n", 0},
		{`awk 'BEGIN{print "a" > "/tmp/o"; print "b" >> "/tmp/o"; close("/tmp/o"); print length()}'; cat /tmp/o`, "0\na\nb\n", 0},
		{`awk 'BEGIN{print ("a" in x), (1,2) in x; x["a"]; print ("a" in x); delete x["a"]; print length(x)}'`, "0 0\n1\n0\n", 0},
		{`awk 'BEGIN{print 1 " " -1, 2 3; print 1>2}'; cat 2`, "1-1 23\n1\n", 0},
		{`awk 'BEGIN{print substr("x"'`, "awk: cmd. line: syntax error at \"end\"\n", 2},
		{`awk 'BEGIN{print 1/0}'`, "awk: cmd. line: division by zero\n", 2},
		{`awk 'BEGIN{while(1);}'`, "awk: cmd. line: stopped: it ran more than 2000 commands or turns of a loop\nsh: stopped: it ran more than 2000 commands or turns of a loop\n", 1},
	} {
		t.Run(test.script, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				system := userlandtest.NewSystem(t)
				system.Limits.MaxSteps = 2000
				got := userlandtest.Run(system, pods, "sh", "-c", test.script)
				system.Close()
				if test.code == 1 {
					got.Output = test.want[:strings.Index(test.want, "sh:")] + got.Output[strings.Index(got.Output, "sh:"):]
				}
				if got.Output != test.want || got.Code != test.code {
					t.Errorf("got  %q, %d\nwant %q, %d", got.Output, got.Code, test.want, test.code)
				}
			})
		})
	}
}
