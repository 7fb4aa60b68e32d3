package diagnose

import "encoding/json"

// Diagnosis is the answer about one object. The wire form is that of the
// interface Diagnosis in web/src/protocol/diagnosis.ts; a test keeps the two the same.
type Diagnosis struct {
	Object Reference `json:"object"`
	// Time is the cluster time of the answer, in milliseconds since 1970.
	Time int64 `json:"time"`
	// State is the state of the last link, or Fine if there is none.
	State State `json:"state"`
	// Chain leads from the symptom to the root cause; several links at its end
	// may be causes side by side, such as the nodes' different refusals of a pod.
	Chain []Link `json:"chain"`
}

// State says what it takes for the object to make progress.
type State string

// The states, in increasing order of what they ask of a person.
const (
	// Fine: nothing is wrong.
	Fine State = "fine"
	// Waiting: the object will make progress by itself after some time.
	Waiting State = "waiting"
	// Held: somebody has asked for this state.
	Held State = "held"
	// Blocked: somebody has to change something.
	Blocked State = "blocked"
)

func (state State) rank() int {
	switch state {
	case Blocked:
		return 3
	case Held:
		return 2
	case Waiting:
		return 1
	default:
		return 0
	}
}

// Reference names an object. Namespace is empty for a cluster-scoped one, and
// UID for one that does not exist.
type Reference struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	UID       string `json:"uid"`
}

// Link is one cause, which the next link explains.
type Link struct {
	Object Reference `json:"object"`
	Reason Reason    `json:"reason"`
	State  State     `json:"state"`
	// Parameters fill the reason's sentence: those that Reasons lists for the
	// reason.
	Parameters Parameters `json:"parameters"`
	Evidence   []Evidence `json:"evidence"`
	// Command shows the evidence in any cluster.
	Command string `json:"command"`
}

// Parameters are strings, integers and lists of strings.
type Parameters map[string]any

// Evidence is the object's own statement of the cause.
type Evidence struct {
	Source Source `json:"source"`
	// Name is the condition as type=status, the reason of the event or the path of
	// the field.
	Name string `json:"name"`
	// Text is the message, or the value of the field.
	Text string `json:"text"`
}

// Source is the kind of evidence.
type Source string

// The sources of evidence.
const (
	FromCondition Source = "condition"
	FromEvent     Source = "event"
	FromField     Source = "field"
)

// root returns a text that is the same for two chains with the same root cause.
func root(chain []Link) string {
	last := chain[len(chain)-1]
	parameters, err := json.Marshal(last.Parameters)
	if err != nil {
		return string(last.Reason) // every type of parameter can be encoded
	}
	return string(last.Reason) + " " + string(parameters)
}

// stateOf returns the state of the chain's last link.
func stateOf(chain []Link) State {
	if len(chain) == 0 {
		return Fine
	}
	return chain[len(chain)-1].State
}

func worse(one, other State) State {
	if one.rank() > other.rank() {
		return one
	}
	return other
}
