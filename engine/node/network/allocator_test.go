package network

import (
	"errors"
	"net/netip"
	"testing"
)

func mustAllocate(t *testing.T, allocator *Allocator, owner string) netip.Addr {
	t.Helper()
	address, err := allocator.Allocate(owner)
	if err != nil {
		t.Fatalf("allocate for %q: %v", owner, err)
	}
	return address
}

func TestAllocateGoesRoundTheRange(t *testing.T) {
	allocator, err := NewAllocator("10.244.1.0/29")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"10.244.1.2", "10.244.1.3"} {
		if got := mustAllocate(t, allocator, want); got.String() != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
	allocator.Release("10.244.1.2")
	for _, want := range []string{"10.244.1.4", "10.244.1.5", "10.244.1.6", "10.244.1.2"} {
		if got := mustAllocate(t, allocator, "pod"); got.String() != want {
			t.Fatalf("got %s, want %s: a freed address is used last", got, want)
		}
	}
	if _, err := allocator.Allocate("one too many"); !errors.Is(err, ErrExhausted) {
		t.Fatalf("got error %v, want ErrExhausted", err)
	}
	allocator.Release("pod")
	if got, want := allocator.InUse(), 1; got != want {
		t.Fatalf("got %d addresses in use, want %d", got, want)
	}
}

func TestAllocateFailsFromAFullStart(t *testing.T) {
	allocator, err := NewAllocator("10.0.0.0/30")
	if err != nil {
		t.Fatal(err)
	}
	if err := allocator.Reserve(netip.MustParseAddr("10.0.0.2"), "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := allocator.Allocate("b"); !errors.Is(err, ErrExhausted) {
		t.Fatalf("got error %v, want ErrExhausted", err)
	}
}

func TestReserve(t *testing.T) {
	allocator, err := NewAllocator("10.244.3.0/24")
	if err != nil {
		t.Fatal(err)
	}
	address := netip.MustParseAddr("10.244.3.7")
	if err := allocator.Reserve(address, "a"); err != nil {
		t.Fatal(err)
	}
	if err := allocator.Reserve(address, "a"); err != nil {
		t.Fatalf("the same owner again: %v", err)
	}
	if err := allocator.Reserve(address, "b"); err == nil {
		t.Fatal("another owner got an address in use")
	}
	if err := allocator.Reserve(netip.MustParseAddr("10.244.4.7"), "a"); err == nil {
		t.Fatal("an address outside the range was reserved")
	}
	if got, want := mustAllocate(t, allocator, "c").String(), "10.244.3.8"; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
}

func TestNewAllocatorRejects(t *testing.T) {
	for _, cidr := range []string{"", "10.0.0.0", "10.0.0.0/31", "10.0.0.1/32"} {
		if _, err := NewAllocator(cidr); err == nil {
			t.Errorf("%q was accepted", cidr)
		}
	}
}
