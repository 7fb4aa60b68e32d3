package diagnose

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"

	"tabernetes/engine/view/custom"
	"tabernetes/engine/view/fields"
)

// Options configures a Diagnoser.
type Options struct {
	// Informers is the factory whose objects are read. The caller starts and stops
	// it, after New has added its indices.
	Informers informers.SharedInformerFactory
	// Customs has the objects of custom kinds; nil for none.
	Customs *custom.Follower
}

// Diagnoser explains objects. It is safe for concurrent use and starts no
// goroutine.
type Diagnoser struct {
	factory informers.SharedInformerFactory
	customs *custom.Follower
	// stores hold the objects, by kind, of the kinds that Explain accepts.
	stores map[string]cache.Store
	events cache.Indexer
	pods   cache.Indexer
}

// The indices that New adds.
const (
	byInvolved   = "diagnose/involved"
	byController = "diagnose/controller"
	byNode       = "diagnose/node"
)

// New adds indices to the informers that causes are found in. It fails when an
// informer already has an index of the same name.
func New(options Options) (*Diagnoser, error) {
	if options.Informers == nil {
		return nil, errors.New("make diagnoser: no informers")
	}
	factory := options.Informers
	core, apps, batch := factory.Core().V1(), factory.Apps().V1(), factory.Batch().V1()
	admission := factory.Admissionregistration().V1()
	controlled := cache.Indexers{byController: indexController}
	for _, wanted := range []struct {
		informer cache.SharedIndexInformer
		indexers cache.Indexers
	}{
		{core.Events().Informer(), cache.Indexers{byInvolved: indexInvolved}},
		{core.Pods().Informer(), cache.Indexers{byController: indexController, byNode: indexNode}},
		{apps.ReplicaSets().Informer(), controlled},
		{apps.Deployments().Informer(), controlled},
		{apps.StatefulSets().Informer(), controlled},
		{apps.DaemonSets().Informer(), controlled},
		{batch.Jobs().Informer(), controlled},
	} {
		if err := wanted.informer.AddIndexers(wanted.indexers); err != nil {
			return nil, fmt.Errorf("make diagnoser: %w", err)
		}
	}
	diagnoser := &Diagnoser{
		factory: factory,
		customs: options.Customs,
		stores:  map[string]cache.Store{},
		events:  core.Events().Informer().GetIndexer(),
		pods:    core.Pods().Informer().GetIndexer(),
	}
	for kind, informer := range map[string]cache.SharedIndexInformer{
		"Deployment":              apps.Deployments().Informer(),
		"ReplicaSet":              apps.ReplicaSets().Informer(),
		"ReplicationController":   core.ReplicationControllers().Informer(),
		"StatefulSet":             apps.StatefulSets().Informer(),
		"DaemonSet":               apps.DaemonSets().Informer(),
		"Job":                     batch.Jobs().Informer(),
		"CronJob":                 batch.CronJobs().Informer(),
		"Pod":                     core.Pods().Informer(),
		"Node":                    core.Nodes().Informer(),
		"Service":                 core.Services().Informer(),
		"Namespace":               core.Namespaces().Informer(),
		"ConfigMap":               core.ConfigMaps().Informer(),
		"Secret":                  core.Secrets().Informer(),
		"ResourceQuota":           core.ResourceQuotas().Informer(),
		"LimitRange":              core.LimitRanges().Informer(),
		"PersistentVolumeClaim":   core.PersistentVolumeClaims().Informer(),
		"PersistentVolume":        core.PersistentVolumes().Informer(),
		"StorageClass":            factory.Storage().V1().StorageClasses().Informer(),
		"PodDisruptionBudget":     factory.Policy().V1().PodDisruptionBudgets().Informer(),
		"HorizontalPodAutoscaler": factory.Autoscaling().V2().HorizontalPodAutoscalers().Informer(),
		"EndpointSlice":           factory.Discovery().V1().EndpointSlices().Informer(),

		"ValidatingAdmissionPolicy":      admission.ValidatingAdmissionPolicies().Informer(),
		"MutatingAdmissionPolicy":        admission.MutatingAdmissionPolicies().Informer(),
		"ValidatingWebhookConfiguration": admission.ValidatingWebhookConfigurations().Informer(),
		"MutatingWebhookConfiguration":   admission.MutatingWebhookConfigurations().Informer(),
	} {
		diagnoser.stores[kind] = informer.GetStore()
	}
	return diagnoser, nil
}

// ErrNotFound says that the object to explain does not exist.
var ErrNotFound = errors.New("not found")

