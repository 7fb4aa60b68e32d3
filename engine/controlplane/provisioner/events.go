package provisioner

import (
	"context"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/kubernetes"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"
)

// maxTries is how often an event is created whose name there is already.
const maxTries = 5

// component is the source of the provisioner's events. The library would put the
// name of the host there, which is that of the visitor's machine.
const component = Name + "_local-path-provisioner"

// named is a client whose events are the component's.
type named struct{ kubernetes.Interface }

// CoreV1 implements kubernetes.Interface.
func (n named) CoreV1() corev1client.CoreV1Interface { return namedCore{n.Interface.CoreV1()} }

type namedCore struct{ corev1client.CoreV1Interface }

// Events implements corev1client.EventsGetter.
func (n namedCore) Events(namespace string) corev1client.EventInterface {
	return namedEvents{n.CoreV1Interface.Events(namespace)}
}

type namedEvents struct{ corev1client.EventInterface }

// CreateWithEventNamespace implements corev1client.EventExpansion. The library's
// recorder calls this one, which has no context.
func (n namedEvents) CreateWithEventNamespace(event *corev1.Event) (*corev1.Event, error) {
	event = event.DeepCopy()
	event.Source.Component, event.ReportingController = component, component
	created, err := n.EventInterface.CreateWithEventNamespaceWithContext(context.Background(), event)
	// Events are named after their object and the nanosecond. On a virtual clock
	// several happen in one.
	for try := 1; apierrors.IsAlreadyExists(err) && try < maxTries; try++ {
		event.Name += strconv.Itoa(try)
		created, err = n.EventInterface.CreateWithEventNamespaceWithContext(context.Background(), event)
	}
	return created, err
}
