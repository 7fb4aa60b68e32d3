package network

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
)

// environment is a network with two nodes, over client-go's fake clientset.
type environment struct {
	t       *testing.T
	client  *fake.Clientset
	network *Network
	one     *testMachine
	two     *testMachine
}

// withNetwork runs a test on the virtual clock of a synctest bubble.
func withNetwork(t *testing.T, test func(*environment)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		client := fake.NewClientset()
		factory := informers.NewSharedInformerFactory(client, 0)
		master := newTestMachine("control-plane", "172.18.0.254", "172.18.0.254/32")
		master.run("172.18.0.254", 6443)
		made, err := New(Options{Informers: factory, Seed: 1, ControlPlane: master})
		if err != nil {
			t.Fatal(err)
		}
		e := &environment{
			t: t, client: client, network: made,
			one: newTestMachine("node-1", "172.18.0.2", "10.244.1.0/24"),
			two: newTestMachine("node-2", "172.18.0.3", "10.244.2.0/24"),
		}
		made.Attach(e.two)
		made.Attach(e.one)
		ctx, cancel := context.WithCancel(context.Background())
		factory.StartWithContext(ctx)
		factory.WaitForCacheSync(ctx.Done())
		ended := make(chan error)
		go func() { ended <- made.Run(ctx) }()
		defer func() {
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			factory.Shutdown()
		}()
		synctest.Wait()
		test(e)
	})
}

// settle lets every change become known on every node.
func (e *environment) settle() {
	time.Sleep(5 * time.Second)
	synctest.Wait()
}

func (e *environment) service(name string, change func(*corev1.ServiceSpec)) {
	e.t.Helper()
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name},
		Spec: corev1.ServiceSpec{
			Type: corev1.ServiceTypeClusterIP, ClusterIP: "10.96.0.50", ClusterIPs: []string{"10.96.0.50"},
			IPFamilies: []corev1.IPFamily{corev1.IPv4Protocol}, SessionAffinity: corev1.ServiceAffinityNone,
			Ports: []corev1.ServicePort{{Name: "http", Protocol: corev1.ProtocolTCP, Port: 80, TargetPort: intstr.FromInt32(8080)}},
		},
	}
	if change != nil {
		change(&service.Spec)
	}
	if _, err := e.client.CoreV1().Services("default").Create(e.t.Context(), service, metav1.CreateOptions{}); err != nil {
		e.t.Fatal(err)
	}
}

// pod is an endpoint in a slice: its node, address and conditions.
type pod struct {
	node, address, hostname string
	notReady, terminating   bool
}

func (e *environment) slice(service string, pods ...pod) {
	e.t.Helper()
	port, name, protocol := int32(8080), "http", corev1.ProtocolTCP
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "default", Name: service + "-1",
			Labels: map[string]string{discoveryv1.LabelServiceName: service},
		},
		AddressType: discoveryv1.AddressTypeIPv4,
		Ports:       []discoveryv1.EndpointPort{{Name: &name, Port: &port, Protocol: &protocol}},
	}
	for _, each := range pods {
		ready, serving, terminating := !each.notReady && !each.terminating, !each.notReady, each.terminating
		endpoint := discoveryv1.Endpoint{
			Addresses: []string{each.address}, NodeName: &each.node,
			Conditions: discoveryv1.EndpointConditions{Ready: &ready, Serving: &serving, Terminating: &terminating},
		}
		if each.hostname != "" {
			endpoint.Hostname = &each.hostname
		}
		slice.Endpoints = append(slice.Endpoints, endpoint)
	}
	slices := e.client.DiscoveryV1().EndpointSlices("default")
	_, err := slices.Update(e.t.Context(), slice, metav1.UpdateOptions{})
	if err != nil {
		_, err = slices.Create(e.t.Context(), slice, metav1.CreateOptions{})
	}
	if err != nil {
		e.t.Fatal(err)
	}
}

// connect opens a connection and returns the address of the peer, or a word for
// the error.
func (e *environment) connect(from Place, to string) string {
	e.t.Helper()
	conn, err := e.network.Connect(from, netip.MustParseAddrPort(to))
	switch {
	case err == nil:
		conn.Close()
		return conn.Peer.Address.String()
	case errors.Is(err, ErrNoEndpoints):
		return "no endpoints"
	case errors.Is(err, ErrRefused):
		return "refused"
	case errors.Is(err, ErrUnanswered):
		return "unanswered"
	}
	return err.Error()
}

func (e *environment) expect(from Place, to, want string) {
	e.t.Helper()
	if got := e.connect(from, to); got != want {
		e.t.Errorf("connect from %q to %s: got %s, want %s", from.Node, to, got, want)
	}
}

func (e *environment) from(m *testMachine) Place {
	return Place{Node: m.name, Address: m.address}
}

// testMachine is a node whose pods listen where a test says so.
type testMachine struct {
	name    string
	address netip.Addr
	podCIDR netip.Prefix
	down    bool
	sockets Sockets
	// pods are the addresses in use, with the ports that are listened on.
	pods map[netip.Addr][]uint16
	// takes is the time of an answer; silent servers speak no HTTP.
	takes  time.Duration
	silent bool
}

func newTestMachine(name, address, podCIDR string) *testMachine {
	own := netip.MustParseAddr(address)
	return &testMachine{name: name, address: own, podCIDR: netip.MustParsePrefix(podCIDR), pods: map[netip.Addr][]uint16{own: nil}}
}

func (m *testMachine) run(address string, ports ...uint16) {
	m.pods[netip.MustParseAddr(address)] = ports
}

func (m *testMachine) Name() string          { return m.name }
func (m *testMachine) Address() netip.Addr   { return m.address }
func (m *testMachine) PodCIDR() netip.Prefix { return m.podCIDR }
func (m *testMachine) Up() bool              { return !m.down }

func (m *testMachine) Accept(to netip.AddrPort) (*Conn, error) {
	if to.Addr().IsLoopback() {
		to = netip.AddrPortFrom(m.address, to.Port())
	}
	ports, known := m.pods[to.Addr()]
	if !known {
		return nil, ErrUnanswered
	}
	for _, port := range ports {
		if port == to.Port() {
			return m.sockets.Open(m, Peer{Address: to, Node: m.name}), nil
		}
	}
	return nil, ErrRefused
}

func (m *testMachine) Answer(request *http.Request) (Answer, bool) {
	return Answer{Status: http.StatusOK, Body: strings.Repeat("x", len(request.URL.Path)), Takes: m.takes}, !m.silent
}
