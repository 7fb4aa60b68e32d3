package check

import "time"

// Snapshot is the cluster at one moment. Looks ask for what their expressions name
// and for nothing else.
type Snapshot interface {
	// Time is the cluster's.
	Time() time.Time
	// Objects are those of a resource ("pods", "deployments") in a namespace, ""
	// for all namespaces or for what is in none, in their JSON form: maps, lists,
	// strings, int64, float64, bool. Nobody changes them. The error says that there
	// is no such resource.
	Objects(resource, namespace string) ([]map[string]any, error)
	// Traffic are the counts of the requests to a Service ("web" or
	// "namespace/web") since a moment, the zero time for all. False says that none
	// were sent.
	Traffic(service string, since time.Time) (Traffic, bool)
	// Timeline is what happened to a Deployment: the state at a moment and each
	// later one, oldest first.
	Timeline(namespace, name string, since time.Time) []Point
	// Commands are the lines that the learner gave, oldest first.
	Commands() []Command
}

// Traffic counts requests.
type Traffic struct {
	OK, Failed int64
	// ByResult are the counts by engine/node/traffic's results, ByVersion the
	// answers that were OK by the tag of the image.
	ByResult, ByVersion map[string]int64
}

// Point is the state of a Deployment from a moment on; see engine/view/timeline.
type Point struct {
	Time                                             time.Time
	Desired, Floor, Ceiling, Total, Ready, Available int64
}

// Command is a line that was given.
type Command struct {
	Line string
	// Status is its exit status.
	Status int
	Time   time.Time
}
