package topology

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"tabernetes/engine/view/fields"
)

// maxEvents is how many events are kept for the next full frame, and so the most
// that one frame carries. When there are more, the oldest are dropped: the page
// shows fewer at a time, and the API still has them all.
const maxEvents = 1000

// spareEvents is how many more events may be kept before the oldest are dropped,
// since finding them takes a pass over all events.
const spareEvents = 250

// eventLog holds the newest maxEvents events, and at most spareEvents older ones that
// no frame shows.
type eventLog struct {
	kept    map[types.UID]loggedEvent
	pending map[types.UID]struct{}
}

type loggedEvent struct {
	ClusterEvent
	revision int64
}

func newEventLog() eventLog {
	return eventLog{kept: map[types.UID]loggedEvent{}, pending: map[types.UID]struct{}{}}
}

// put records a new or updated event and reports whether it changed.
func (log *eventLog) put(event *corev1.Event) bool {
	logged := loggedEvent{clusterEvent(event), fields.Revision(event)}
	if known, ok := log.kept[event.UID]; ok && known.revision == logged.revision {
		return false
	}
	log.kept[event.UID] = logged
	log.pending[event.UID] = struct{}{}
	if len(log.kept) > maxEvents+spareEvents {
		log.dropOldest()
	}
	return true
}

func (log *eventLog) remove(uid types.UID) {
	delete(log.kept, uid)
	delete(log.pending, uid)
}

// dropOldest leaves the newest maxEvents.
func (log *eventLog) dropOldest() {
	over := len(log.kept) - maxEvents
	if over <= 0 {
		return
	}
	oldest := slices.SortedFunc(maps.Values(log.kept), compareEvents)
	for _, logged := range oldest[:over] {
		log.remove(types.UID(logged.UID))
	}
}

// take returns the events of the next frame, oldest first: the pending ones, or
// all of them.
func (log *eventLog) take(all bool) []ClusterEvent {
	log.dropOldest()
	var taken []loggedEvent
	if all {
		for _, logged := range log.kept {
			taken = append(taken, logged)
		}
	} else {
		for uid := range log.pending {
			taken = append(taken, log.kept[uid])
		}
	}
	clear(log.pending)
	slices.SortFunc(taken, compareEvents)
	events := make([]ClusterEvent, 0, len(taken))
	for _, logged := range taken {
		events = append(events, logged.ClusterEvent)
	}
	return events
}

func compareEvents(a, b loggedEvent) int {
	return cmp.Or(
		cmp.Compare(a.Time, b.Time),
		cmp.Compare(a.revision, b.revision),
		cmp.Compare(a.UID, b.UID),
	)
}

// clusterEvent reads both generations of an event's fields, since core/v1 also
// shows events written through events.k8s.io/v1; the precedence is that of kubectl
// get events (printEvent in k8s.io/kubernetes/pkg/printers/internalversion).
func clusterEvent(event *corev1.Event) ClusterEvent {
	count, last := event.Count, event.LastTimestamp.Time
	if last.IsZero() {
		last = event.FirstTimestamp.Time
	}
	if last.IsZero() {
		last = event.EventTime.Time
	}
	if event.Series != nil {
		count, last = event.Series.Count, event.Series.LastObservedTime.Time
	} else if count == 0 {
		count = 1
	}
	if last.IsZero() {
		last = event.CreationTimestamp.Time
	}
	return ClusterEvent{
		UID:     string(event.UID),
		Time:    milliseconds(last),
		Type:    event.Type,
		Reason:  event.Reason,
		Message: strings.TrimSpace(event.Message),
		Count:   count,
		Source:  cmp.Or(event.Source.Component, event.ReportingController),
		Involved: InvolvedObject{
			Kind:      event.InvolvedObject.Kind,
			Namespace: event.InvolvedObject.Namespace,
			Name:      event.InvolvedObject.Name,
			UID:       string(event.InvolvedObject.UID),
		},
	}
}

// milliseconds returns a time in milliseconds since 1970, 0 for the zero time.
func milliseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
