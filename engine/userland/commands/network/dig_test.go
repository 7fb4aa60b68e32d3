package network_test

import (
	"context"
	"net"
	"testing"

	commands "tabernetes/engine/userland/commands/network"
	"tabernetes/engine/userland/process"
	"tabernetes/engine/userland/userlandtest"
)

// resolving is a network with a name server.
type resolving struct{ network }

func (resolving) Query(_ context.Context, name, kind string) ([]string, error) {
	switch {
	case name == "shop.team.svc.cluster.local" && kind == "A":
		return []string{"shop.team.svc.cluster.local.\t\t30\tIN\tA\t10.96.7.7"}, nil
	case name == "shop.team.svc.cluster.local":
		return nil, nil
	case name == "7.7.96.10.in-addr.arpa" && kind == "PTR":
		return []string{"7.7.96.10.in-addr.arpa.\t\t30\tIN\tPTR\tshop.team.svc.cluster.local."}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func TestDig(t *testing.T) {
	for _, test := range []struct {
		script, want string
		code         int
	}{
		{"dig +short shop.team.svc.cluster.local; dig +short shop", "10.96.7.7\n", 0},
		{"dig +notcp +noall +answer +search shop A", "shop.team.svc.cluster.local.\t\t30\tIN\tA\t10.96.7.7\n", 0},
		{"dig +search +short shop.team; dig +short +search shop.; dig +short -t srv +search shop", "10.96.7.7\n", 0},
		{"dig -x 10.96.7.7 +short @10.96.0.10", "shop.team.svc.cluster.local.\n", 0},
		{"dig +noall +comments gone | grep -o 'status: [A-Z]*'; dig +noall +comments shop.team.svc.cluster.local MX | grep -o 'status: [A-Z]*, \\|ANSWER: .'", "status: NXDOMAIN\nstatus: NOERROR, \nANSWER: 0\n", 0},
		{"dig +noall +question shop.team.svc.cluster.local in srv", ";shop.team.svc.cluster.local.\t\tIN\tSRV\n\n", 0},
		{"dig --bad", "dig: Invalid option: --bad\n", 1},
	} {
		system := userlandtest.NewSystem(t)
		system.Commands["dig"] = process.Command(commands.Dig)
		if err := system.FileSystem.MkdirAll("/etc", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := system.FileSystem.WriteFile("/etc/resolv.conf", []byte("search team.svc.cluster.local svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		system.Network = resolving{}
		got := userlandtest.Run(system, "", "sh", "-c", test.script)
		system.Close()
		if got.Output != test.want || got.Code != test.code {
			t.Errorf("%s:\ngot  %q, %d\nwant %q, %d", test.script, got.Output, got.Code, test.want, test.code)
		}
	}
}
