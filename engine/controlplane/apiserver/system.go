package apiserver

import (
	"context"
	"fmt"
	"net"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/storage"
	"k8s.io/kubernetes/pkg/controlplane/controller/defaultservicecidr"
	"k8s.io/kubernetes/pkg/controlplane/controller/kubernetesservice"
	"k8s.io/kubernetes/pkg/controlplane/controller/systemnamespaces"
	"k8s.io/kubernetes/pkg/controlplane/reconcilers"
)

// systemNamespaces are the namespaces that kube-apiserver creates.
var systemNamespaces = []string{metav1.NamespaceSystem, metav1.NamespacePublic, corev1.NamespaceNodeLease, metav1.NamespaceDefault}

// addSystemHooks starts the controllers that live inside kube-apiserver
// (k8s.io/kubernetes/pkg/controlplane/instance.go), as far as one server in one
// process needs them.
func (s *Server) addSystemHooks() {
	namespaces := systemnamespaces.NewController(systemNamespaces, s.client, s.informers.Core().V1().Namespaces())
	s.builtin.AddPostStartHookOrDie("start-system-namespaces-controller", func(hook genericapiserver.PostStartHookContext) error {
		go namespaces.Run(hook.Done())
		return nil
	})

	s.builtin.AddPostStartHookOrDie("start-kubernetes-service-cidr-controller", func(hook genericapiserver.PostStartHookContext) error {
		defaultservicecidr.NewController(serviceRange, net.IPNet{}, defaultServiceCIDRs{s.client}).Start(hook)
		return nil
	})

	s.builtin.AddPostStartHookOrDie("write-defaults", func(hook genericapiserver.PostStartHookContext) error {
		go s.writeDefaults(hook)
		return nil
	})

	s.builtin.AddPostStartHookOrDie("restore-node-ports", func(hook genericapiserver.PostStartHookContext) error {
		return s.restoreNodePorts(hook)
	})

	service := kubernetesservice.New(kubernetesservice.Config{
		PublicIP: controlPlaneIP,
		EndpointReconciler: soleServer{reconcilers.NewMasterCountEndpointReconciler(1,
			reconcilers.NewEndpointsAdapter(s.client.CoreV1(), s.client.DiscoveryV1()))},
		EndpointInterval:  10 * time.Second,
		ServiceIP:         apiServiceIP,
		ServicePort:       apiServicePort,
		PublicServicePort: controlPlanePort,
	}, s.client, s.informers.Core().V1().Services())
	s.builtin.AddPostStartHookOrDie("bootstrap-controller", func(hook genericapiserver.PostStartHookContext) error {
		go service.Start(hook.Done())
		return nil
	})
}

// writeDefaults writes what every cluster has. Nothing waits for it when a stored
// cluster starts, which has it already.
func (s *Server) writeDefaults(hook genericapiserver.PostStartHookContext) {
	if err := s.authorizer.defaults.write(hook, s.client); err != nil {
		utilruntime.HandleError(err)
	}
	if err := s.writeFlowDefaults(hook); err != nil {
		utilruntime.HandleError(err)
	}
	close(s.defaultsWritten)
}

// soleServer reconciles the endpoints of a service "kubernetes" that only ever has
// one server, at one address: no stale endpoints have to be removed.
type soleServer struct {
	reconcilers.EndpointReconciler
}

// RemoveEndpoints has nothing to remove.
func (soleServer) RemoveEndpoints(service string, _ net.IP, _ []corev1.EndpointPort) error {
	return storage.NewKeyNotFoundError(service, 0)
}

// restoreNodePorts marks the node ports of stored services as taken, as upstream's
// repair loop does with those in etcd.
func (s *Server) restoreNodePorts(ctx context.Context) error {
	services, err := s.client.CoreV1().Services(metav1.NamespaceAll).List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("list services for their node ports: %w", err)
	}
	for _, service := range services.Items {
		ports := []int32{service.Spec.HealthCheckNodePort}
		for _, port := range service.Spec.Ports {
			ports = append(ports, port.NodePort)
		}
		for _, port := range ports {
			if port != 0 {
				// Two protocols of one service may share a port, so an error because
				// the port is already taken is ignored.
				_ = s.nodePorts.Allocate(int(port))
			}
		}
	}
	return nil
}

// announce calls ready once the server reports that it is ready and its namespaces
// exist.
func (s *Server) announce(ctx context.Context, ready func()) {
	err := wait.PollUntilContextCancel(ctx, 20*time.Millisecond, true, func(ctx context.Context) (bool, error) {
		if s.client.CoreV1().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error() != nil {
			return false, nil
		}
		_, err := s.client.CoreV1().Namespaces().Get(ctx, metav1.NamespaceDefault, metav1.GetOptions{})
		return err == nil, nil
	})
	if err == nil && ready != nil {
		ready()
	}
}
