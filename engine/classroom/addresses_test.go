package classroom

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestReachableAddresses(t *testing.T) {
	var own []net.Addr
	for _, text := range []string{"127.0.0.1/8", "192.168.1.5/24", "192.0.2.8/24", "10.1.2.3/8", "fe80::1/64", "192.168.1.5/24"} {
		address, network, err := net.ParseCIDR(text)
		if err != nil {
			t.Fatal(err)
		}
		own = append(own, &net.IPNet{IP: address, Mask: network.Mask})
	}
	got := reachable(own)
	want := []netip.Addr{netip.MustParseAddr("10.1.2.3"), netip.MustParseAddr("192.168.1.5"), netip.MustParseAddr("192.0.2.8")}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTheAddressOfALoopbackListenerIsItsOwn(t *testing.T) {
	got, err := Addresses(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080})
	if want := []string{"http://127.0.0.1:8080/"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

// TestTerminalCode looks for the three corners that every QR code has.
func TestTerminalCode(t *testing.T) {
	code, err := TerminalCode("http://192.168.1.5:8080/")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(code, "\n"), "\n")
	width := len([]rune(lines[0]))
	if len(lines) != (width+1)/2 {
		t.Errorf("%d lines of %d modules are no square", len(lines), width)
	}
	// Seven dark modules, above the five light ones within.
	const edge, margin = " ▄▄▄▄▄ ", "██"
	if first := lines[1]; !strings.HasPrefix(first, margin+edge) || !strings.HasSuffix(first, edge+margin) {
		t.Errorf("the first line lacks the corners:\n%s", code)
	}
}
