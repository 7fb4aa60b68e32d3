package kubelet

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	certificatesv1 "k8s.io/api/certificates/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	certificatesinformers "k8s.io/client-go/informers/certificates/v1"
	"k8s.io/client-go/kubernetes"
	certificatesclient "k8s.io/client-go/kubernetes/typed/certificates/v1"
	coreclient "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kubernetes/pkg/kubelet/podcertificate"
)

// What upstream's manager of certificates sees of this kubelet. The manager works on
// goroutines of its own, so each of these takes the loop's lock by itself.

// certifiedPods are the pods of the node. While the node is cut off, whoever asks for
// one waits: the manager asks before it turns to the API.
type certifiedPods struct {
	kubelet *Kubelet
	ctx     context.Context //nolint:containedctx // upstream's interface has none
}

// relinkPoll is how often certifiedPods looks whether the node is still cut off.
const relinkPoll = time.Second

// GetPodByUID implements podcertificate.PodManager.
func (p certifiedPods) GetPodByUID(uid types.UID) (*corev1.Pod, bool) {
	for p.kubelet.partitioned.Load() {
		select {
		case <-time.After(relinkPoll):
		case <-p.ctx.Done():
			return nil, false
		}
	}
	p.kubelet.loop.Lock()
	defer p.kubelet.loop.Unlock()
	w, known := p.kubelet.pods[uid]
	if !known || w.Orphaned() {
		return nil, false
	}
	return w.Object(), true
}

// GetPods implements podcertificate.PodManager.
func (p certifiedPods) GetPods() []*corev1.Pod {
	p.kubelet.loop.Lock()
	defer p.kubelet.loop.Unlock()
	var pods []*corev1.Pod
	for _, w := range p.kubelet.Pods() {
		pods = append(pods, w.Object())
	}
	return pods
}

// podEvents records events about pods of the node. It implements record.EventRecorder.
type podEvents struct{ kubelet *Kubelet }

// Event implements record.EventRecorder.
func (e podEvents) Event(about runtime.Object, kind, reason, message string) {
	pod, ok := about.(*corev1.Pod)
	if !ok {
		return
	}
	e.kubelet.loop.Lock()
	defer e.kubelet.loop.Unlock()
	e.kubelet.loop.Advance()
	if w := e.kubelet.pods[pod.UID]; w != nil {
		w.Event(kind, reason, message)
		e.kubelet.loop.Wake()
	}
}

// Eventf implements record.EventRecorder.
func (e podEvents) Eventf(about runtime.Object, kind, reason, format string, values ...any) {
	e.Event(about, kind, reason, fmt.Sprintf(format, values...))
}

// AnnotatedEventf implements record.EventRecorder; the manager annotates no events.
func (e podEvents) AnnotatedEventf(about runtime.Object, _ map[string]string, kind, reason, format string, values ...any) {
	e.Eventf(about, kind, reason, format, values...)
}

// unhurried is the manager for volumes, which ask with the loop's lock. The manager holds
// a lock of its own while it asks the API, which can take long: when the cluster is
// paused, or a webhook delays the request. Upstream's volume would wait for its end, and
// then hear that nothing is issued yet.
type unhurried struct {
	podcertificate.Manager
	busy *atomic.Int32
}

var errNotIssued = errors.New("credential bundle is not issued yet")

// GetPodCertificateCredentialBundle implements podcertificate.Manager.
func (u unhurried) GetPodCertificateCredentialBundle(ctx context.Context, namespace, pod, uid, volume string, source int) (key, chain []byte, err error) {
	if u.busy.Load() > 0 {
		return nil, nil, errNotIssued
	}
	return u.Manager.GetPodCertificateCredentialBundle(ctx, namespace, pod, uid, volume, source)
}

// countedClient counts the two kinds of requests that the manager makes while they are
// under way.
type countedClient struct {
	kubernetes.Interface
	busy *atomic.Int32
}

// CoreV1 implements kubernetes.Interface.
func (c countedClient) CoreV1() coreclient.CoreV1Interface {
	return countedCore{c.Interface.CoreV1(), c.busy}
}

// CertificatesV1 implements kubernetes.Interface.
func (c countedClient) CertificatesV1() certificatesclient.CertificatesV1Interface {
	return countedCertificates{c.Interface.CertificatesV1(), c.busy}
}

type countedCore struct {
	coreclient.CoreV1Interface
	busy *atomic.Int32
}

// ServiceAccounts implements corev1.CoreV1Interface.
func (c countedCore) ServiceAccounts(namespace string) coreclient.ServiceAccountInterface {
	return countedAccounts{c.CoreV1Interface.ServiceAccounts(namespace), c.busy}
}

type countedAccounts struct {
	coreclient.ServiceAccountInterface
	busy *atomic.Int32
}

// Get implements corev1.ServiceAccountInterface.
func (c countedAccounts) Get(ctx context.Context, name string, options metav1.GetOptions) (*corev1.ServiceAccount, error) {
	c.busy.Add(1)
	defer c.busy.Add(-1)
	return c.ServiceAccountInterface.Get(ctx, name, options)
}

type countedCertificates struct {
	certificatesclient.CertificatesV1Interface
	busy *atomic.Int32
}

// PodCertificateRequests implements certificatesv1.CertificatesV1Interface.
func (c countedCertificates) PodCertificateRequests(namespace string) certificatesclient.PodCertificateRequestInterface {
	return countedRequests{c.CertificatesV1Interface.PodCertificateRequests(namespace), c.busy}
}

type countedRequests struct {
	certificatesclient.PodCertificateRequestInterface
	busy *atomic.Int32
}

// Create implements certificatesv1.PodCertificateRequestInterface.
func (c countedRequests) Create(ctx context.Context, request *certificatesv1.PodCertificateRequest, options metav1.CreateOptions) (*certificatesv1.PodCertificateRequest, error) {
	c.busy.Add(1)
	defer c.busy.Add(-1)
	return c.PodCertificateRequestInterface.Create(ctx, request, options)
}

// certificateRequests are the requests for certificates of the node's pods. Upstream's
// manager takes what was deleted to be a request, which it is not when the watch had
// ended by then.
type certificateRequests struct {
	certificatesinformers.PodCertificateRequestInformer
}

// Informer implements certificatesv1.PodCertificateRequestInformer.
func (r certificateRequests) Informer() cache.SharedIndexInformer {
	return knownDeletions{r.PodCertificateRequestInformer.Informer()}
}

type knownDeletions struct{ cache.SharedIndexInformer }

// AddEventHandler implements cache.SharedInformer.
func (d knownDeletions) AddEventHandler(handler cache.ResourceEventHandler) (cache.ResourceEventHandlerRegistration, error) {
	return d.SharedIndexInformer.AddEventHandler(cache.ResourceEventHandlerDetailedFuncs{
		AddFunc: handler.OnAdd, UpdateFunc: handler.OnUpdate,
		DeleteFunc: func(object any) {
			if unknown, ok := object.(cache.DeletedFinalStateUnknown); ok {
				object = unknown.Obj
			}
			if _, ok := object.(*certificatesv1.PodCertificateRequest); ok {
				handler.OnDelete(object)
			}
		},
	})
}
