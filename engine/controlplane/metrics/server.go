package metrics

import (
	"context"
	"errors"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/klog/v2"
	statsapi "k8s.io/kubelet/pkg/apis/stats/v1alpha1"
)

// Resolution is metrics-server's default for --metric-resolution in its
// manifests: how often the kubelets are asked.
const Resolution = 15 * time.Second

// freshest is how long a container must have run for its start to count as the
// first of two samples, so that it has metrics after its first scrape.
const freshest = 10 * time.Second

// Options are what a server needs.
type Options struct {
	// Informers are shared. The caller starts them.
	Informers informers.SharedInformerFactory
	// Summary returns the answer of a node's kubelet to /stats/summary.
	Summary func(node string) (*statsapi.Summary, error)
}

// Server is a metrics server.
type Server struct {
	summary func(string) (*statsapi.Summary, error)
	nodes   corelisters.NodeLister
	pods    corelisters.PodLister
	points  points
}

// New returns a server. It has no metrics until Run has scraped twice.
func New(options Options) (*Server, error) {
	if options.Informers == nil || options.Summary == nil {
		return nil, errors.New("create metrics server: no informers or no way to ask nodes")
	}
	core := options.Informers.Core().V1()
	core.Nodes().Informer()
	core.Pods().Informer()
	return &Server{summary: options.Summary, nodes: core.Nodes().Lister(), pods: core.Pods().Lister()}, nil
}

// Run scrapes the nodes until ctx ends.
func (s *Server) Run(ctx context.Context) error {
	ticker := time.NewTicker(Resolution)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			s.scrape(ctx)
		case <-ctx.Done():
			return nil
		}
	}
}

// scrape reads every node once. The earlier samples of a node that does not answer
// are dropped, as in metrics-server.
func (s *Server) scrape(ctx context.Context) {
	nodes, err := s.nodes.List(labels.Everything())
	if err != nil {
		klog.FromContext(ctx).Error(err, "list nodes for metrics")
		return
	}
	next := newBatch()
	for _, node := range nodes {
		if summary, err := s.summary(node.Name); err == nil {
			next.take(node.Name, summary)
		}
	}
	s.points.store(next)
}

func running(pod *corev1.Pod) bool { return pod.Status.Phase == corev1.PodRunning }
