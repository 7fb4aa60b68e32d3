package network

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strconv"

	corev1 "k8s.io/api/core/v1"
)

// datagramMachine is a machine at which datagrams can arrive. At any other nothing
// listens for them.
type datagramMachine interface {
	// Datagram delivers data to a port of one of the machine's addresses, and returns
	// what is answered at once. The error is ErrRefused when nothing listens there, and
	// ErrUnanswered when there is no answer.
	Datagram(from, to netip.AddrPort, data string) (answer string, err error)
}

// datagramPort is the port that datagrams are sent from.
const datagramPort = firstClientPort

// Datagram sends data over UDP and returns the answer. Services, node ports and host
// ports lead to their endpoints as with connections. Without an answer it waits until
// ctx ends; the error is a *net.DNSError, or a *net.OpError as that of a connected
// socket.
func (t *Transport) Datagram(ctx context.Context, address, data string) (string, error) {
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return "", &net.OpError{Op: "dial", Net: "udp", Err: err}
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return "", &net.OpError{Op: "dial", Net: "udp", Err: &net.AddrError{Err: "invalid port", Addr: service}}
	}
	found, err := t.Network.LookupHost(t.From, host)
	if err != nil {
		return "", &net.OpError{Op: "dial", Net: "udp", Err: err}
	}
	to := netip.AddrPortFrom(found.Addresses[0], uint16(port))
	answer, err := t.Network.datagram(t.From, to, data)
	switch {
	case errors.Is(err, ErrUnanswered):
		<-ctx.Done()
		err = errPatience
	case err != nil:
		err = os.NewSyscallError("read", err)
	default:
		return answer, nil
	}
	return "", &net.OpError{Op: "read", Net: "udp", Addr: net.UDPAddrFromAddrPort(to), Err: err}
}

func (n *Network) datagram(from Place, to netip.AddrPort, data string) (string, error) {
	target, at, err := n.route(corev1.ProtocolUDP, from, to)
	if err != nil {
		return "", err
	}
	machine, ok := target.(datagramMachine)
	if !ok {
		return "", ErrRefused
	}
	return machine.Datagram(netip.AddrPortFrom(from.Address, datagramPort), at, data)
}
