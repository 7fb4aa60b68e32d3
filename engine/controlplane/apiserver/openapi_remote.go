package apiserver

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/labels"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/client-go/transport"
	apiregistrationv1 "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	"k8s.io/kube-aggregator/pkg/apis/apiregistration/v1/helper"
	aggregatorapiserver "k8s.io/kube-aggregator/pkg/apiserver"
	apiregistrationlisters "k8s.io/kube-aggregator/pkg/client/listers/apiregistration/v1"
	"k8s.io/kube-aggregator/pkg/controllers/status/remote"
	"k8s.io/kube-openapi/pkg/handler3"

	"tabernetes/engine/inprocess"
)

// aggregatorUser is in whose name upstream's aggregator asks for documents.
const aggregatorUser = "system:aggregator"

// remoteIndexTimeout bounds the wait for the index of a server behind an APIService.
const remoteIndexTimeout = 5 * time.Second

// remoteDocuments are the OpenAPI v3 documents of the servers behind an APIService. They
// are asked for when somebody asks here, where upstream's controller downloads the
// indexes ahead (k8s.io/kube-aggregator/pkg/controllers/openapiv3). Those of v2 are left
// out: what asks for it is older than they are.
type remoteDocuments struct {
	services apiregistrationlisters.APIServiceLister
	resolver aggregatorapiserver.ServiceResolver
	// dial is one, as transports are kept by it.
	dial *transport.DialHolder
}

// available returns the APIServices that lead elsewhere and answer.
func (r *remoteDocuments) available() ([]*apiregistrationv1.APIService, error) {
	all, err := r.services.List(labels.Everything())
	if err != nil {
		return nil, fmt.Errorf("list APIServices: %w", err)
	}
	var found []*apiregistrationv1.APIService
	for _, one := range all {
		if one.Spec.Service != nil && helper.IsAPIServiceConditionTrue(one, apiregistrationv1.Available) {
			found = append(found, one)
		}
	}
	return found, nil
}

// serve answers a request for the document of a group that an APIService leads
// elsewhere, and reports whether it is one.
func (r *remoteDocuments) serve(response http.ResponseWriter, request *http.Request) bool {
	path, isGroup := strings.CutPrefix(request.URL.Path, openAPIv3Path+"/apis/")
	group, version, hasVersion := strings.Cut(path, "/")
	if !isGroup || !hasVersion {
		return false
	}
	service, err := r.services.Get(version + "." + group)
	if err != nil || service.Spec.Service == nil {
		return false // NotFound is the lister's only error
	}
	location, through, err := r.reach(service)
	if err != nil {
		http.Error(response, err.Error(), http.StatusServiceUnavailable)
		return true
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(asked *httputil.ProxyRequest) { asked.SetURL(location) },
		Transport: through,
		ErrorHandler: func(response http.ResponseWriter, _ *http.Request, err error) {
			http.Error(response, err.Error(), http.StatusServiceUnavailable)
		},
	}
	proxy.ServeHTTP(response, request)
	return true
}

// reach returns where an APIService leads, and the way there.
func (r *remoteDocuments) reach(service *apiregistrationv1.APIService) (*url.URL, http.RoundTripper, error) {
	reference := service.Spec.Service
	location, err := r.resolver.ResolveEndpoint(reference.Namespace, reference.Name, *reference.Port)
	if err != nil {
		return nil, nil, err
	}
	through, err := transport.New(remote.BuildTransportConfig(r.dial, nil, nil, service))
	if err != nil {
		return nil, nil, err
	}
	return &url.URL{Scheme: "https", Host: location.Host}, transport.NewAuthProxyRoundTripper(aggregatorUser, "", nil, nil, through), nil
}

// serveIndex answers with the index of own, and what the other servers add to it.
func (r *remoteDocuments) serveIndex(own http.Handler, response http.ResponseWriter, request *http.Request) {
	services, err := r.available()
	if err != nil {
		http.Error(response, err.Error(), http.StatusInternalServerError)
		return
	}
	if len(services) == 0 {
		own.ServeHTTP(response, request)
		return
	}
	index, err := readIndex(request.Context(), &inprocess.Transport{Handler: own}, &url.URL{Scheme: "http", Host: request.Host})
	if err != nil {
		http.Error(response, err.Error(), http.StatusInternalServerError)
		return
	}
	for _, service := range services {
		path := "apis/" + service.Spec.Group + "/" + service.Spec.Version
		entry, err := r.entry(request.Context(), service, path)
		if err != nil {
			utilruntime.HandleErrorWithContext(request.Context(), err, "Find an OpenAPI document", "apiService", service.Name)
			continue
		}
		index.Paths[path] = entry
	}
	response.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(response).Encode(index); err != nil {
		utilruntime.HandleErrorWithContext(request.Context(), err, "Write the index of the OpenAPI documents")
	}
}

// entry is what the server behind an APIService has in its index for a group.
func (r *remoteDocuments) entry(ctx context.Context, service *apiregistrationv1.APIService, path string) (handler3.OpenAPIV3DiscoveryGroupVersion, error) {
	location, through, err := r.reach(service)
	if err != nil {
		return handler3.OpenAPIV3DiscoveryGroupVersion{}, err
	}
	index, err := readIndex(ctx, through, location)
	if err != nil {
		return handler3.OpenAPIV3DiscoveryGroupVersion{}, err
	}
	entry, known := index.Paths[path]
	if !known {
		return entry, fmt.Errorf("the server has no document %q", path)
	}
	return entry, nil
}

// readIndex reads the index of the OpenAPI v3 documents of a server.
func readIndex(ctx context.Context, through http.RoundTripper, at *url.URL) (*handler3.OpenAPIV3Discovery, error) {
	ctx, cancel := context.WithTimeout(ctx, remoteIndexTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.JoinPath(openAPIv3Path).String(), nil)
	if err != nil {
		return nil, err
	}
	response, err := through.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // it has been read
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("read %q: %s", request.URL, response.Status)
	}
	index := &handler3.OpenAPIV3Discovery{}
	if err := json.NewDecoder(response.Body).Decode(index); err != nil {
		return nil, fmt.Errorf("read %q: %w", request.URL, err)
	}
	return index, nil
}
