package network

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestLookupHost(t *testing.T) {
	withNetwork(t, func(e *environment) {
		t := e.t
		e.service("web", nil)
		e.service("outside", func(spec *corev1.ServiceSpec) {
			*spec = corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "web.default.svc.cluster.local."}
		})
		e.service("lost", func(spec *corev1.ServiceSpec) {
			*spec = corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "example.com"}
		})
		e.service("loop", func(spec *corev1.ServiceSpec) {
			*spec = corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "loop.default.svc.cluster.local"}
		})
		headless := func(spec *corev1.ServiceSpec) {
			spec.ClusterIP, spec.ClusterIPs = corev1.ClusterIPNone, []string{"None"}
		}
		e.service("db", headless)
		e.service("empty", headless)
		e.slice("db",
			pod{node: "node-2", address: "10.244.2.5", hostname: "db-1"},
			pod{node: "node-1", address: "10.244.1.5", hostname: "db-0"},
			pod{node: "node-1", address: "10.244.1.6"},
			pod{node: "node-1", address: "10.244.1.7", hostname: "db-2", notReady: true},
		)
		e.settle()
		inPod := Place{Node: "node-1", Namespace: "default", ClusterDNS: true}
		elsewhere := Place{Node: "node-1", Namespace: "team", ClusterDNS: true}
		for _, test := range []struct {
			from       Place
			name, want string
		}{
			{inPod, "web", "web.default.svc.cluster.local 10.96.0.50"},
			{inPod, "WEB", "WEB.default.svc.cluster.local 10.96.0.50"},
			{inPod, "web.default", "web.default.svc.cluster.local 10.96.0.50"},
			{inPod, "web.default.svc", "web.default.svc.cluster.local 10.96.0.50"},
			{inPod, "web.default.svc.cluster.local", "web.default.svc.cluster.local 10.96.0.50"},
			{inPod, "web.default.svc.cluster.local.", "web.default.svc.cluster.local 10.96.0.50"},
			{inPod, "web.", "lookup web. on 10.96.0.10:53: no such host"},
			{elsewhere, "web", "lookup web on 10.96.0.10:53: no such host"},
			{elsewhere, "web.default", "web.default.svc.cluster.local 10.96.0.50"},
			{inPod, "db", "db.default.svc.cluster.local 10.244.1.5 10.244.1.6 10.244.2.5"},
			{inPod, "db-0.db", "db-0.db.default.svc.cluster.local 10.244.1.5"},
			{inPod, "10-244-1-6.db", "10-244-1-6.db.default.svc.cluster.local 10.244.1.6"},
			{inPod, "db-2.db", "lookup db-2.db on 10.96.0.10:53: no such host"},
			{inPod, "db-0.web", "lookup db-0.web on 10.96.0.10:53: no such host"},
			{inPod, "empty", "lookup empty on 10.96.0.10:53: no such host"},
			{inPod, "outside", "web.default.svc.cluster.local 10.96.0.50"},
			{inPod, "lost", "lookup lost on 10.96.0.10:53: no such host"},
			{inPod, "loop", "lookup loop on 10.96.0.10:53: no such host"},
			{inPod, "10-244-9-9.default.pod", "10-244-9-9.default.pod.cluster.local 10.244.9.9"},
			{inPod, "node-2", "node-2 172.18.0.3"},
			{inPod, "localhost", "localhost 127.0.0.1"},
			{inPod, "10.1.2.3", "10.1.2.3 10.1.2.3"},
			{Place{Node: "node-1"}, "web", "lookup web: no such host"},
			{Place{Node: "node-1"}, "web.default.svc.cluster.local", "lookup web.default.svc.cluster.local: no such host"},
			{Place{}, "node-1", "node-1 172.18.0.2"},
		} {
			found, err := e.network.LookupHost(test.from, test.name)
			got := found.Name
			for _, address := range found.Addresses {
				got += " " + address.String()
			}
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("look up %q in namespace %q: got %s, want %s", test.name, test.from.Namespace, got, test.want)
			}
		}
		found, err := e.network.LookupHost(inPod, "outside")
		if err != nil || strings.Join(found.Aliases, " ") != "outside.default.svc.cluster.local" {
			t.Errorf("look up an alias: got aliases %v, error %v", found.Aliases, err)
		}
	})
}
