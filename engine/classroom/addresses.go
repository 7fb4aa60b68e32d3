package classroom

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Addresses returns where a server that listens on an address is reached, such as
// "http://192.168.1.5:8080/". For one that listens on all addresses of this machine
// these are the private ones that other machines reach.
func Addresses(listener net.Addr) ([]string, error) {
	at, err := netip.ParseAddrPort(listener.String())
	if err != nil {
		return nil, err
	}
	if !at.Addr().Unmap().IsUnspecified() {
		return []string{urlOf(netip.AddrPortFrom(at.Addr().Unmap(), at.Port()))}, nil
	}
	own, err := net.InterfaceAddrs()
	if err != nil {
		return nil, err
	}
	var addresses []string
	for _, address := range reachable(own) {
		addresses = append(addresses, urlOf(netip.AddrPortFrom(address, at.Port())))
	}
	return addresses, nil
}

// reachable returns the addresses under which other machines reach this one, private
// ones first. Those of IPv6 are left out: nobody reads one out in a classroom.
func reachable(own []net.Addr) []netip.Addr {
	var private, other []netip.Addr
	for _, address := range own {
		prefix, err := netip.ParsePrefix(address.String())
		switch {
		case err != nil || !prefix.Addr().Is4() || !prefix.Addr().IsGlobalUnicast():
		case prefix.Addr().IsPrivate():
			private = append(private, prefix.Addr())
		default:
			other = append(other, prefix.Addr())
		}
	}
	slices.SortFunc(private, netip.Addr.Compare)
	slices.SortFunc(other, netip.Addr.Compare)
	return slices.Compact(append(private, other...))
}

func urlOf(at netip.AddrPort) string {
	return "http://" + at.String() + "/"
}

// fromThisMachine reports whether a request comes from the machine that serves it and
// names it by a loopback address: a page elsewhere whose name was pointed here does not.
func fromThisMachine(request *http.Request) bool {
	remote, err := netip.ParseAddrPort(request.RemoteAddr)
	if err != nil || !remote.Addr().Unmap().IsLoopback() {
		return false
	}
	host := request.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	named, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && named.IsLoopback()
}
