package apiserver

import (
	"errors"
	"fmt"
	"net"
	"net/http"

	corev1 "k8s.io/api/core/v1"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/registry/generic"
	"k8s.io/apiserver/pkg/registry/rest"
	genericapiserver "k8s.io/apiserver/pkg/server"
	serverstorage "k8s.io/apiserver/pkg/server/storage"
	"k8s.io/apiserver/pkg/util/proxy"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	clientrest "k8s.io/client-go/rest"
	api "k8s.io/kubernetes/pkg/apis/core"
	kubeletclient "k8s.io/kubernetes/pkg/kubelet/client"
	"k8s.io/kubernetes/pkg/registry/core/componentstatus"
	endpointsstore "k8s.io/kubernetes/pkg/registry/core/endpoint/storage"
	limitrangestore "k8s.io/kubernetes/pkg/registry/core/limitrange/storage"
	noderest "k8s.io/kubernetes/pkg/registry/core/node/rest"
	nodestore "k8s.io/kubernetes/pkg/registry/core/node/storage"
	pvstore "k8s.io/kubernetes/pkg/registry/core/persistentvolume/storage"
	pvcstore "k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim/storage"
	podstore "k8s.io/kubernetes/pkg/registry/core/pod/storage"
	podtemplatestore "k8s.io/kubernetes/pkg/registry/core/podtemplate/storage"
	controllerstore "k8s.io/kubernetes/pkg/registry/core/replicationcontroller/storage"
	corerest "k8s.io/kubernetes/pkg/registry/core/rest"
	"k8s.io/kubernetes/pkg/registry/core/service/ipallocator"
	"k8s.io/kubernetes/pkg/registry/core/service/portallocator"
	servicestore "k8s.io/kubernetes/pkg/registry/core/service/storage"
	accountstore "k8s.io/kubernetes/pkg/registry/core/serviceaccount/storage"
)

// The ranges are the defaults of kubeadm and of kube-apiserver.
var (
	serviceRange   = net.IPNet{IP: net.IPv4(10, 96, 0, 0).To4(), Mask: net.CIDRMask(12, 32)}
	apiServiceIP   = net.IPv4(10, 96, 0, 1)
	nodePortRange  = utilnet.PortRange{Base: 30000, Size: 2768}
	controlPlaneIP = net.IPv4(172, 18, 0, 254)
)

const (
	apiServicePort   = 443
	controlPlanePort = 6443
)

// coreStorage provides the REST storage of the core group. Upstream's own
// provider (pkg/registry/core/rest.New) keeps the allocated node ports in etcd,
// which it dials itself; this one composes the same storage with upstream's
// in-memory allocator of node ports. Cluster IPs are allocated as IPAddress
// objects, as upstream does by default since v1.33.
type coreStorage struct {
	loopback    *clientrest.Config
	client      kubernetes.Interface
	informers   informers.SharedInformerFactory
	authorizer  authorizer.Authorizer
	tokens      *serviceAccountTokens
	nodes       kubeletclient.ConnectionInfoGetter
	proxy       http.RoundTripper
	nodePorts   *portallocator.PortAllocator
	sliceGetter proxy.EndpointSliceGetter
}

