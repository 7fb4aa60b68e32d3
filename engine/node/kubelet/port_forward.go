package kubelet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/cri-streaming/pkg/streaming/portforward"

	"tabernetes/engine/node/network"
)

// servePortForward leads the streams of a client to ports of a pod, with upstream's
// server: over SPDY, and over the older WebSocket protocols. The API server translates
// the SPDY that newer clients tunnel through WebSockets.
func (k *Kubelet) servePortForward(response http.ResponseWriter, request *http.Request) {
	options, err := portforward.NewV4Options(request)
	if err != nil {
		http.Error(response, err.Error(), http.StatusBadRequest)
		return
	}
	k.loop.Lock()
	w := k.Pod(request.PathValue("namespace"), request.PathValue("pod"))
	k.loop.Unlock()
	if w == nil {
		http.Error(response, "pod does not exist", http.StatusNotFound)
		return
	}
	portforward.ServePortForward(response, request, portForwarder{k}, w.Object().Name, string(w.Object().UID), options,
		streamIdleTimeout, streamCreationTimeout, portforward.SupportedProtocols)
}

// portForwarder implements portforward.PortForwarder.
type portForwarder struct{ kubelet *Kubelet }

// PortForward copies between a stream of a client and a port of a pod until one of
// them ends. The error is containerd's.
func (f portForwarder) PortForward(ctx context.Context, name, uid string, port int32, stream io.ReadWriteCloser) error {
	defer stream.Close() //nolint:errcheck // the client has gone
	conn, err := f.kubelet.connectWithin(types.UID(uid), port)
	if err != nil {
		return fmt.Errorf("error forwarding port %d to pod %s, uid %s: failed to execute portforward in network namespace: "+
			"failed to connect to localhost:%d inside namespace: %w", port, name, uid, port, err)
	}
	there := conn.Stream()
	stop := context.AfterFunc(ctx, func() { _ = there.Close() })
	defer stop()
	var copying sync.WaitGroup
	copying.Go(func() {
		_, _ = io.Copy(there, stream) // an end of either side is no error
	})
	_, err = io.Copy(stream, there)
	_ = there.Close()
	_ = stream.Close()
	copying.Wait()
	if errors.Is(err, io.ErrClosedPipe) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// connectWithin opens a connection to a port of a pod from within its network.
func (k *Kubelet) connectWithin(uid types.UID, port int32) (*network.Conn, error) {
	at := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port))
	k.loop.Lock()
	defer k.loop.Unlock()
	k.loop.Advance()
	w := k.pods[uid]
	if w == nil || !w.HasSandbox() {
		return nil, network.ErrUnanswered
	}
	if !w.HasAddress() {
		// The network is the node's, where other pods may listen.
		for _, other := range k.Pods() {
			if conn, err := other.AcceptForHost(at); err == nil {
				return conn, nil
			}
		}
	} else if conn, err := w.Accept(port, at); err == nil {
		return conn, nil
	}
	return nil, &net.OpError{Op: "dial", Net: "tcp4", Addr: net.TCPAddrFromAddrPort(at), Err: os.NewSyscallError("connect", network.ErrRefused)}
}
