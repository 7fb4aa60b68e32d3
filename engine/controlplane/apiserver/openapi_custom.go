package apiserver

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	apiextensionshelpers "k8s.io/apiextensions-apiserver/pkg/apihelpers"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensionslisters "k8s.io/apiextensions-apiserver/pkg/client/listers/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/controller/openapi/builder"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apiserver/pkg/server/mux"
	"k8s.io/kube-openapi/pkg/handler"
	"k8s.io/kube-openapi/pkg/handler3"
	"k8s.io/kube-openapi/pkg/spec3"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

// document is an OpenAPI document, or the index of v3 with the documents of all
// groups.
type document struct {
	handler http.Handler
	// v2 and static are set for the document of v2: its service, and its
	// contents without custom resources.
	v2     *handler.OpenAPIService
	static *spec.Swagger
	// v3 is set where groups of custom resources are served.
	v3 *handler3.OpenAPIService
	// state is the state of the definitions that the document shows, and groups are
	// the groups of custom resources in it.
	state  string
	groups []string
}

// newDocument serves the documents of groups that service will have.
func newDocument(service *handler3.OpenAPIService) *document {
	paths := mux.NewPathRecorderMux("openapi")
	// It returns no error (kube-openapi/pkg/handler3).
	_ = service.RegisterOpenAPIV3VersionedService(openAPIv3Path, paths)
	return &document{handler: paths, v3: service}
}

// follow brings custom resources in the document up to date.
func (d *document) follow(defined *definedDocuments) error {
	if d.state == defined.state {
		return nil
	}
	if d.v2 != nil {
		merged, err := builder.MergeSpecs(d.static, defined.v2...)
		if err != nil {
			return fmt.Errorf("add custom resources to the OpenAPI document: %w", err)
		}
		if err := d.v2.UpdateSpec(merged); err != nil {
			return fmt.Errorf("add custom resources to the OpenAPI document: %w", err)
		}
	}
	if d.v3 != nil {
		for _, group := range d.groups {
			if defined.v3[group] == nil {
				d.v3.DeleteGroupVersion(group)
			}
		}
		d.groups = nil
		for group, spec := range defined.v3 {
			d.v3.UpdateGroupVersion(group, spec)
			d.groups = append(d.groups, group)
		}
	}
	d.state = defined.state
	return nil
}

// definedDocuments is what the definitions of custom resources say in OpenAPI, as
// upstream's controllers of the server of custom resources compute it
// (k8s.io/apiextensions-apiserver/pkg/controller/openapi and openapiv3).
type definedDocuments struct {
	// state tells one set of definitions from another; it is empty if there are
	// none.
	state string
	v2    []*spec.Swagger
	// v3 has the documents by the path of their group and version, such as
	// "apis/example.org/v1".
	v3 map[string]*spec3.OpenAPI
}

// follow computes everything again if a definition has come, gone or changed.
func (d *definedDocuments) follow(definitions apiextensionslisters.CustomResourceDefinitionLister) error {
	all, err := definitions.List(labels.Everything())
	if err != nil {
		return fmt.Errorf("list the definitions of custom resources: %w", err)
	}
	all = slices.DeleteFunc(all, func(definition *apiextensionsv1.CustomResourceDefinition) bool {
		return !apiextensionshelpers.IsCRDConditionTrue(definition, apiextensionsv1.Established)
	})
	slices.SortFunc(all, func(a, b *apiextensionsv1.CustomResourceDefinition) int { return strings.Compare(a.Name, b.Name) })
	var state strings.Builder
	for _, definition := range all {
		fmt.Fprintf(&state, "%s,%d\n", definition.UID, definition.Generation)
	}
	if d.state == state.String() {
		return nil
	}
	next := definedDocuments{state: state.String(), v3: map[string]*spec3.OpenAPI{}}
	groups := map[string][]*spec3.OpenAPI{}
	for _, definition := range all {
		for _, version := range definition.Spec.Versions {
			if !version.Served {
				continue
			}
			swagger, err := builder.BuildOpenAPIV2(definition, version.Name, builder.Options{V2: true, IncludeSelectableFields: true})
			if err != nil {
				return fmt.Errorf("describe %q in OpenAPI v2: %w", definition.Name, err)
			}
			// The document that it is merged with has no defaults either.
			swagger.Definitions = handler.PruneDefaults(swagger.Definitions)
			next.v2 = append(next.v2, swagger)
			v3, err := builder.BuildOpenAPIV3(definition, version.Name, builder.Options{IncludeSelectableFields: true})
			if err != nil {
				return fmt.Errorf("describe %q in OpenAPI v3: %w", definition.Name, err)
			}
			path := "apis/" + definition.Spec.Group + "/" + version.Name
			groups[path] = append(groups[path], v3)
		}
	}
	for path, documents := range groups {
		if next.v3[path], err = builder.MergeSpecsV3(documents...); err != nil {
			return fmt.Errorf("merge the OpenAPI documents of %q: %w", path, err)
		}
	}
	*d = next
	return nil
}