// NewRESTStorage returns the resources of v1.
func (c coreStorage) NewRESTStorage(resources serverstorage.APIResourceConfigSource, options generic.RESTOptionsGetter) (genericapiserver.APIGroupInfo, error) {
	common := &corerest.GenericConfig{
		EventTTL:             eventTTL,
		LoopbackClientConfig: c.loopback,
		Informers:            c.informers,
	}
	group, err := common.NewRESTStorage(resources, options)
	if err != nil {
		return group, err
	}
	storage := group.VersionedResourcesStorageMap["v1"]
	secrets, ok := storage["secrets"].(rest.Getter)
	if !ok {
		return group, errors.New("the storage of secrets has none to get")
	}

	podTemplates, err := podtemplatestore.NewREST(options)
	if err != nil {
		return group, err
	}
	storage["podtemplates"] = podTemplates

	limitRanges, err := limitrangestore.NewREST(options)
	if err != nil {
		return group, err
	}
	storage["limitranges"] = limitRanges

	volumes, volumeStatus, err := pvstore.NewREST(options)
	if err != nil {
		return group, err
	}
	storage["persistentvolumes"] = volumes
	storage["persistentvolumes/status"] = volumeStatus

	claims, claimStatus, err := pvcstore.NewREST(options)
	if err != nil {
		return group, err
	}
	storage["persistentvolumeclaims"] = claims
	storage["persistentvolumeclaims/status"] = claimStatus

	endpoints, err := endpointsstore.NewREST(options)
	if err != nil {
		return group, err
	}
	storage["endpoints"] = endpoints

	controllers, err := controllerstore.NewStorage(options)
	if err != nil {
		return group, err
	}
	storage["replicationcontrollers"] = controllers.Controller
	storage["replicationcontrollers/status"] = controllers.Status
	storage["replicationcontrollers/scale"] = controllers.Scale

	nodes, err := nodestore.NewStorage(options, kubeletclient.KubeletClientConfig{
		Port:                  10250,
		PreferredAddressTypes: []string{string(corev1.NodeInternalIP), string(corev1.NodeHostName)},
	}, c.proxy)
	if err != nil {
		return group, err
	}
	storage["nodes"] = nodes.Node
	storage["nodes/status"] = nodes.Status
	storage["nodes/proxy"] = &noderest.ProxyREST{Store: nodes.Node.Store, Connection: c.nodes, ProxyTransport: c.proxy}
	storage["componentstatuses"] = componentstatus.NewStorage(components)

	pods, err := podstore.NewStorage(options, c.nodes, c.proxy, c.client.PolicyV1(), c.authorizer)
	if err != nil {
		return group, err
	}
	storage["pods"] = pods.Pod
	storage["pods/status"] = pods.Status
	storage["pods/log"] = pods.Log
	storage["pods/attach"] = pods.Attach
	storage["pods/exec"] = pods.Exec
	storage["pods/portforward"] = pods.PortForward
	storage["pods/proxy"] = pods.Proxy
	storage["pods/binding"] = pods.Binding
	storage["pods/eviction"] = pods.Eviction
	storage["pods/ephemeralcontainers"] = pods.EphemeralContainers
	storage["pods/resize"] = pods.Resize
	storage["bindings"] = pods.LegacyBinding

	webhooks := c.client.AdmissionregistrationV1()
	accounts, err := accountstore.NewREST(options, c.tokens, authenticator.Audiences{tokenIssuer}, c.authorizer, 0,
		pods.Pod.Store, secrets, nodes.Node.Store, webhooks.ValidatingWebhookConfigurations(), webhooks.MutatingWebhookConfigurations(),
		true, tokenExtension)
	if err != nil {
		return group, err
	}
	storage["serviceaccounts"] = accounts
	storage["serviceaccounts/token"] = accounts.Token

	addresses, err := ipallocator.NewMetaAllocator(
		c.client.NetworkingV1(),
		c.informers.Networking().V1().ServiceCIDRs(),
		c.informers.Networking().V1().IPAddresses(),
		false,
		nil,
	)
	if err != nil {
		return group, fmt.Errorf("create the allocator of cluster IPs: %w", err)
	}
	services, serviceStatus, serviceProxy, err := servicestore.NewREST(
		options,
		addresses.IPFamily(),
		map[api.IPFamily]ipallocator.Interface{addresses.IPFamily(): addresses},
		c.nodePorts,
		c.sliceGetter,
		pods.Pod,
		c.proxy,
	)
	if err != nil {
		return group, err
	}
	storage["services"] = services
	storage["services/status"] = serviceStatus
	storage["services/proxy"] = serviceProxy
	return group, nil
}
