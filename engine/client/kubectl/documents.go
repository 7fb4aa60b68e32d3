package kubectl

import (
	"sync"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/cli-runtime/pkg/resource"
	"k8s.io/client-go/openapi"
	"k8s.io/client-go/openapi3"
	"k8s.io/kube-openapi/pkg/spec3"
	"k8s.io/kubectl/pkg/cmd/apply"
	"k8s.io/kubectl/pkg/cmd/util"
	"k8s.io/kubectl/pkg/validation"
)

// documents are the OpenAPI documents that commands have parsed. Upstream's
// apply parses the document of a group three times for each object, which
// takes most of the command's time; a kubectl process could not keep it for
// the next command, this one can.
//
// A document is identified by its address in the server's index, which contains
// the hash of its content: another document has another address.
type documents struct {
	mu sync.Mutex
	// guarded by mu
	parsed map[string]*spec3.OpenAPI
	// supported are the kinds in a document whose fields the server validates, by
	// the document's address. guarded by mu
	supported map[supportKey]bool
}

type supportKey struct {
	address string
	kind    schema.GroupVersionKind
}

func newDocuments() *documents {
	return &documents{parsed: map[string]*spec3.OpenAPI{}, supported: map[supportKey]bool{}}
}

// address is the address of the document of a group and version in the index;
// empty if there is none.
func address(client openapi.Client, version schema.GroupVersion) string {
	paths, err := client.Paths()
	if err != nil {
		return ""
	}
	path := "apis/" + version.String()
	if version.Group == "" {
		path = "api/" + version.Version
	}
	document, found := paths[path]
	if !found {
		return ""
	}
	return document.ServerRelativeURL()
}

// root returns the documents of a client, each parsed once.
func (d *documents) root(client openapi.Client) openapi3.Root {
	return &documentRoot{Root: openapi3.NewRoot(client), client: client, documents: d}
}

type documentRoot struct {
	openapi3.Root
	client    openapi.Client
	documents *documents
}

// GVSpec implements openapi3.Root. What it returns is shared and only read.
func (r *documentRoot) GVSpec(version schema.GroupVersion) (*spec3.OpenAPI, error) {
	at := address(r.client, version)
	r.documents.mu.Lock()
	defer r.documents.mu.Unlock()
	if document, parsed := r.documents.parsed[at]; parsed {
		return document, nil
	}
	document, err := r.Root.GVSpec(version)
	if err == nil && at != "" {
		r.documents.parsed[at] = document
	}
	return document, err
}

// verifier remembers the kinds for which another verifier found that the server
// supports field validation.
type verifier struct {
	resource.Verifier
	client    openapi.Client
	documents *documents
}

// HasSupport implements resource.Verifier.
func (v *verifier) HasSupport(kind schema.GroupVersionKind) error {
	key := supportKey{address: address(v.client, kind.GroupVersion()), kind: kind}
	v.documents.mu.Lock()
	defer v.documents.mu.Unlock()
	if v.documents.supported[key] {
		return nil
	}
	err := v.Verifier.HasSupport(kind)
	if err == nil && key.address != "" {
		v.documents.supported[key] = true
	}
	return err
}

// documentFactory is upstream's factory with a validator that asks documents.
type documentFactory struct {
	util.Factory
	documents *documents
}

// Validator implements util.Factory as upstream's does
// (kubectl/pkg/cmd/util/factory_client_access.go).
func (f *documentFactory) Validator(directive string) (validation.Schema, error) {
	if directive == metav1.FieldValidationIgnore {
		return validation.NullSchema{}, nil
	}
	dynamicClient, err := f.DynamicClient()
	if err != nil {
		return nil, err
	}
	discoveryClient, err := f.ToDiscoveryClient()
	if err != nil {
		return nil, err
	}
	client, err := f.OpenAPIV3Client()
	if err != nil {
		return nil, err
	}
	schemas := validation.ConjunctiveSchema{validation.NewSchemaValidation(f.Factory), validation.NoDoubleKeySchema{}}
	primary := &verifier{
		Verifier:  resource.NewQueryParamVerifierV3(dynamicClient, client, resource.QueryParamFieldValidation),
		client:    client,
		documents: f.documents,
	}
	secondary := resource.NewQueryParamVerifier(dynamicClient, discoveryClient, resource.QueryParamFieldValidation)
	return validation.NewParamVerifyingSchema(schemas, resource.NewFallbackQueryParamVerifier(primary, secondary), directive), nil
}

// replaceApply makes "apply" use the documents that are parsed already.
func replaceApply(command *cobra.Command, factory util.Factory, parsed *documents, streams genericiooptions.IOStreams) {
	flags := apply.NewApplyFlags(streams)
	command.ResetFlags()
	flags.AddFlags(command)
	command.SetGlobalNormalizationFunc(command.Root().GlobalNormalizationFunc())
	command.Run = func(command *cobra.Command, arguments []string) {
		options, err := flags.ToOptions(&documentFactory{Factory: factory, documents: parsed}, command, command.Root().Name(), arguments)
		util.CheckErr(err)
		if client, err := factory.OpenAPIV3Client(); err == nil {
			options.OpenAPIV3Root = parsed.root(client)
		}
		util.CheckErr(options.Validate())
		util.CheckErr(options.Run())
	}
}
