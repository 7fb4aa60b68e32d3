package network

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// recordTTL is how many seconds an answer may be kept; kubeadm's option of CoreDNS.
const recordTTL = 30

// Query answers a question of DNS for a full name: "A", "CNAME", "SRV" or "PTR", as
// CoreDNS does. The answers are lines of a master file (RFC 1035, section 5.1). The
// error is a *net.DNSError when there is no such name; a name without such records
// has no answers.
func (t *Transport) Query(_ context.Context, name, kind string) ([]string, error) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	var data []string
	switch kind {
	case "SRV":
		if t.From.ClusterDNS {
			data = t.Network.ports(name)
		}
	case "PTR":
		if t.From.ClusterDNS {
			data = t.Network.namesOf(name)
		}
	default:
		return t.addresses(name, kind)
	}
	if len(data) == 0 && len(t.exists(name)) == 0 {
		return nil, t.From.notFound(name)
	}
	answers := make([]string, len(data))
	for i := range data {
		answers[i] = record(name, kind, data[i])
	}
	return answers, nil
}

func record(name, kind, data string) string {
	return fmt.Sprintf("%s.\t\t%d\tIN\t%s\t%s", name, recordTTL, kind, data)
}

// exists returns what the name leads to: its alias, or its addresses.
func (t *Transport) exists(name string) []string {
	answers, _ := t.addresses(name, "A")
	return answers
}

// addresses answers for addresses, with the aliases that lead to them.
func (t *Transport) addresses(name, kind string) ([]string, error) {
	var answers []string
	for range maxAliases {
		found, alias := t.Network.query(t.From, name)
		if alias == "" {
			if len(found) == 0 && len(answers) == 0 {
				return nil, t.From.notFound(name)
			}
			if kind == "A" {
				for _, address := range found {
					answers = append(answers, record(name, "A", address.String()))
				}
			}
			return answers, nil
		}
		alias = strings.ToLower(strings.TrimSuffix(alias, "."))
		answers = append(answers, record(name, "CNAME", alias+"."))
		if kind == "CNAME" {
			return answers, nil
		}
		name = alias
	}
	return answers, nil
}

// ports answers for the named ports of a Service: "_http._tcp.web.shop.svc.cluster.local".
func (n *Network) ports(name string) []string {
	inside, _ := strings.CutSuffix(name, "."+clusterDomain)
	parts := strings.Split(inside, ".")
	if len(parts) != 5 || parts[4] != "svc" || !strings.HasPrefix(parts[0], "_") || !strings.HasPrefix(parts[1], "_") {
		return nil
	}
	port, protocol, service, namespace := parts[0][1:], parts[1][1:], parts[2], parts[3]
	object, err := n.services.Services(namespace).Get(service)
	if err != nil {
		return nil
	}
	full := fmt.Sprintf("%s.%s.svc.%s.", service, namespace, clusterDomain)
	var found []string
	if object.Spec.ClusterIP != corev1.ClusterIPNone {
		for _, each := range object.Spec.Ports {
			if each.Name == port && strings.EqualFold(string(each.Protocol), protocol) {
				found = append(found, fmt.Sprintf("0 100 %d %s", each.Port, full))
			}
		}
		return found
	}
	var targets []string
	for _, each := range n.endpoints(namespace, service) {
		for _, at := range each.ports {
			if at.Name != nil && *at.Name == port && at.Port != nil && (at.Protocol == nil || strings.EqualFold(string(*at.Protocol), protocol)) {
				targets = append(targets, fmt.Sprintf("%d %s.%s", *at.Port, each.hostname, full))
			}
		}
	}
	for _, target := range targets {
		// CoreDNS divides a weight of 100 among the targets.
		found = append(found, fmt.Sprintf("0 %d %s", max(1, 100/len(targets)), target))
	}
	return found
}

// namesOf answers for an address, which is written as "4.3.2.1.in-addr.arpa": with
// the Service that has it, or else with the endpoints that do.
func (n *Network) namesOf(name string) []string {
	reversed, ok := strings.CutSuffix(name, ".in-addr.arpa")
	parts := strings.Split(reversed, ".")
	if !ok || len(parts) != net.IPv4len {
		return nil
	}
	address, err := netip.ParseAddr(strings.Join([]string{parts[3], parts[2], parts[1], parts[0]}, "."))
	if err != nil {
		return nil
	}
	services, _ := n.services.List(labels.Everything()) // a lister of an informer cannot fail
	var found []string
	for _, service := range services {
		full := fmt.Sprintf("%s.%s.svc.%s.", service.Name, service.Namespace, clusterDomain)
		if service.Spec.ClusterIP == address.String() {
			return []string{full}
		}
		for _, each := range n.endpoints(service.Namespace, service.Name) {
			if each.address == address {
				found = append(found, each.hostname+"."+full)
			}
		}
	}
	return found
}
