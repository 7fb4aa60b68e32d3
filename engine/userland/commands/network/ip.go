package network

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"tabernetes/engine/userland/process"
)

// podPrefix is the length of the prefix of a node's pods.
const podPrefix = 24

// IP shows the addresses, devices and routes of a container, as busybox's ip does. To
// change them takes a privileged container; then it is taken to have been done.
func IP(_ context.Context, i *process.Invocation) int {
	words := slices.DeleteFunc(slices.Clone(i.Args[1:]), func(word string) bool { return word == "-4" || word == "-o" })
	object, command := "", "show"
	if len(words) > 0 {
		object = words[0]
	}
	if len(words) > 1 {
		command = words[1]
	}
	address, found := process.HostOf(i.System.FileSystem, i.System.Hostname)
	show := map[string]func(*process.Invocation, netip.Addr, bool){
		"a": showAddresses, "addr": showAddresses, "address": showAddresses,
		"l": showLinks, "link": showLinks, "r": showRoutes, "route": showRoutes,
	}[object]
	switch {
	case show == nil && !slices.Contains([]string{"neigh", "rule", "tunnel"}, object):
		fmt.Fprintln(i.Stderr, "Usage: ip [OPTIONS] address|route|link|neigh|rule [ARGS]")
		return 1
	case show != nil && slices.Contains([]string{"show", "list", "ls", "s"}, command):
		show(i, address, found)
		return 0
	case show == nil:
		return 0
	case !i.System.Privileged:
		i.Errorf("RTNETLINK answers: Operation not permitted")
		return 2
	}
	return 0
}

func showLinks(i *process.Invocation, address netip.Addr, found bool) {
	devices(i, address, found, false)
}

func showAddresses(i *process.Invocation, address netip.Addr, found bool) {
	devices(i, address, found, true)
}

// devices shows the loopback device and the one that leads to the node.
func devices(i *process.Invocation, address netip.Addr, found, addresses bool) {
	fmt.Fprint(i.Stdout, "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n")
	if addresses {
		fmt.Fprint(i.Stdout, "    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n")
	}
	if !found || !address.Is4() {
		return
	}
	bytes := address.As4()
	fmt.Fprintf(i.Stdout, "2: eth0@if%d: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1500 qdisc noqueue\n    link/ether 0a:58:%02x:%02x:%02x:%02x brd ff:ff:ff:ff:ff:ff\n",
		int(bytes[3])+2, bytes[0], bytes[1], bytes[2], bytes[3])
	if addresses {
		last := bytes
		last[3] = 255
		fmt.Fprintf(i.Stdout, "    inet %s/%d brd %s scope global eth0\n       valid_lft forever preferred_lft forever\n", address, podPrefix, netip.AddrFrom4(last))
	}
}

func showRoutes(i *process.Invocation, address netip.Addr, found bool) {
	if !found {
		return
	}
	network := netip.PrefixFrom(address, podPrefix).Masked()
	fmt.Fprintf(i.Stdout, "default via %s dev eth0\n%s dev eth0 scope link  src %s\n", network.Addr().Next(), network, address)
}
