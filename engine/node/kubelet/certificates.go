package kubelet

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	certificatesv1 "k8s.io/api/certificates/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/kubelet/clustertrustbundle"
	"k8s.io/kubernetes/pkg/kubelet/podcertificate"
	"k8s.io/utils/clock"

	"tabernetes/engine/node/volume"
)

// What pkg/kubelet gives the manager of trust bundles: room for two normalized bundles a
// pod, for so long; and how long the first volume waits for it.
const (
	bundlesPerPod   = 2
	bundleCacheLife = 5 * time.Minute
	bundleSyncLimit = 10 * time.Second
)

// certificates are upstream's managers behind two sources of projected volumes:
// clusterTrustBundle and podCertificate. Neither is there before the first pod of the
// node has such a source. What they start ends with the node's Run.
type certificates struct {
	// bundles and issued are set once. guarded by the loop's lock
	bundles clustertrustbundle.Manager
	issued  podcertificate.Manager
	// busy counts the requests of the second manager that are under way.
	busy atomic.Int32
	// running are what the managers have started.
	running sync.WaitGroup
}

// TrustBundles implements volume.Host.
func (k *Kubelet) TrustBundles() clustertrustbundle.Manager { return k.certificates.bundles }

// PodCertificates implements volume.Host.
func (k *Kubelet) PodCertificates() podcertificate.Manager { return k.certificates.issued }

// StartTrustBundles implements volume.Host. It does what upstream's LazyInformerManager
// does at its first request, for the one version of the API that is served here.
func (k *Kubelet) StartTrustBundles(ctx context.Context) {
	if locked(k, func() bool { return k.certificates.bundles != nil }) {
		return
	}
	factory := informers.NewSharedInformerFactory(k.client, 0)
	informer := factory.Certificates().V1().ClusterTrustBundles().Informer()
	room := bundlesPerPod * max(1, int(k.machine.Pods))
	bundles, err := clustertrustbundle.NewGAInformerManager(ctx, factory, room, bundleCacheLife)
	if err == nil {
		_, err = informer.AddEventHandler(onEach(func(bundle *certificatesv1.ClusterTrustBundle) {
			k.tell(volume.TrustBundleKind, "", bundle.Name)
			k.tell(volume.TrustSignerKind, "", bundle.Spec.SignerName)
		}))
	}
	if err != nil {
		// Only an informer that has ended takes no handler.
		klog.FromContext(ctx).Error(err, "watch ClusterTrustBundles", "node", k.name)
	}
	k.startInformers(ctx, factory)
	limit, stop := context.WithTimeout(ctx, bundleSyncLimit)
	defer stop()
	select {
	case <-informer.HasSyncedChecker().Done():
	case <-limit.Done():
	}
	locked(k, func() bool { k.certificates.bundles = bundles; return true })
}

// StartPodCertificates implements volume.Host. Upstream's kubelet does the same as it
// starts (pkg/kubelet/kubelet.go).
func (k *Kubelet) StartPodCertificates(ctx context.Context) {
	if locked(k, func() bool { return k.certificates.issued != nil }) {
		return
	}
	factory := informers.NewSharedInformerFactoryWithOptions(k.client, 0, informers.WithTweakListOptions(func(options *metav1.ListOptions) {
		options.FieldSelector = fields.OneTermEqualSelector("spec.nodeName", k.name).String()
	}))
	requests := certificateRequests{factory.Certificates().V1().PodCertificateRequests()}
	manager := podcertificate.NewIssuingManager(
		countedClient{k.client, &k.certificates.busy}, certifiedPods{k, ctx}, podEvents{k}, requests, k.nodes, types.NodeName(k.name), clock.RealClock{})
	_, err := requests.Informer().AddEventHandler(onEach(func(request *certificatesv1.PodCertificateRequest) {
		if len(request.Status.Conditions) > 0 {
			k.tell(volume.PodCertificateKind, request.Namespace, request.Spec.PodName)
		}
	}))
	if err != nil {
		// Only an informer that has ended takes no handler.
		klog.FromContext(ctx).Error(err, "watch PodCertificateRequests", "node", k.name)
	}
	k.startInformers(ctx, factory)
	k.certificates.running.Go(func() { manager.Run(ctx) })
	locked(k, func() bool { k.certificates.issued = unhurried{manager, &k.certificates.busy}; return true })
}

// trackCertificates has the certificates of a new pod issued, if it shows any.
func (k *Kubelet) trackCertificates(pod *corev1.Pod) {
	if !volume.NeedsPodCertificate(pod) {
		return
	}
	k.Call(func(ctx context.Context) {
		k.StartPodCertificates(ctx)
		issued := locked(k, k.PodCertificates)
		// It asks for the pod, and waits while the node is cut off.
		k.certificates.running.Go(func() { issued.TrackPod(ctx, pod) })
	})
}

// forgetCertificates drops the keys of a pod that is not in the API any more.
func (k *Kubelet) forgetCertificates(pod *corev1.Pod) {
	if issued := k.certificates.issued; issued != nil {
		issued.ForgetPod(context.Background(), pod)
	}
}

// adoptCertificates starts the manager of trust bundles before the pods that show one are
// taken over from a stored cluster: their containers run already. On a machine that has
// booted nothing does.
func (k *Kubelet) adoptCertificates(ctx context.Context) {
	if k.start == Booted {
		volume.ForgetCredentials(k.disk)
	}
	pods, err := k.podLister.List(labels.Everything())
	if err != nil || k.start != Resumed {
		return
	}
	for _, pod := range pods {
		if pod.Spec.NodeName == k.name && volume.HasTrustBundle(pod) {
			k.StartTrustBundles(ctx)
			return
		}
	}
}

func (k *Kubelet) startInformers(ctx context.Context, factory informers.SharedInformerFactory) {
	factory.StartWithContext(ctx)
	k.certificates.running.Go(func() {
		<-ctx.Done()
		factory.Shutdown()
	})
}

// tell notes that an object has changed that volumes can show.
func (k *Kubelet) tell(kind, namespace, name string) {
	changed := volume.Object{Kind: kind}
	changed.Namespace, changed.Name = namespace, name
	k.ObjectChanged(changed)
}

// locked calls a function with the loop's lock.
func locked[Result any](k *Kubelet, do func() Result) Result {
	k.loop.Lock()
	defer k.loop.Unlock()
	return do()
}

// onEach is a handler that is called with each state of an object, also the last one.
func onEach[Object any](do func(Object)) cache.ResourceEventHandler {
	call := func(object any) {
		if unknown, ok := object.(cache.DeletedFinalStateUnknown); ok {
			object = unknown.Obj
		}
		if known, ok := object.(Object); ok {
			do(known)
		}
	}
	return cache.ResourceEventHandlerFuncs{
		AddFunc: call, DeleteFunc: call,
		UpdateFunc: func(before, after any) {
			call(before)
			call(after)
		},
	}
}
