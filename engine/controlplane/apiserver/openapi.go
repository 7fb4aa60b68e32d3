package apiserver

import (
	"net/http"
	"strings"
	"sync"

	"github.com/emicklei/go-restful/v3"
	apiextensionslisters "k8s.io/apiextensions-apiserver/pkg/client/listers/apiextensions/v1"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/server/mux"
	"k8s.io/apiserver/pkg/server/routes"
	"k8s.io/kube-openapi/pkg/common"
	"k8s.io/kube-openapi/pkg/handler3"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

const (
	openAPIv2Path = "/openapi/v2"
	openAPIv3Path = "/openapi/v3"
)

// openAPI serves the documents that upstream's routes.OpenAPI builds, but builds
// each on its first request: kube-apiserver builds all of them before it is ready,
// which would be half of the start here (RATIONALE.md). Documents of custom
// resources follow their definitions at the next request.
type openAPI struct {
	container   *restful.Container
	definitions apiextensionslisters.CustomResourceDefinitionLister
	v2          *common.Config
	v3          *common.OpenAPIV3Config
	// remote has the documents of the groups that an APIService leads elsewhere.
	remote *remoteDocuments

	mu sync.Mutex
	// built has the documents of built-in resources by path: that of openAPIv3Path
	// serves the index and all groups, that of a group's path only the group.
	// guarded by mu
	built map[string]*document
	// custom serves the documents of groups of custom resources alone. guarded by mu
	custom *document
	// defined is what the definitions say. guarded by mu
	defined definedDocuments
}

// serveOpenAPI replaces what PrepareRun installs unless the configuration says
// SkipOpenAPIInstallation. All groups must be installed before the first request.
func serveOpenAPI(server *Server, v2 *common.Config, v3 *common.OpenAPIV3Config) *openAPI {
	documents := &openAPI{
		container:   allServices(server.builtin, server.extensions.GenericAPIServer, server.aggregator),
		definitions: server.extensions.Informers.Apiextensions().V1().CustomResourceDefinitions().Lister(),
		v2:          v2,
		v3:          v3,
		built:       map[string]*document{},
	}
	paths := server.aggregator.Handler.NonGoRestfulMux
	paths.Handle(openAPIv2Path, documents)
	paths.Handle(openAPIv3Path, documents)
	paths.HandlePrefix(openAPIv3Path+"/", documents)
	return documents
}

// allServices puts the web services of several servers together; those that all
// have, such as /version, once.
func allServices(servers ...*genericapiserver.GenericAPIServer) *restful.Container {
	all := restful.NewContainer()
	paths := map[string]bool{}
	for _, server := range servers {
		for _, service := range server.Handler.GoRestfulContainer.RegisteredWebServices() {
			if !paths[service.RootPath()] {
				paths[service.RootPath()] = true
				all.Add(service)
			}
		}
	}
	return all
}

// forgetDefinitions drops the definitions of all types, a quarter of the live
// memory when a cluster is ready. They are made again when a document is first
// requested.
func (o *openAPI) forgetDefinitions() {
	o.v3.Definitions = nil
	// Upstream's builder leaves a function in its configuration that refers to the
	// builder, and through it to the definitions.
	o.v3.GetOperationIDAndTagsFromRoute = nil
}

// defineV3 makes the definitions as genericapiserver.DefaultOpenAPIV3Config does,
// but once: otherwise upstream's builder makes them for each document.
func (o *openAPI) defineV3() {
	if o.v3.Definitions != nil {
		return
	}
	o.v3.Definitions = o.v3.GetDefinitions(func(name string) spec.Ref {
		defined, _ := o.v3.GetDefinitionName(name)
		return spec.MustCreateRef("#/components/schemas/" + common.EscapeJsonPointer(defined))
	})
}

// ServeHTTP implements http.Handler.
func (o *openAPI) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	if o.remote.serve(response, request) {
		return
	}
	document, err := o.document(request.URL.Path)
	if err != nil {
		http.Error(response, err.Error(), http.StatusInternalServerError)
		return
	}
	if request.URL.Path == openAPIv3Path {
		o.remote.serveIndex(document.handler, response, request)
		return
	}
	document.handler.ServeHTTP(response, request)
}

// document returns the newest document for a path.
func (o *openAPI) document(path string) (*document, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.defined.follow(o.definitions); err != nil {
		return nil, err
	}
	found := o.find(path)
	return found, found.follow(&o.defined)
}

// find returns what serves a path, and builds it first if need be. The caller holds
// mu.
func (o *openAPI) find(path string) *document {
	service := o.service(path)
	switch {
	case o.defined.v3[strings.TrimPrefix(path, openAPIv3Path+"/")] != nil:
		if o.custom == nil {
			o.custom = newDocument(handler3.NewOpenAPIService())
		}
		return o.custom
	case path != openAPIv2Path && service == nil:
		path = openAPIv3Path
	}
	if found, built := o.built[path]; built {
		return found
	}
	// The index serves each built-in group too, but a group that it has is not its
	// own document's to follow, so that one is only built without the index.
	if all, built := o.built[openAPIv3Path]; built && path != openAPIv2Path {
		return all
	}
	paths := mux.NewPathRecorderMux("openapi")
	made := &document{handler: paths}
	switch {
	case path == openAPIv2Path:
		made.v2, made.static = routes.OpenAPI{Config: o.v2}.InstallV2(o.container, paths)
	case service != nil:
		o.defineV3()
		alone := restful.NewContainer()
		alone.Add(service)
		routes.OpenAPI{V3Config: o.v3}.InstallV3(alone, paths)
	default:
		o.defineV3()
		made.v3 = routes.OpenAPI{V3Config: o.v3}.InstallV3(o.container, paths)
	}
	o.built[path] = made
	return made
}

// service returns the web service of the group and version in a document's path,
// such as "/openapi/v3/apis/apps/v1"; nil when there is none.
func (o *openAPI) service(path string) *restful.WebService {
	for _, service := range o.container.RegisteredWebServices() {
		if strings.TrimPrefix(path, openAPIv3Path) == service.RootPath() {
			return service
		}
	}
	return nil
}
