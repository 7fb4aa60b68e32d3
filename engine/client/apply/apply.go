// Package apply does what kubectl apply -f does with a text of manifests: decode
// each object, find its resource by discovery, and create it or patch it by a
// three-way merge with the configuration that was applied last. It reports the
// outcome for every object and, for refused ones, where in the text the fault
// lies.
//
// wasm/controlplane calls it for the page's Apply button; engine/cmd/tabernetes
// may. It knows the API through a rest.Config only.
//
// Merging, decoding, mapping and the annotation are upstream's functions. The
// code between them follows k8s.io/kubectl/pkg/cmd/apply, which is not
// imported itself: it links kustomize, text/template and 140 more packages
// into a program that needs none of them.
package apply

import (
	"context"
	"errors"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"

	"tabernetes/engine/refusal"
)

// Options change how a text is applied. The zero value is kubectl's behaviour
// with a fresh configuration.
type Options struct {
	// Namespace is the namespace of namespaced objects that name none; "" is "default".
	Namespace string
	// Source names the text in error messages, as kubectl names a file; with ""
	// the messages omit that phrase.
	Source string
	// DryRun has the API server answer as if it applied the text, but store nothing:
	// kubectl apply --dry-run=server. The results then contain the objects as they
	// are and as they would be.
	DryRun bool
}

// Outcome says what applying changed.
type Outcome string

// The outcomes, as kubectl prints them.
const (
	Created    Outcome = "created"
	Configured Outcome = "configured"
	Unchanged  Outcome = "unchanged"
)

// Result is the outcome for one object, or for one document that holds none. In
// JSON it is the ApplyResult of web/src/protocol/apply.ts; absent fields are left
// out, which is why it is not passed to JavaScript by vert.
type Result struct {
	// Index counts the results of a text from 0.
	Index int `json:"index"`
	// Kind and Name are "" if the document could not be read that far.
	Kind string `json:"kind,omitempty"`
	// Namespace is "" for a cluster-scoped object.
	Namespace string `json:"namespace"`
	Name      string `json:"name,omitempty"`
	// Outcome is "" when Error is set.
	Outcome Outcome `json:"result,omitempty"`
	Error   *Error  `json:"error,omitempty"`
	// Warnings are those of the API server and of apply itself, never nil.
	Warnings []string `json:"warnings"`
	// Before and After are YAML texts of a dry run, without managed fields and
	// without the last-applied annotation: the object as it is, "" for one
	// that does not exist, and as it would be.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Error says why an object was refused and where the fault lies.
type Error struct {
	// Message is what kubectl prints, without its leading "error: ". Line
	// numbers in it count from the start of the whole text.
	Message string `json:"message"`
	// Line and Column count from 1 in the whole text; 0 is unknown. The place is
	// that of the field at fault or, if the text does not have the field, of the
	// nearest parent that it has.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	// Reason is the reason of the API's status, such as Invalid; else "".
	Reason metav1.StatusReason `json:"reason,omitempty"`
	// Refusal is who has refused the object, nil if it is not valid by itself.
	Refusal *refusal.Refusal `json:"refusal,omitempty"`
}

// Applier applies texts to one API server. It caches discovery, and asks again
// about a text with a kind that is missing from it, or that is not served any more.
// It is safe for concurrent use.
type Applier struct {
	client dynamic.Interface
	mapper *restmapper.DeferredDiscoveryRESTMapper
}

// New makes an Applier over a copy of config; rate limits are dropped, since a
// limiter would wait for cluster time, which may stand still.
func New(config *rest.Config) (*Applier, error) {
	config = rest.CopyConfig(config)
	config.QPS = -1
	config.RateLimiter = nil
	config.WarningHandler = nil
	config.WarningHandlerWithContext = collectWarnings{}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("make applier: %w", err)
	}
	discoverer, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("make applier: %w", err)
	}
	cached := memory.NewMemCacheClientWithContext(discoverer)
	return &Applier{client: client, mapper: restmapper.NewDeferredDiscoveryRESTMapperWithContext(cached)}, nil
}

// Apply applies a text of YAML documents, JSON values or both, in order. Lists
// are split into their items; empty documents are skipped. A failure does not
// keep the rest from being applied, not even a document that does not parse.
// Kinds are looked up before anything is applied, as kubectl does: one that the
// text itself defines is not there before the text is applied again.
//
// There is a result for every object and for every document that cannot be
// read; for a text with neither, one result with the error that kubectl gives.
func (applier *Applier) Apply(ctx context.Context, text []byte, options Options) []Result {
	if options.Namespace == "" {
		options.Namespace = metav1.NamespaceDefault
	}
	var results []Result
	announced := announced{}
	contents := contentsOf(text)
	applier.discover(ctx, contents)
	for _, content := range contents {
		if content.fault != nil {
			results = append(results, Result{Error: content.fault.inSource(options.Source)})
		}
		for _, object := range content.objects {
			result := applier.applyObject(ctx, object, options, announced)
			if options.DryRun {
				announced.add(object)
			}
			results = append(results, result)
		}
	}
	if len(results) == 0 {
		results = append(results, Result{Error: &Error{Message: errNoObjects.Error()}})
	}
	for index := range results {
		results[index].Index = index
		if results[index].Warnings == nil {
			results[index].Warnings = []string{}
		}
	}
	return results
}

// Apply applies one text through a fresh Applier. If no client can be made from
// the configuration, there is one result with that error.
func Apply(ctx context.Context, config *rest.Config, text []byte, options Options) []Result {
	applier, err := New(config)
	if err != nil {
		return []Result{{Error: &Error{Message: err.Error()}, Warnings: []string{}}}
	}
	return applier.Apply(ctx, text, options)
}

// errNoObjects is the error of kubectl apply for a text without objects.
var errNoObjects = errors.New("no objects passed to apply")
