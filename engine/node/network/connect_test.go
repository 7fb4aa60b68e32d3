package network

import (
	"net/netip"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

func TestConnectToAddresses(t *testing.T) {
	withNetwork(t, func(e *environment) {
		e.two.run("10.244.2.5", 8080)
		here := e.from(e.one)
		inPod := Place{Node: "node-2", Address: netip.MustParseAddr("10.244.2.5")}
		for _, test := range []struct {
			from     Place
			to, want string
		}{
			{here, "10.244.2.5:8080", "10.244.2.5:8080"},
			{here, "10.244.2.5:80", "refused"},
			{here, "10.244.2.6:8080", "unanswered"},
			{here, "10.244.9.1:8080", "unanswered"},
			{here, "172.18.0.3:80", "refused"},
			{here, "10.96.0.77:80", "unanswered"},
			{inPod, "127.0.0.1:8080", "10.244.2.5:8080"},
			{here, "127.0.0.1:8080", "refused"},
			{Place{}, "10.244.2.5:8080", "unanswered"},
			{Place{}, "172.18.0.3:22", "refused"},
			{Place{Node: "gone"}, "10.244.2.5:8080", "unanswered"},
			{e.network.ControlPlane(), "10.244.2.5:8080", "10.244.2.5:8080"},
			{inPod, "172.18.0.254:6443", "172.18.0.254:6443"},
			{Place{}, "172.18.0.254:80", "refused"},
		} {
			e.expect(test.from, test.to, test.want)
		}
		e.two.down = true
		e.expect(here, "10.244.2.5:8080", "unanswered")
		e.expect(here, "172.18.0.3:80", "unanswered")
		e.expect(inPod, "127.0.0.1:8080", "10.244.2.5:8080")
		e.network.Detach("node-2")
		e.expect(here, "10.244.2.5:8080", "unanswered")
	})
}

func TestServiceIsRejectedUntilItHasEndpoints(t *testing.T) {
	withNetwork(t, func(e *environment) {
		here := e.from(e.one)
		e.expect(here, "10.96.0.50:80", "unanswered")
		e.service("web", nil)
		e.settle()
		e.expect(here, "10.96.0.50:80", "no endpoints")
		e.expect(here, "10.96.0.50:81", "unanswered")
		e.two.run("10.244.2.5", 8080)
		e.slice("web", pod{node: "node-2", address: "10.244.2.5"})
		e.expect(here, "10.96.0.50:80", "no endpoints")
		e.settle()
		e.expect(here, "10.96.0.50:80", "10.244.2.5:8080")
		e.expect(Place{}, "10.96.0.50:80", "unanswered")
	})
}

// TestPropagation measures when a node applies a change: after the watch and one
// iptables-restore, and for a change soon after another, at least minSyncPeriod
// after the end of the earlier sync.
func TestPropagation(t *testing.T) {
	withNetwork(t, func(e *environment) {
		t := e.t
		here := e.from(e.one)
		e.one.run("10.244.1.5", 8080)
		e.two.run("10.244.2.5", 8080)
		e.service("web", nil)
		e.slice("web", pod{node: "node-1", address: "10.244.1.5"})
		e.settle()
		until := func(want string) time.Duration {
			begin := time.Now()
			for e.connect(here, "10.96.0.50:80") != want {
				if time.Since(begin) > time.Minute {
					t.Fatalf("never %s", want)
				}
				time.Sleep(time.Millisecond)
			}
			return time.Since(begin)
		}
		until("10.244.1.5:8080")
		time.Sleep(10 * time.Second)

		e.slice("web", pod{node: "node-2", address: "10.244.2.5"})
		first := until("10.244.2.5:8080")
		if shortest, longest := watchShortest+restoreShortest, watchLongest+restoreLongest; first < shortest || first > longest {
			t.Errorf("a change after a pause: in force after %s, want %s to %s", first, shortest, longest)
		}
		e.slice("web", pod{node: "node-1", address: "10.244.1.5"})
		second := until("10.244.1.5:8080")
		if longest := minSyncPeriod + restoreLongest + time.Millisecond; second < minSyncPeriod || second > longest {
			t.Errorf("a change right after it: in force after %s, want %s to %s", second, minSyncPeriod, longest)
		}
	})
}

func TestNodesLearnOfChangesByThemselves(t *testing.T) {
	withNetwork(t, func(e *environment) {
		t := e.t
		e.service("web", nil)
		e.settle()
		e.expect(e.from(e.one), "10.96.0.50:80", "no endpoints")
		e.expect(e.from(e.two), "10.96.0.50:80", "no endpoints")
		e.one.run("10.244.1.5", 8080)
		e.slice("web", pod{node: "node-1", address: "10.244.1.5"})
		differed := false
		for range 1000 {
			time.Sleep(time.Millisecond)
			differed = differed || e.connect(e.from(e.one), "10.96.0.50:80") != e.connect(e.from(e.two), "10.96.0.50:80")
		}
		if !differed {
			t.Error("the nodes were never of different knowledge")
		}
		e.expect(e.from(e.one), "10.96.0.50:80", "10.244.1.5:8080")
		e.expect(e.from(e.two), "10.96.0.50:80", "10.244.1.5:8080")
	})
}

func TestTerminatingEndpointsServeWhenNoneIsReady(t *testing.T) {
	withNetwork(t, func(e *environment) {
		here := e.from(e.one)
		e.one.run("10.244.1.5", 8080)
		e.two.run("10.244.2.5", 8080)
		e.service("web", nil)
		e.slice("web", pod{node: "node-1", address: "10.244.1.5"}, pod{node: "node-2", address: "10.244.2.5", terminating: true})
		e.settle()
		for range 50 {
			e.expect(here, "10.96.0.50:80", "10.244.1.5:8080")
		}
		e.slice("web", pod{node: "node-1", address: "10.244.1.5", notReady: true}, pod{node: "node-2", address: "10.244.2.5", terminating: true})
		e.settle()
		for range 50 {
			e.expect(here, "10.96.0.50:80", "10.244.2.5:8080")
		}
		e.slice("web", pod{node: "node-2", address: "10.244.2.5", terminating: true, notReady: true})
		e.settle()
		e.expect(here, "10.96.0.50:80", "no endpoints")
	})
}

func TestTrafficPolicies(t *testing.T) {
	withNetwork(t, func(e *environment) {
		e.one.run("10.244.1.5", 8080)
		e.service("web", func(spec *corev1.ServiceSpec) {
			local := corev1.ServiceInternalTrafficPolicyLocal
			spec.Type, spec.Ports[0].NodePort = corev1.ServiceTypeNodePort, 30080
			spec.InternalTrafficPolicy, spec.ExternalTrafficPolicy = &local, corev1.ServiceExternalTrafficPolicyLocal
		})
		e.slice("web", pod{node: "node-1", address: "10.244.1.5"})
		e.settle()
		inPod := Place{Node: "node-2", Address: netip.MustParseAddr("10.244.2.9")}
		for _, test := range []struct {
			from     Place
			to, want string
		}{
			{e.from(e.one), "10.96.0.50:80", "10.244.1.5:8080"},
			{e.from(e.two), "10.96.0.50:80", "unanswered"}, // dropped: no local endpoint
			{Place{}, "172.18.0.2:30080", "10.244.1.5:8080"},
			{Place{}, "172.18.0.3:30080", "unanswered"},
			{e.from(e.one), "172.18.0.3:30080", "unanswered"},
			{e.from(e.two), "172.18.0.3:30080", "10.244.1.5:8080"}, // from the node itself: policy Cluster
			{inPod, "172.18.0.3:30080", "10.244.1.5:8080"},
			{e.from(e.two), "127.0.0.1:30080", "10.244.1.5:8080"},
			{Place{}, "172.18.0.2:30081", "refused"},
		} {
			e.expect(test.from, test.to, test.want)
		}
		e.slice("web", pod{node: "node-1", address: "10.244.1.5", notReady: true})
		e.settle()
		e.expect(Place{}, "172.18.0.3:30080", "no endpoints")
		e.expect(e.from(e.two), "10.96.0.50:80", "no endpoints")
	})
}

func TestSessionAffinity(t *testing.T) {
	withNetwork(t, func(e *environment) {
		t := e.t
		var pods []pod
		for _, address := range []string{"10.244.1.5", "10.244.1.6", "10.244.1.7", "10.244.1.8"} {
			e.one.run(address, 8080)
			pods = append(pods, pod{node: "node-1", address: address})
		}
		e.service("web", func(spec *corev1.ServiceSpec) {
			seconds := int32(60)
			spec.SessionAffinity = corev1.ServiceAffinityClientIP
			spec.SessionAffinityConfig = &corev1.SessionAffinityConfig{ClientIP: &corev1.ClientIPConfig{TimeoutSeconds: &seconds}}
		})
		e.slice("web", pods...)
		e.settle()
		client := func(last byte) Place {
			return Place{Node: "node-1", Address: netip.AddrFrom4([4]byte{10, 244, 1, last})}
		}
		chosen := map[string]bool{}
		for last := range byte(40) {
			first := e.connect(client(last), "10.96.0.50:80")
			chosen[first] = true
			for range 20 {
				time.Sleep(time.Second)
				e.expect(client(last), "10.96.0.50:80", first)
			}
		}
		if len(chosen) != len(pods) {
			t.Errorf("40 clients were given %d endpoints, want %d", len(chosen), len(pods))
		}
		moved := false
		for range 40 {
			before := e.connect(client(1), "10.96.0.50:80")
			time.Sleep(61 * time.Second)
			moved = moved || e.connect(client(1), "10.96.0.50:80") != before
		}
		if !moved {
			t.Error("affinity never ended, though its time-out had passed")
		}
		stuck := e.connect(client(1), "10.96.0.50:80")
		var others []pod
		for _, one := range pods {
			if one.address+":8080" != stuck {
				others = append(others, one)
			}
		}
		e.slice("web", others...)
		e.settle()
		if now := e.connect(client(1), "10.96.0.50:80"); now == stuck {
			t.Errorf("still at %s, which is no endpoint any more", now)
		}
	})
}

func TestAffinityIsBounded(t *testing.T) {
	p := &proxier{affinity: map[affinityKey]affinityEntry{}, random: newProxierRandom(1, "node-1")}
	address := netip.MustParseAddr("10.244.0.1")
	for range maxAffinities + 50 {
		address = address.Next()
		p.stick(affinityKey{source: address}, []netip.AddrPort{netip.AddrPortFrom(address, 80)}, time.Hour)
	}
	if len(p.affinity) != maxAffinities {
		t.Errorf("got %d clients remembered, want %d", len(p.affinity), maxAffinities)
	}
	if _, known := p.affinity[affinityKey{source: address}]; !known {
		t.Error("the newest client was forgotten")
	}
}
