package network

import (
	"errors"
	"fmt"
	"net/netip"
)

// ErrExhausted says that every address of the range is in use.
var ErrExhausted = errors.New("no IP addresses available in range set")

// Allocator hands out the addresses of one CIDR the way the host-local plugin
// of CNI does: one after the other, continuing after the address given out
// last, so that a freed address is not used again at once. The network address,
// the gateway (the first host address) and, for IPv4, the broadcast address are
// never given out.
//
// It is bounded by the size of the range. It is not safe for concurrent use.
type Allocator struct {
	first, last netip.Addr
	previous    netip.Addr
	owners      map[netip.Addr]string
}

// NewAllocator returns an allocator for cidr, for example "10.244.1.0/24". It
// fails when the range has no address to give out.
func NewAllocator(cidr string) (*Allocator, error) {
	prefix, err := netip.ParsePrefix(cidr)
	if err != nil {
		return nil, fmt.Errorf("parse pod CIDR %q: %w", cidr, err)
	}
	prefix = prefix.Masked()
	gateway := prefix.Addr().Next()
	first := gateway.Next()
	last := lastAddress(prefix)
	if prefix.Addr().Is4() {
		last = last.Prev()
	}
	if !prefix.Contains(first) || last.Less(first) {
		return nil, fmt.Errorf("pod CIDR %q has no address for a pod", cidr)
	}
	return &Allocator{first: first, last: last, previous: gateway, owners: map[netip.Addr]string{}}, nil
}

// Allocate gives an address to owner. An owner that calls it twice gets two
// addresses. The error wraps ErrExhausted when none is free.
func (a *Allocator) Allocate(owner string) (netip.Addr, error) {
	address := a.previous
	for {
		address = address.Next()
		if a.last.Less(address) {
			address = a.first
		}
		if _, used := a.owners[address]; !used {
			a.owners[address] = owner
			a.previous = address
			return address, nil
		}
		if address == a.previous || (a.previous.Less(a.first) && address == a.last) {
			return netip.Addr{}, fmt.Errorf("failed to allocate for range 0: %w: %s-%s", ErrExhausted, a.first, a.last)
		}
	}
}

// Reserve marks an address as owner's, for a running pod that is adopted. It fails
// when the address is outside the range or belongs to another owner.
func (a *Allocator) Reserve(address netip.Addr, owner string) error {
	if address.Less(a.first) || a.last.Less(address) {
		return fmt.Errorf("reserve %s for %q: outside %s-%s", address, owner, a.first, a.last)
	}
	if other, used := a.owners[address]; used && other != owner {
		return fmt.Errorf("reserve %s for %q: in use by %q", address, owner, other)
	}
	a.owners[address] = owner
	if a.previous.Less(address) {
		a.previous = address
	}
	return nil
}

// Release frees the addresses of owner.
func (a *Allocator) Release(owner string) {
	for address, other := range a.owners {
		if other == owner {
			delete(a.owners, address)
		}
	}
}

// Owner returns the owner of an address, or the empty string.
func (a *Allocator) Owner(address netip.Addr) string { return a.owners[address] }

// InUse is the number of addresses given out.
func (a *Allocator) InUse() int { return len(a.owners) }

func lastAddress(prefix netip.Prefix) netip.Addr {
	bytes := prefix.Addr().AsSlice()
	for bit := prefix.Bits(); bit < len(bytes)*8; bit++ {
		bytes[bit/8] |= 1 << (7 - bit%8)
	}
	address, _ := netip.AddrFromSlice(bytes)
	return address
}
