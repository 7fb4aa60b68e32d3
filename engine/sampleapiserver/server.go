package sampleapiserver

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authentication/request/anonymous"
	"k8s.io/apiserver/pkg/authentication/request/headerrequest"
	"k8s.io/apiserver/pkg/authentication/request/union"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/endpoints/openapi"
	genericapiserver "k8s.io/apiserver/pkg/server"
	genericoptions "k8s.io/apiserver/pkg/server/options"
	"k8s.io/apiserver/pkg/storage/storagebackend"
	clientrest "k8s.io/client-go/rest"
	basecompatibility "k8s.io/component-base/compatibility"
	"k8s.io/sample-apiserver/pkg/admission/plugin/banflunder"
	"k8s.io/sample-apiserver/pkg/admission/wardleinitializer"
	"k8s.io/sample-apiserver/pkg/apis/wardle/v1alpha1"
	sample "k8s.io/sample-apiserver/pkg/apiserver"
	wardle "k8s.io/sample-apiserver/pkg/generated/clientset/versioned"
	wardleinformers "k8s.io/sample-apiserver/pkg/generated/informers/externalversions"
	sampleopenapi "k8s.io/sample-apiserver/pkg/generated/openapi"

	"tabernetes/engine/controlplane/store"
	"tabernetes/engine/inprocess"
)

// storagePrefix is where upstream's program keeps its objects in etcd.
const storagePrefix = "/registry/wardle.example.com"

// version is the version that upstream's program says it has.
const version = "1.2"

// newServer makes upstream's server (k8s.io/sample-apiserver/pkg/cmd/server), with the
// cluster's kind of store in the place of etcd, and without what asks the cluster's API
// server: whether the user may do it has been decided by the API server that passed the
// request on.
func newServer(objects *store.Store, frontProxy netip.Addr, port int) (*genericapiserver.GenericAPIServer, error) {
	config := genericapiserver.NewRecommendedConfig(sample.Codecs)
	config.EffectiveVersion = basecompatibility.NewEffectiveVersionFromString(version, "", "")
	config.ExternalAddress = net.JoinHostPort("localhost", strconv.Itoa(port))
	config.RESTOptionsGetter = store.RESTOptionsGetter{Store: objects, Factory: &genericoptions.SimpleStorageFactory{
		StorageConfig: storagebackend.Config{
			Prefix: storagePrefix, Codec: sample.Codecs.LegacyCodec(v1alpha1.SchemeGroupVersion),
			EncodeVersioner: runtime.NewMultiGroupVersioner(v1alpha1.SchemeGroupVersion, schema.GroupKind{Group: v1alpha1.GroupName}),
		},
	}}
	headers, err := headerrequest.New([]string{"X-Remote-User"}, []string{"X-Remote-Uid"}, []string{"X-Remote-Group"}, []string{"X-Remote-Extra-"})
	if err != nil {
		return nil, fmt.Errorf("read the headers of requests: %w", err)
	}
	handler := &lateHandler{}
	config.LoopbackClientConfig = &clientrest.Config{
		Host: "http://" + config.ExternalAddress, BearerToken: rand.Text(), QPS: -1,
		Transport: &inprocess.Transport{Handler: handler},
	}
	client, err := wardle.NewForConfig(config.LoopbackClientConfig)
	if err != nil {
		return nil, fmt.Errorf("create the loopback client: %w", err)
	}
	informers := wardleinformers.NewSharedInformerFactory(client, 0)
	if config.AdmissionControl, err = banFlunders(informers); err != nil {
		return nil, err
	}
	config.Authentication.Authenticator = union.New(from(frontProxy, headers), anonymous.NewAuthenticator(nil))
	config.Authorization.Authorizer = authorizer.AuthorizerFunc(authorize)
	config.EnableProfiling = false

	namer := openapi.NewDefinitionNamer(sample.Scheme)
	config.OpenAPIConfig = genericapiserver.DefaultOpenAPIConfig(sampleopenapi.GetOpenAPIDefinitions, namer)
	config.OpenAPIConfig.Info.Title = "Wardle"
	config.OpenAPIV3Config = genericapiserver.DefaultOpenAPIV3Config(sampleopenapi.GetOpenAPIDefinitions, namer)
	config.OpenAPIV3Config.Info.Title = "Wardle"

	made, err := (&sample.Config{GenericConfig: config}).Complete().New()
	if err != nil {
		return nil, fmt.Errorf("create the sample API server: %w", err)
	}
	handler.handler = made.GenericAPIServer.Handler
	return made.GenericAPIServer, made.GenericAPIServer.AddPostStartHook("start-sample-server-informers", func(hook genericapiserver.PostStartHookContext) error {
		informers.Start(hook.Done())
		return nil
	})
}

// banFlunders is upstream's admission plugin: a fischer names the flunders that may
// not be.
func banFlunders(informers wardleinformers.SharedInformerFactory) (admission.Interface, error) {
	plugin, err := banflunder.New()
	if err != nil {
		return nil, err
	}
	wardleinitializer.New(informers).Initialize(plugin)
	return plugin, plugin.ValidateInitialization()
}

// lateHandler is the handler of the server, whose client is made before it.
type lateHandler struct{ handler http.Handler }

func (l *lateHandler) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	l.handler.ServeHTTP(writer, request)
}

// from authenticates the requests that come from an address.
func from(address netip.Addr, by authenticator.Request) authenticator.Request {
	return authenticator.RequestFunc(func(request *http.Request) (*authenticator.Response, bool, error) {
		if remote, err := netip.ParseAddrPort(request.RemoteAddr); err != nil || remote.Addr().Unmap() != address {
			return nil, false, nil
		}
		return by.AuthenticateRequest(request)
	})
}

// healthPaths are what upstream's delegating authorizer always allows.
var healthPaths = map[string]bool{"/healthz": true, "/readyz": true, "/livez": true}

func authorize(_ context.Context, asked authorizer.Attributes) (authorizer.Decision, string, error) {
	if asked.GetUser().GetName() != user.Anonymous || !asked.IsResourceRequest() && healthPaths[asked.GetPath()] {
		return authorizer.DecisionAllow, "", nil
	}
	return authorizer.DecisionNoOpinion, "", nil
}
