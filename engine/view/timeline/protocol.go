package timeline

import "slices"

// Delta is what has been added since the previous delta. The wire form is that of
// the interface TimelineDelta in web/src/protocol/timeline.ts; a test keeps the
// two the same. Its fields have only types that vert can turn into JavaScript, as
// in topology.Frame.
type Delta struct {
	// Revision is the highest resourceVersion seen so far.
	Revision int64 `json:"revision" js:"revision"`
	// Time is the cluster time of the delta, in milliseconds since 1970.
	Time int64 `json:"time" js:"time"`
	// Reset says that the delta is the full state and replaces everything before
	// it.
	Reset bool `json:"reset" js:"reset"`
	// Series are the Deployments with additions, oldest first.
	Series []Series `json:"series" js:"series"`
	// Removes are the UIDs of Deployments that are gone.
	Removes []string `json:"removes" js:"removes"`
}

// Series has the additions of one Deployment, each list oldest first.
type Series struct {
	UID       string  `json:"uid" js:"uid"`
	Namespace string  `json:"namespace" js:"namespace"`
	Name      string  `json:"name" js:"name"`
	Points    []Point `json:"points" js:"points"`
	Marks     []Mark  `json:"marks" js:"marks"`
}

// Point is the state from a moment on, until the next point. Numbers without a
// unit are pods.
type Point struct {
	// Time in milliseconds since 1970.
	Time int64 `json:"time" js:"time"`
	// Revision is the resourceVersion of the change that led to this state.
	Revision int64 `json:"revision" js:"revision"`
	Desired  int32 `json:"desired" js:"desired"`
	// Floor and Ceiling are those of rollout.Arithmetic.
	Floor   int32 `json:"floor" js:"floor"`
	Ceiling int32 `json:"ceiling" js:"ceiling"`
	// Total, Ready and Available are sums over Sets.
	Total     int32 `json:"total" js:"total"`
	Ready     int32 `json:"ready" js:"ready"`
	Available int32 `json:"available" js:"available"`
	// Sets are the ReplicaSets that have or want pods, by their revision.
	Sets []SetPoint `json:"sets" js:"sets"`
}

// SetPoint is one ReplicaSet in a Point.
type SetPoint struct {
	// Revision is the annotation deployment.kubernetes.io/revision, 0 before it is set.
	Revision  int64 `json:"revision" js:"revision"`
	Desired   int32 `json:"desired" js:"desired"`
	Total     int32 `json:"total" js:"total"`
	Ready     int32 `json:"ready" js:"ready"`
	Available int32 `json:"available" js:"available"`
}

// Mark is something that happened at a moment.
type Mark struct {
	// Time in milliseconds since 1970, Revision the resourceVersion that told of it.
	Time     int64 `json:"time" js:"time"`
	Revision int64 `json:"revision" js:"revision"`
	// Source is "change" of the Deployment's spec, "event" or "condition".
	Source string `json:"source" js:"source"`
	// Who is the component that reported an event or set a condition, and empty
	// for a change: a spec is changed by whoever uses the API.
	Who string `json:"who" js:"who"`
	// What is one of the Changes, the reason of the event, or the condition as
	// type=status.
	What string `json:"what" js:"what"`
	// From and To are the values of a change; To is the message of an event and the
	// reason of a condition.
	From    string `json:"from" js:"from"`
	To      string `json:"to" js:"to"`
	Warning bool   `json:"warning" js:"warning"`
	// Kind and Name are those of the object that the mark is about.
	Kind string `json:"kind" js:"kind"`
	Name string `json:"name" js:"name"`
}

// equal reports whether two points look the same in the diagram.
func (point Point) equal(other Point) bool {
	return point.Desired == other.Desired && point.Floor == other.Floor && point.Ceiling == other.Ceiling &&
		point.Total == other.Total && point.Ready == other.Ready && point.Available == other.Available &&
		slices.Equal(point.Sets, other.Sets)
}
