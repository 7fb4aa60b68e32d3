package apiserver

import (
	"context"
	"errors"
	"io"
	"sync/atomic"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apiserver/pkg/admission"
	mutatingpolicy "k8s.io/apiserver/pkg/admission/plugin/policy/mutating"
	validatingpolicy "k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// The plugins of admission policies look for changes once a second, and that of
// mutating policies asks for all OpenAPI documents every five: at the start of a
// cluster, which is half of its work, and as long as it runs. These two are upstream's
// plugins too, but begin with the first policy.

// validatingPolicies is upstream's plugin of ValidatingAdmissionPolicies.
type validatingPolicies struct {
	*validatingpolicy.Plugin
	informers informers.SharedInformerFactory
	first     firstPolicy
}

var _ admission.ValidationInterface = (*validatingPolicies)(nil)

func registerValidatingPolicies(plugins *admission.Plugins) {
	plugins.Register(validatingpolicy.PluginName, func(configuration io.Reader) (admission.Interface, error) {
		plugin, err := validatingpolicy.NewPlugin(configuration)
		return &validatingPolicies{Plugin: plugin}, err
	})
}

// SetExternalKubeInformerFactory implements initializer.WantsExternalKubeInformerFactory.
func (p *validatingPolicies) SetExternalKubeInformerFactory(shared informers.SharedInformerFactory) {
	p.informers = shared
	p.Plugin.SetExternalKubeInformerFactory(shared)
}

// ValidateInitialization implements admission.InitializationValidator.
func (p *validatingPolicies) ValidateInitialization() error {
	resources := p.informers.Admissionregistration().V1()
	resources.ValidatingAdmissionPolicyBindings().Informer()
	return p.first.await(resources.ValidatingAdmissionPolicies().Informer(), p.Plugin.ValidateInitialization)
}

// Validate implements admission.ValidationInterface.
func (p *validatingPolicies) Validate(ctx context.Context, attributes admission.Attributes, objects admission.ObjectInterfaces) error {
	if there, err := p.first.there(attributes); !there {
		return err
	}
	return p.Plugin.Validate(ctx, attributes, objects)
}

// mutatingPolicies is upstream's plugin of MutatingAdmissionPolicies.
type mutatingPolicies struct {
	*mutatingpolicy.Plugin
	informers informers.SharedInformerFactory
	client    kubernetes.Interface
	first     firstPolicy
}

var _ admission.MutationInterface = (*mutatingPolicies)(nil)

func registerMutatingPolicies(plugins *admission.Plugins) {
	plugins.Register(mutatingpolicy.PluginName, func(configuration io.Reader) (admission.Interface, error) {
		plugin, err := mutatingpolicy.NewPlugin(configuration)
		return &mutatingPolicies{Plugin: plugin}, err
	})
}

// SetExternalKubeInformerFactory implements initializer.WantsExternalKubeInformerFactory.
func (p *mutatingPolicies) SetExternalKubeInformerFactory(shared informers.SharedInformerFactory) {
	p.informers = shared
	p.Plugin.SetExternalKubeInformerFactory(shared)
}

// SetExternalKubeClientSet implements initializer.WantsExternalKubeClientSet.
func (p *mutatingPolicies) SetExternalKubeClientSet(client kubernetes.Interface) {
	p.client = client
	p.Plugin.SetExternalKubeClientSet(client)
}

// ValidateInitialization implements admission.InitializationValidator.
func (p *mutatingPolicies) ValidateInitialization() error {
	resources := p.informers.Admissionregistration().V1()
	resources.MutatingAdmissionPolicyBindings().Informer()
	return p.first.await(resources.MutatingAdmissionPolicies().Informer(), func() error {
		// A policy that applies a configuration needs the documents, which upstream's
		// plugin asks for in the background. Now they are there by then.
		if _, err := p.client.Discovery().OpenAPIV3().Paths(); err != nil {
			return err
		}
		return p.Plugin.ValidateInitialization()
	})
}

// Admit implements admission.MutationInterface.
func (p *mutatingPolicies) Admit(ctx context.Context, attributes admission.Attributes, objects admission.ObjectInterfaces) error {
	if there, err := p.first.there(attributes); !there {
		return err
	}
	return p.Plugin.Admit(ctx, attributes, objects)
}

// firstPolicy waits for the first policy of a kind. As in upstream's plugins, a
// policy takes effect some time after it was made.
type firstPolicy struct {
	// known waits until the policies of a stored cluster are known.
	known   admission.Handler
	started atomic.Bool
}

// await calls start when there is a policy.
func (f *firstPolicy) await(policies cache.SharedIndexInformer, start func() error) error {
	registration, err := policies.AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: func(any) {
		if f.started.Load() {
			return
		}
		if err := start(); err != nil {
			utilruntime.HandleError(err)
			return
		}
		f.started.Store(true)
	}})
	if err != nil {
		return err
	}
	f.known.SetReadyFunc(registration.HasSynced)
	return nil
}

var errNotReady = errors.New("not yet ready to handle request")

// there reports whether there has been a policy.
func (f *firstPolicy) there(attributes admission.Attributes) (bool, error) {
	if !f.started.Load() && !f.known.WaitForReady() {
		return false, admission.NewForbidden(attributes, errNotReady)
	}
	return f.started.Load(), nil
}