// Explain finds out why an object is not as it should be. A kind that a
// CustomResourceDefinition defines is written with its group, as Bakery.food.example.
// The error is ErrNotFound for an object that does not exist, or of a kind that cannot
// be explained.
func (d *Diagnoser) Explain(kind, namespace, name string) (*Diagnosis, error) {
	object := d.find(kind, namespace, name)
	if object == nil {
		return nil, fmt.Errorf("explain %s %q: %w", kind, objectName(namespace, name), ErrNotFound)
	}
	now := time.Now()
	chain := d.explain(object, now)
	if chain == nil {
		chain = []Link{}
	}
	return &Diagnosis{
		Object: referenceTo(kindOf(object), object),
		Time:   now.UnixMilli(),
		State:  stateOf(chain),
		Chain:  chain,
	}, nil
}

func (d *Diagnoser) explain(object metav1.Object, now time.Time) []Link {
	if pod, ok := object.(*corev1.Pod); ok {
		return d.pod(pod, now)
	}
	if object.GetDeletionTimestamp() != nil {
		return d.deleting(object)
	}
	switch object := object.(type) {
	case *appsv1.Deployment:
		return d.deployment(object, now)
	case *appsv1.ReplicaSet:
		return d.replicaSet(object, now)
	case *corev1.ReplicationController:
		return d.replicationController(object, now)
	case *appsv1.StatefulSet:
		return d.statefulSet(object, now)
	case *appsv1.DaemonSet:
		return d.daemonSet(object, now)
	case *batchv1.Job:
		return d.job(object, now)
	case *batchv1.CronJob:
		return d.cronJob(object, now)
	case *corev1.Node:
		return d.node(object, now)
	case *corev1.Service:
		return d.service(object, now)
	case *corev1.PersistentVolumeClaim:
		return d.claim(object)
	case *corev1.PersistentVolume:
		return d.volume(object)
	case *policyv1.PodDisruptionBudget:
		return d.budget(object, now)
	case *autoscalingv2.HorizontalPodAutoscaler:
		return d.autoscaler(object)
	case *custom.Object:
		return d.custom(object, now)
	default:
		return nil
	}
}

// deleting explains an object other than a pod that is being deleted.
func (d *Diagnoser) deleting(object metav1.Object) []Link {
	reference := referenceTo(kindOf(object), object)
	if namespace, ok := object.(*corev1.Namespace); ok {
		link := Link{
			Object: reference, Reason: ReasonNamespaceTerminating, State: Waiting,
			Parameters: Parameters{"namespace": namespace.Name},
			Command:    command("", "get", "namespace", namespace.Name, "-o", "yaml"),
		}
		for _, condition := range namespace.Status.Conditions {
			if condition.Status == corev1.ConditionTrue {
				link.Evidence = append(link.Evidence, conditionEvidence(string(condition.Type), string(condition.Status), condition.Message))
				if condition.Type == corev1.NamespaceFinalizersRemaining {
					link.State = Blocked
				}
			}
		}
		if link.Evidence == nil {
			link.Evidence = []Evidence{field(".status.phase", string(namespace.Status.Phase))}
		}
		return []Link{link}
	}
	if claim, ok := object.(*corev1.PersistentVolumeClaim); ok {
		if link, used := d.claimInUse(claim); used {
			return []Link{link}
		}
	}
	return []Link{d.finalizers(reference, object)}
}

// finalizers explains that a deletion waits for somebody to remove the finalizers.
// The garbage collector removes its own.
func (d *Diagnoser) finalizers(reference Reference, object metav1.Object) Link {
	state := Blocked
	if !slices.ContainsFunc(object.GetFinalizers(), func(finalizer string) bool {
		return finalizer != metav1.FinalizerDeleteDependents && finalizer != metav1.FinalizerOrphanDependents
	}) {
		state = Waiting
	}
	return Link{
		Object: reference, Reason: ReasonFinalizers, State: state,
		Parameters: Parameters{"finalizers": append([]string{}, object.GetFinalizers()...)},
		Evidence:   []Evidence{field(".metadata.finalizers", strings.Join(object.GetFinalizers(), ", "))},
		Command:    command(reference.Namespace, "get", resourceOf(reference.Kind), reference.Name, "-o", "jsonpath={.metadata.finalizers}"),
	}
}

func (d *Diagnoser) find(kind, namespace, name string) metav1.Object {
	store := d.stores[kind]
	if store == nil {
		return d.findCustom(kind, namespace, name)
	}
	key := name
	if namespace != "" {
		key = namespace + "/" + name
	}
	object, exists, err := store.GetByKey(key)
	if err != nil || !exists {
		return nil
	}
	accessor, ok := object.(metav1.Object)
	if !ok {
		return nil
	}
	return accessor
}

