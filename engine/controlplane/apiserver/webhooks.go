package apiserver

import (
	"context"
	"net"

	noopoteltrace "go.opentelemetry.io/otel/trace/noop"
	"k8s.io/apiserver/pkg/util/webhook"
	"k8s.io/client-go/informers"
	clientrest "k8s.io/client-go/rest"
	aggregatorapiserver "k8s.io/kube-aggregator/pkg/apiserver"
)

// DialFunc opens a connection as net.Dialer.DialContext does.
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// webhookClients lets webhooks, of admission and of conversion, be called through
// dial: those that are a Service, and those that are a URL, for which upstream's
// clients would use the network of the process.
func webhookClients(loopback *clientrest.Config, dial DialFunc) webhook.AuthenticationInfoResolverWrapper {
	wrap := webhook.NewDefaultAuthenticationInfoResolverWrapper(nil, nil, loopback, noopoteltrace.NewTracerProvider())
	return func(resolver webhook.AuthenticationInfoResolver) webhook.AuthenticationInfoResolver {
		wrapped := wrap(resolver)
		through := func(config *clientrest.Config, err error) (*clientrest.Config, error) {
			if err == nil && config != loopback {
				config.Dial = dial
			}
			return config, err
		}
		return &webhook.AuthenticationInfoResolverDelegator{
			ClientConfigForFunc: func(address string) (*clientrest.Config, error) {
				return through(wrapped.ClientConfigFor(address))
			},
			ClientConfigForServiceFunc: func(name, namespace string, port int) (*clientrest.Config, error) {
				return through(wrapped.ClientConfigForService(name, namespace, port))
			},
		}
	}
}

// clusterIPs finds a Service by its cluster IP, as kube-apiserver does unless it is
// told otherwise.
func clusterIPs(shared informers.SharedInformerFactory) webhook.ServiceResolver {
	return aggregatorapiserver.NewClusterIPServiceResolver(shared.Core().V1().Services().Lister())
}
