package container

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
)

// clusterDomain and clusterDNS are the values of clusters made by kubeadm.
const (
	clusterDomain = "cluster.local"
	clusterDNS    = "10.96.0.10"
	maxHostname   = 63
)

// hostname is the host name of a pod's containers.
func hostname(pod *corev1.Pod) string {
	name := pod.Name
	switch {
	case pod.Spec.HostnameOverride != nil:
		name = *pod.Spec.HostnameOverride
	case kubecontainer.IsHostNetworkPod(pod):
		return pod.Spec.NodeName
	case pod.Spec.Hostname != "":
		name = pod.Spec.Hostname
	}
	if len(name) > maxHostname {
		name = strings.TrimRight(name[:maxHostname], "-.")
	}
	return name
}

// hostsFile is /etc/hosts as the kubelet writes it.
func hostsFile(pod *corev1.Pod, addresses []string, on Host) string {
	var text bytes.Buffer
	if kubecontainer.IsHostNetworkPod(pod) {
		text.WriteString("# Kubernetes-managed hosts file (host network).\n127.0.0.1\tlocalhost\n")
		fmt.Fprintf(&text, "%s\t%s\n", on.InternalIP(), on.Name())
	} else {
		text.WriteString("# Kubernetes-managed hosts file.\n" +
			"127.0.0.1\tlocalhost\n" +
			"::1\tlocalhost ip6-localhost ip6-loopback\n" +
			"fe00::0\tip6-localnet\n" +
			"fe00::0\tip6-mcastprefix\n" +
			"fe00::1\tip6-allnodes\n" +
			"fe00::2\tip6-allrouters\n")
		name := hostname(pod)
		if pod.Spec.Subdomain != "" && pod.Spec.HostnameOverride == nil {
			name = fmt.Sprintf("%s.%s.%s.svc.%s\t%s", name, pod.Spec.Subdomain, pod.Namespace, clusterDomain, name)
		}
		for _, address := range addresses {
			fmt.Fprintf(&text, "%s\t%s\n", address, name)
		}
	}
	if len(pod.Spec.HostAliases) > 0 {
		text.WriteString("\n# Entries added by HostAliases.\n")
		for _, alias := range pod.Spec.HostAliases {
			fmt.Fprintf(&text, "%s\t%s\n", alias.IP, strings.Join(alias.Hostnames, "\t"))
		}
	}
	return text.String()
}

// usesClusterDNS reports whether the pod's containers use the cluster's DNS.
func usesClusterDNS(pod *corev1.Pod) bool {
	return pod.Spec.DNSPolicy == corev1.DNSClusterFirstWithHostNet ||
		((pod.Spec.DNSPolicy == corev1.DNSClusterFirst || pod.Spec.DNSPolicy == "") && !kubecontainer.IsHostNetworkPod(pod))
}

// resolverConfig is /etc/resolv.conf by the pod's DNS policy
// (pkg/kubelet/network/dns).
func resolverConfig(pod *corev1.Pod) string {
	servers, searches, options := []string{nodeNameServerAddress}, []string(nil), []string(nil)
	switch {
	case usesClusterDNS(pod):
		servers = []string{clusterDNS}
		searches = []string{pod.Namespace + ".svc." + clusterDomain, "svc." + clusterDomain, clusterDomain}
		options = []string{"ndots:5"}
	case pod.Spec.DNSPolicy == corev1.DNSNone:
		servers = nil
	}
	if config := pod.Spec.DNSConfig; config != nil {
		servers, searches = append(servers, config.Nameservers...), append(searches, config.Searches...)
		for _, option := range config.Options {
			text := option.Name
			if option.Value != nil {
				text += ":" + *option.Value
			}
			options = slices.DeleteFunc(options, func(old string) bool { return strings.HasPrefix(old, option.Name+":") || old == option.Name })
			options = append(options, text)
		}
	}
	var text strings.Builder
	if len(searches) > 0 {
		text.WriteString("search " + strings.Join(searches, " ") + "\n")
	}
	for _, server := range servers {
		text.WriteString("nameserver " + server + "\n")
	}
	if len(options) > 0 {
		text.WriteString("options " + strings.Join(options, " ") + "\n")
	}
	return text.String()
}

// nodeNameServerAddress is the name server of the nodes' own network.
const nodeNameServerAddress = "172.18.0.1"