// all returns the objects of a kind in a namespace, or in all namespaces for "",
// by name.
func all[T metav1.Object](d *Diagnoser, kind, namespace string) []T {
	var objects []T
	for _, stored := range d.stores[kind].List() {
		if object, ok := stored.(T); ok && (namespace == "" || object.GetNamespace() == namespace) {
			objects = append(objects, object)
		}
	}
	sortByAge(objects)
	return objects
}

// controlled returns the objects that owner controls, oldest first.
func controlled[T metav1.Object](indexer cache.Indexer, owner types.UID) []T {
	stored, err := indexer.ByIndex(byController, string(owner))
	if err != nil {
		return nil // New has added the index
	}
	objects := make([]T, 0, len(stored))
	for _, one := range stored {
		if object, ok := one.(T); ok {
			objects = append(objects, object)
		}
	}
	sortByAge(objects)
	return objects
}

func (d *Diagnoser) podsOf(owner types.UID) []*corev1.Pod {
	return controlled[*corev1.Pod](d.pods, owner)
}

func (d *Diagnoser) podsOn(node string) []*corev1.Pod {
	stored, err := d.pods.ByIndex(byNode, node)
	if err != nil {
		return nil // New has added the index
	}
	pods := make([]*corev1.Pod, 0, len(stored))
	for _, one := range stored {
		if pod, ok := one.(*corev1.Pod); ok {
			pods = append(pods, pod)
		}
	}
	sortByAge(pods)
	return pods
}

// eventsOf returns the events about an object, newest first. If reasons are given,
// it returns only events with one of them.
func (d *Diagnoser) eventsOf(uid types.UID, reasons ...string) []*corev1.Event {
	stored, err := d.events.ByIndex(byInvolved, string(uid))
	if err != nil {
		return nil // New has added the index
	}
	var events []*corev1.Event
	for _, one := range stored {
		event, ok := one.(*corev1.Event)
		if ok && (len(reasons) == 0 || slices.Contains(reasons, event.Reason)) {
			events = append(events, event)
		}
	}
	slices.SortFunc(events, func(a, b *corev1.Event) int {
		return cmp.Or(fields.LastSeen(b).Compare(fields.LastSeen(a)), cmp.Compare(b.Name, a.Name))
	})
	return events
}

func sortByAge[T metav1.Object](objects []T) {
	slices.SortFunc(objects, func(a, b T) int {
		return cmp.Or(
			a.GetCreationTimestamp().Compare(b.GetCreationTimestamp().Time),
			cmp.Compare(a.GetNamespace(), b.GetNamespace()),
			cmp.Compare(a.GetName(), b.GetName()),
		)
	})
}

func indexInvolved(object any) ([]string, error) {
	if event, ok := object.(*corev1.Event); ok {
		return []string{string(event.InvolvedObject.UID)}, nil
	}
	return nil, nil
}

func indexController(object any) ([]string, error) {
	accessor, ok := object.(metav1.Object)
	if !ok {
		return nil, nil
	}
	if controller := metav1.GetControllerOfNoCopy(accessor); controller != nil {
		return []string{string(controller.UID)}, nil
	}
	return nil, nil
}

func indexNode(object any) ([]string, error) {
	if pod, ok := object.(*corev1.Pod); ok && pod.Spec.NodeName != "" {
		return []string{pod.Spec.NodeName}, nil
	}
	return nil, nil
}

// kindOf returns the kind of a typed object, whose TypeMeta informers leave empty.
func kindOf(object any) string {
	switch object.(type) {
	case *appsv1.Deployment:
		return "Deployment"
	case *appsv1.ReplicaSet:
		return "ReplicaSet"
	case *appsv1.StatefulSet:
		return "StatefulSet"
	case *appsv1.DaemonSet:
		return "DaemonSet"
	case *batchv1.Job:
		return "Job"
	case *batchv1.CronJob:
		return "CronJob"
	case *corev1.Pod:
		return "Pod"
	case *corev1.Node:
		return "Node"
	case *corev1.Service:
		return "Service"
	case *corev1.Namespace:
		return "Namespace"
	case *corev1.ResourceQuota:
		return "ResourceQuota"
	case *corev1.ReplicationController:
		return "ReplicationController"
	case *corev1.PersistentVolumeClaim:
		return "PersistentVolumeClaim"
	case *corev1.PersistentVolume:
		return "PersistentVolume"
	case *policyv1.PodDisruptionBudget:
		return "PodDisruptionBudget"
	case *autoscalingv2.HorizontalPodAutoscaler:
		return "HorizontalPodAutoscaler"
	default:
		if typed, ok := object.(runtime.Object); ok {
			return typed.GetObjectKind().GroupVersionKind().Kind
		}
		return ""
	}
}
