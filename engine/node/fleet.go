package node

import (
	"context"
	"fmt"
	"net/http"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"

	"tabernetes/engine/node/kubelet"
	"tabernetes/engine/node/recorder"
	"tabernetes/engine/node/variation"
	"tabernetes/engine/node/volume"
)

// Fleet is the simulated nodes of a cluster.
type Fleet struct {
	options  Options
	lister   corelisters.NodeLister
	recorder *recorder.Recorder // of the simulation's own events; runMachines owns it
	roster   roster
	changed  *nameQueue // Nodes and machines that runMachines has to process
	// read are the informers whose objects a container is made from.
	read []cache.DoneChecker
}

// New checks the options. Nothing runs until Run, but the needed informers are
// requested, so that the factory starts them.
func New(options Options) (*Fleet, error) {
	if err := options.complete(); err != nil {
		return nil, err
	}
	f := &Fleet{
		options:  options,
		lister:   options.Informers.Core().V1().Nodes().Lister(),
		recorder: recorder.New(options.Client, corev1.EventSource{Component: simulation}),
		roster:   roster{machines: map[string]*machine{}, running: map[string]*kubelet.Kubelet{}},
		changed:  newNameQueue(),
	}
	resources := options.Informers.Core().V1()
	resources.Pods().Informer()
	resources.Nodes().Informer()
	for _, read := range []cache.SharedIndexInformer{
		resources.Services().Informer(), resources.ConfigMaps().Informer(), resources.Secrets().Informer(),
		resources.PersistentVolumeClaims().Informer(), resources.PersistentVolumes().Informer(),
	} {
		f.read = append(f.read, read.HasSyncedChecker())
	}
	if options.Connections != nil {
		options.Connections.bind(f)
	}
	return f, nil
}

// Run runs every machine until ctx ends. It can be called once. When it returns,
// nothing is left running: the nodes' containers do not go on and their API is
// gone. The error is nil when ctx ended it.
func (f *Fleet) Run(ctx context.Context) error {
	pods := f.options.Informers.Core().V1().Pods().Informer()
	registration, err := pods.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { f.deliver(object, false) },
		UpdateFunc: func(_, object any) { f.deliver(object, false) },
		DeleteFunc: func(object any) { f.deliver(object, true) },
	})
	if err != nil {
		return fmt.Errorf("watch pods: %w", err)
	}
	watched := map[string]cache.SharedIndexInformer{
		volume.ConfigMapKind: f.options.Informers.Core().V1().ConfigMaps().Informer(),
		volume.SecretKind:    f.options.Informers.Core().V1().Secrets().Informer(),
	}
	for kind, informer := range watched {
		changes, err := informer.AddEventHandler(f.objectHandler(kind))
		if err != nil {
			return fmt.Errorf("watch objects of kind %s: %w", kind, err)
		}
		defer func() { _ = informer.RemoveEventHandler(changes) }()
	}
	// The nodes start when they know all existing pods: a pod that runs already
	// keeps its address before a new one is assigned one.
	for _, known := range append(f.read, registration.HasSyncedChecker()) {
		select {
		case <-known.Done():
		case <-ctx.Done():
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return f.runMachines(ctx, group) })
	err = group.Wait()
	if removeErr := pods.RemoveEventHandler(registration); err == nil && removeErr != nil {
		err = fmt.Errorf("stop watching pods: %w", removeErr)
	}
	return err
}

// objectHandler tells the nodes of each change of an object of a kind that volumes
// can contain.
func (f *Fleet) objectHandler(kind string) cache.ResourceEventHandler {
	tell := func(object any) {
		if unknown, ok := object.(cache.DeletedFinalStateUnknown); ok {
			object = unknown.Obj
		}
		named, ok := object.(metav1.Object)
		if !ok {
			return
		}
		changed := volume.Object{Kind: kind}
		changed.Namespace, changed.Name = named.GetNamespace(), named.GetName()
		for _, n := range f.runningNodes() {
			n.ObjectChanged(changed)
		}
	}
	return cache.ResourceEventHandlerFuncs{
		AddFunc: tell, DeleteFunc: tell,
		UpdateFunc: func(before, after any) {
			if before.(metav1.Object).GetResourceVersion() != after.(metav1.Object).GetResourceVersion() {
				tell(after)
			}
		},
	}
}

// deliver gives a pod to its node. A pod's node never changes once it is set.
func (f *Fleet) deliver(object any, deleted bool) {
	if unknown, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = unknown.Obj
	}
	pod, ok := object.(*corev1.Pod)
	if !ok {
		return
	}
	if n := f.node(pod.Spec.NodeName); n != nil {
		n.Deliver(pod, deleted)
	}
}

// Handler is the part of a node's kubelet API that the API server calls. An
// unknown node, or one that is off, answers 404 to everything.
func (f *Fleet) Handler(name string) http.Handler {
	n := f.node(name)
	if n == nil {
		return http.NotFoundHandler()
	}
	return n.Handler()
}

// Reseed replaces the seed of delays and IDs. It must be called while no machine
// does anything; a running pod keeps its own random source.
func (f *Fleet) Reseed(seed uint64) {
	f.options.Seed = seed
	f.roster.mu.Lock()
	defer f.roster.mu.Unlock()
	for name, m := range f.roster.machines {
		m.vary = variation.New(seed, "machine "+name, f.options.Instant)
	}
	for _, n := range f.roster.running {
		n.Reseed(seed)
	}
}
