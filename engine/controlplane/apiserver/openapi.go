package apiserver

import (
	"net/http"
	"strings"
	"sync"

	"github.com/emicklei/go-restful/v3"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/server/mux"
	"k8s.io/apiserver/pkg/server/routes"
	"k8s.io/kube-openapi/pkg/common"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

const (
	openAPIv2Path = "/openapi/v2"
	openAPIv3Path = "/openapi/v3"
)

// openAPI serves the documents that upstream's routes.OpenAPI builds, but builds
// each on its first request: kube-apiserver builds all of them before it is ready,
// which would be half of the start here (RATIONALE.md).
type openAPI struct {
	container *restful.Container
	v2        *common.Config
	v3        *common.OpenAPIV3Config

	mu sync.Mutex
	// built has the handlers of documents by path: that of openAPIv3Path serves
	// the index and all groups, that of a group's path only the group. guarded by
	// mu
	built map[string]http.Handler
}

// serveOpenAPI replaces what PrepareRun installs unless the configuration says
// SkipOpenAPIInstallation. All groups must be installed before the first request.
func serveOpenAPI(server *genericapiserver.GenericAPIServer, v2 *common.Config, v3 *common.OpenAPIV3Config) *openAPI {
	documents := &openAPI{
		container: server.Handler.GoRestfulContainer,
		v2:        v2,
		v3:        v3,
		built:     map[string]http.Handler{},
	}
	paths := server.Handler.NonGoRestfulMux
	paths.Handle(openAPIv2Path, documents)
	paths.Handle(openAPIv3Path, documents)
	paths.HandlePrefix(openAPIv3Path+"/", documents)
	return documents
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
	o.document(request.URL.Path).ServeHTTP(response, request)
}

func (o *openAPI) document(path string) http.Handler {
	o.mu.Lock()
	defer o.mu.Unlock()
	service := o.service(path)
	if path != openAPIv2Path && service == nil {
		path = openAPIv3Path
	}
	if handler, built := o.built[path]; built {
		return handler
	}
	if all, built := o.built[openAPIv3Path]; built && path != openAPIv2Path {
		return all
	}
	handler := mux.NewPathRecorderMux("openapi")
	switch {
	case path == openAPIv2Path:
		routes.OpenAPI{Config: o.v2}.InstallV2(o.container, handler)
	case service != nil:
		o.defineV3()
		alone := restful.NewContainer()
		alone.Add(service)
		routes.OpenAPI{V3Config: o.v3}.InstallV3(alone, handler)
	default:
		o.defineV3()
		routes.OpenAPI{V3Config: o.v3}.InstallV3(o.container, handler)
	}
	o.built[path] = handler
	return handler
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
