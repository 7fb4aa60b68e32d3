package process

import (
	"net/netip"
	"slices"
	"strings"

	"tabernetes/engine/userland/filesystem"
)

// HostOf finds the first IPv4 address of a name in /etc/hosts.
func HostOf(files *filesystem.FileSystem, name string) (netip.Addr, bool) {
	text, err := files.ReadFile("/etc/hosts")
	if err != nil {
		return netip.Addr{}, false
	}
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) < 2 || !slices.ContainsFunc(words[1:], func(word string) bool { return strings.EqualFold(word, name) }) {
			continue
		}
		if address, err := netip.ParseAddr(words[0]); err == nil && address.Is4() {
			return address, true
		}
	}
	return netip.Addr{}, false
}
