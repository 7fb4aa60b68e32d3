package network

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestQuery(t *testing.T) {
	withNetwork(t, func(e *environment) {
		t := e.t
		e.service("web", nil)
		e.service("outside", func(spec *corev1.ServiceSpec) {
			*spec = corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "Example.com"}
		})
		e.service("alias", func(spec *corev1.ServiceSpec) {
			*spec = corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "web.default.svc.cluster.local"}
		})
		e.service("db", func(spec *corev1.ServiceSpec) {
			spec.ClusterIP, spec.ClusterIPs = corev1.ClusterIPNone, []string{"None"}
		})
		e.slice("db",
			pod{node: "node-1", address: "10.244.1.5", hostname: "db-0"},
			pod{node: "node-2", address: "10.244.2.5", hostname: "db-1"},
			pod{node: "node-1", address: "10.244.1.7", hostname: "db-2", notReady: true},
		)
		e.settle()
		const zone = ".default.svc.cluster.local"
		inPod := Place{Node: "node-1", Namespace: "default", ClusterDNS: true}
		for _, test := range []struct {
			from       Place
			name, kind string
			want       string // the types and data of the answers; "NXDOMAIN" without such a name
		}{
			{inPod, "web" + zone, "A", "A 10.96.0.50"},
			{inPod, "WEB" + zone + ".", "A", "A 10.96.0.50"},
			{inPod, "web" + zone, "CNAME", ""},
			{inPod, "web" + zone, "MX", ""},
			{inPod, "web" + zone, "SRV", ""},
			{inPod, "web", "A", "NXDOMAIN"},
			{Place{Node: "node-1"}, "web" + zone, "A", "NXDOMAIN"},
			{Place{Node: "node-1"}, "50.0.96.10.in-addr.arpa", "PTR", "NXDOMAIN"},
			{inPod, "outside" + zone, "A", "CNAME example.com."},
			{inPod, "outside" + zone, "CNAME", "CNAME example.com."},
			{inPod, "alias" + zone, "A", "CNAME web" + zone + ". A 10.96.0.50"},
			{inPod, "_http._tcp.web" + zone, "SRV", "SRV 0 100 80 web" + zone + "."},
			{inPod, "_http._udp.web" + zone, "SRV", "NXDOMAIN"},
			{inPod, "_metrics._tcp.web" + zone, "SRV", "NXDOMAIN"},
			{inPod, "_http._tcp.db" + zone, "SRV", "SRV 0 50 8080 db-0.db" + zone + ". SRV 0 50 8080 db-1.db" + zone + "."},
			{inPod, "50.0.96.10.in-addr.arpa", "PTR", "PTR web" + zone + "."},
			{inPod, "5.2.244.10.in-addr.arpa", "PTR", "PTR db-1.db" + zone + "."},
			{inPod, "9.9.244.10.in-addr.arpa", "PTR", "NXDOMAIN"},
		} {
			answers, err := e.network.NewTransport(test.from).Query(t.Context(), test.name, test.kind)
			var got []string
			for _, answer := range answers {
				fields := strings.Split(answer, "\t")
				got = append(got, fields[len(fields)-2]+" "+fields[len(fields)-1])
			}
			if err != nil {
				got = []string{"NXDOMAIN"}
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("%s %s: got %q, want %q", test.name, test.kind, got, test.want)
			}
		}
	})
}
