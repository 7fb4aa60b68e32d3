package controllers

import (
	"context"
	"fmt"
	"sync"

	apiextensionsscheme "k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset/scheme"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/cel/openapi/resolver"
	k8sscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kubernetes/pkg/controller/validatingadmissionpolicystatus"
	"k8s.io/kubernetes/pkg/generated/openapi"
)

func newValidatingAdmissionPolicyStatus(_ context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("validatingadmissionpolicy-status-controller")
	if err != nil {
		return nil, err
	}
	schemas := lateSchemas{sync.OnceValue(func() resolver.SchemaResolver {
		return resolver.NewDefinitionsSchemaResolver(openapi.GetOpenAPIDefinitions, k8sscheme.Scheme, apiextensionsscheme.Scheme).
			Combine(&resolver.ClientDiscoveryResolver{Discovery: client.Discovery()})
	})}
	controller, err := validatingadmissionpolicystatus.NewController(
		env.Informers.Admissionregistration().V1().ValidatingAdmissionPolicies(),
		client.AdmissionregistrationV1().ValidatingAdmissionPolicies(),
		&validating.TypeChecker{SchemaResolver: schemas, RestMapper: env.mapper})
	if err != nil {
		return nil, fmt.Errorf("create the controller of the status of policies: %w", err)
	}
	workers := int(env.configuration.ValidatingAdmissionPolicyStatusController.ConcurrentPolicySyncs)
	return one(func(ctx context.Context) { controller.Run(ctx, workers) }), nil
}

// lateSchemas makes the schemas of all types, a quarter of a cluster's memory, when
// the first policy needs one.
type lateSchemas struct {
	made func() resolver.SchemaResolver
}

// ResolveSchema implements resolver.SchemaResolver.
func (l lateSchemas) ResolveSchema(kind schema.GroupVersionKind) (*spec.Schema, error) {
	return l.made().ResolveSchema(kind)
}
