package recorder

import (
	"context"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/tools/record/util"
	"k8s.io/klog/v2"
	"k8s.io/utils/clock"

	"tabernetes/engine/node/setting"
)

// InvalidAnnotation is the reason of a warning about an annotation that the
// simulation does not know or whose value is invalid.
const InvalidAnnotation = "InvalidAnnotation"

// SimulatedImage is the reason of an event that tells how an image outside of the
// catalogue is played.
const SimulatedImage = "SimulatedImage"

// Simulation is the source of the events that no cluster has.
var Simulation = strings.TrimSuffix(setting.Prefix, "/")

// Recorder writes a node's events. Upstream's correlator, which the kubelet uses,
// decides what is counted, aggregated or dropped as spam; the writing is done
// here, so that it ends with the node (see RATIONALE).
type Recorder struct {
	client     kubernetes.Interface
	source     corev1.EventSource
	correlator *record.EventCorrelator
	last       int64 // the nanoseconds in the name of the last event
}

// New makes the recorder for a source.
func New(client kubernetes.Interface, source corev1.EventSource) *Recorder {
	return &Recorder{
		client:     client,
		source:     source,
		correlator: record.NewEventCorrelator(clock.RealClock{}),
	}
}

// Event makes an event. Its name contains the time, as upstream's does, and is
// advanced by a nanosecond where two events would have the same: on a virtual
// clock many events happen at one instant.
func (r *Recorder) Event(now time.Time, about *corev1.ObjectReference, kind, reason, message string) *corev1.Event {
	r.last = max(r.last+1, now.UnixNano())
	namespace := about.Namespace
	if namespace == "" {
		namespace = metav1.NamespaceDefault
	}
	source := r.source
	if reason == InvalidAnnotation || reason == SimulatedImage {
		source.Component = Simulation
	}
	return &corev1.Event{
		ObjectMeta:          metav1.ObjectMeta{Name: util.GenerateEventName(about.Name, r.last), Namespace: namespace},
		InvolvedObject:      *about,
		Reason:              reason,
		Message:             message,
		Source:              source,
		ReportingController: source.Component,
		ReportingInstance:   source.Host,
		FirstTimestamp:      metav1.NewTime(now),
		LastTimestamp:       metav1.NewTime(now),
		Count:               1,
		Type:                kind,
	}
}

// Write writes an event, as a new one or as a higher count of an existing one. An
// event that cannot be written is logged and lost, as upstream's recorder does in
// the end.
func (r *Recorder) Write(ctx context.Context, event *corev1.Event) {
	correlated, err := r.correlator.EventCorrelate(event)
	if err != nil || correlated.Skip {
		return
	}
	written, err := r.store(ctx, correlated)
	switch {
	case err == nil:
		r.correlator.UpdateState(written)
	case apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause), ctx.Err() != nil:
	default:
		klog.FromContext(ctx).Error(err, "write event", "node", r.source.Host, "reason", event.Reason, "object", event.InvolvedObject.Name)
	}
}

func (r *Recorder) store(ctx context.Context, correlated *record.EventCorrelateResult) (*corev1.Event, error) {
	event := correlated.Event
	events := r.client.CoreV1().Events(event.Namespace)
	if event.Count > 1 {
		written, err := events.Patch(ctx, event.Name, types.StrategicMergePatchType, correlated.Patch, metav1.PatchOptions{})
		if !apierrors.IsNotFound(err) {
			return written, err
		}
		// The event has expired: create it again.
		event.ResourceVersion = ""
	}
	return events.Create(ctx, event, metav1.CreateOptions{})
}
