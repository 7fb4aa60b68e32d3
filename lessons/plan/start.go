package plan

import (
	"regexp"
	"strconv"
	"time"

	"go.yaml.in/yaml/v4"

	"tabernetes/lessons/reading"
)

// DefaultTime is when a lesson's cluster begins, unless it says otherwise: a
// Monday morning, that of every new cluster (CALENDAR_START of the page). The same
// moment for everybody makes every screen of a class the same.
var DefaultTime = time.Date(2026, time.December, 7, 9, 0, 0, 0, time.UTC)

// Bounds of a start.
const (
	maxNodes     = 50
	maxPerSecond = 1000
	maxTimeout   = time.Minute
	maxRate      = 1000
	maxAgo       = 24 * time.Hour
)

var (
	quantity    = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?(m|Ki|Mi|Gi|Ti)?$`)
	nodeName    = regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`)
	imageName   = regexp.MustCompile(`^[a-z0-9][a-zA-Z0-9._/:@-]*$`)
	serviceName = regexp.MustCompile(`^([a-z0-9-]+/)?[a-z]([-a-z0-9]*[a-z0-9])?(:[a-z0-9-]+)?$`)
)

// Start is the cluster that a lesson begins with.
type Start struct {
	// Time is what the cluster's clock shows at first.
	Time time.Time `json:"time"`
	// Rate is how fast the clock goes, in cluster seconds a second; 0 leaves it as
	// it is.
	Rate float64 `json:"rate,omitempty"`
	// Seed is where the randomness comes from; 0 leaves it to the page.
	Seed uint64 `json:"seed,omitempty"`
	// Nodes are the machines; none means the usual three.
	Nodes []Node `json:"nodes,omitempty"`
	// Images are on every node already.
	Images []string `json:"images,omitempty"`
	// Manifests are applied in this order. Those without an Ago come first, and have
	// come to rest before anything else happens.
	Manifests []Manifest `json:"manifests,omitempty"`
	Traffic   []Traffic  `json:"traffic,omitempty"`
	// At is where lesson.yaml says so, unknown when it says nothing.
	At reading.Place `json:"-"`
}

// Manifest is a file that is applied at the start.
type Manifest struct {
	File
	// Ago is how long before the lesson begins it is applied, whatever it leads to. 0
	// means that it has come to rest when the lesson begins.
	Ago time.Duration `json:"ago,omitempty"`
}

// Node is a machine. Empty fields mean what hardware.Options mean.
type Node struct {
	Name   string            `json:"name"`
	CPU    string            `json:"cpu,omitempty"`
	Memory string            `json:"memory,omitempty"`
	Pods   int               `json:"pods,omitempty"`
	Labels map[string]string `json:"labels,omitempty"`
}

// Traffic is requests to a Service from the start on.
type Traffic struct {
	// Service is "name" or "namespace/name", with ":port" behind it or without.
	Service   string        `json:"service"`
	PerSecond int           `json:"perSecond"`
	Path      string        `json:"path,omitempty"`
	Timeout   time.Duration `json:"timeout,omitempty"`
}

func (r *reader) start(node *yaml.Node) Start {
	start := Start{At: reading.At(node)}
	reading.ReadMapping(node, "start", r.Report,
		reading.Field{Name: "time", Read: func(value *yaml.Node) {
			at, err := time.Parse(time.RFC3339, value.Value)
			// The simulated clock of the player begins in the year 2000.
			if err != nil || at.Year() < 2000 || at.Year() > 2200 {
				r.AddAt(reading.At(value), "time: want a moment such as 2026-01-05T09:00:00Z, got %q", value.Value)
				return
			}
			start.Time = at.UTC()
		}},
		reading.Field{Name: "rate", Read: func(value *yaml.Node) {
			rate, err := strconv.ParseFloat(value.Value, 64)
			if err != nil || rate <= 0 || rate > maxRate {
				r.AddAt(reading.At(value), "rate: want a number above 0 and up to %d, got %q", maxRate, value.Value)
				return
			}
			start.Rate = rate
		}},
		reading.Field{Name: "seed", Read: func(value *yaml.Node) {
			start.Seed = uint64(reading.ReadWholeNumber(value, "seed", 1, 1<<31, r.Report))
		}},
		reading.Field{Name: "nodes", Read: func(value *yaml.Node) { start.Nodes = r.nodes(value) }},
		reading.Field{Name: "images", Read: func(value *yaml.Node) { start.Images = r.images(value) }},
		reading.Field{Name: "manifests", Read: func(value *yaml.Node) { start.Manifests = r.manifests(value) }},
		reading.Field{Name: "traffic", Read: func(value *yaml.Node) { start.Traffic = r.traffic(value) }},
	)
	return start
}

func (r *reader) manifests(node *yaml.Node) []Manifest {
	var manifests []Manifest
	var seen []string
	reading.ReadList(node, "manifests", "file names", r.Report, func(item *yaml.Node) {
		var made Manifest
		value := item
		if item.Kind == yaml.MappingNode {
			value = &yaml.Node{}
			reading.ReadMapping(item, "manifest", r.Report,
				reading.Field{Name: "file", Required: true, Read: func(file *yaml.Node) { value = file }},
				reading.Field{Name: "ago", Read: func(ago *yaml.Node) { made.Ago = reading.ReadDuration(ago, "ago", maxAgo, r.Report) }},
			)
		}
		var ok bool
		if made.File, ok = r.file(value, "manifests", &seen); !ok {
			return
		}
		if last := len(manifests) - 1; last >= 0 && manifests[last].Ago > 0 && (made.Ago == 0 || made.Ago > manifests[last].Ago) {
			r.AddAt(reading.At(item), "manifests: %q is applied before the one that it follows: want them in the order of time", made.Name)
		}
		manifests = append(manifests, made)
	})
	return manifests
}

func (r *reader) images(node *yaml.Node) []string {
	var images []string
	reading.ReadList(node, "images", "names of images", r.Report, func(item *yaml.Node) {
		images = append(images, r.matching(item, "images", imageName, "a name such as sim.tabernetes.dev/web:v1"))
	})
	return images
}

func (r *reader) nodes(node *yaml.Node) []Node {
	var nodes []Node
	var seen []string
	reading.ReadList(node, "nodes", "nodes", r.Report, func(item *yaml.Node) {
		var made Node
		reading.ReadMapping(item, "node", r.Report,
			reading.Field{Name: "name", Required: true, Read: func(value *yaml.Node) {
				made.Name = r.matching(value, "name", nodeName, "a name such as node-1")
			}},
			reading.Field{Name: "cpu", Read: func(value *yaml.Node) {
				made.CPU = r.matching(value, "cpu", quantity, "a quantity such as 4 or 500m")
			}},
			reading.Field{Name: "memory", Read: func(value *yaml.Node) {
				made.Memory = r.matching(value, "memory", quantity, "a quantity such as 8Gi")
			}},
			reading.Field{Name: "pods", Read: func(value *yaml.Node) {
				made.Pods = reading.ReadWholeNumber(value, "pods", 1, maxPlace, r.Report)
			}},
			reading.Field{Name: "labels", Read: func(value *yaml.Node) { made.Labels = r.texts(value, "labels") }},
		)
		for _, name := range seen {
			if name == made.Name {
				r.AddAt(reading.At(item), "nodes: %q stands twice", name)
			}
		}
		seen = append(seen, made.Name)
		nodes = append(nodes, made)
	})
	if len(nodes) > maxNodes {
		r.AddAt(reading.At(node), "nodes: %d of them, the limit is %d", len(nodes), maxNodes)
	}
	return nodes
}

func (r *reader) traffic(node *yaml.Node) []Traffic {
	var all []Traffic
	reading.ReadList(node, "traffic", "Services with a rate", r.Report, func(item *yaml.Node) {
		var made Traffic
		reading.ReadMapping(item, "traffic", r.Report,
			reading.Field{Name: "service", Required: true, Read: func(value *yaml.Node) {
				made.Service = r.matching(value, "service", serviceName, "the name of a Service")
			}},
			reading.Field{Name: "perSecond", Required: true, Read: func(value *yaml.Node) {
				made.PerSecond = reading.ReadWholeNumber(value, "perSecond", 1, maxPerSecond, r.Report)
			}},
			reading.Field{Name: "path", Read: func(value *yaml.Node) { made.Path = reading.ReadText(value, "path", textLimit, r.Report) }},
			reading.Field{Name: "timeout", Read: func(value *yaml.Node) {
				made.Timeout = reading.ReadDuration(value, "timeout", maxTimeout, r.Report)
			}},
		)
		all = append(all, made)
	})
	return all
}

func (r *reader) matching(node *yaml.Node, name string, pattern *regexp.Regexp, want string) string {
	if node.Kind != yaml.ScalarNode || !pattern.MatchString(node.Value) {
		r.AddAt(reading.At(node), "%s: want %s, got %q", name, want, node.Value)
		return ""
	}
	return node.Value
}

func (r *reader) texts(node *yaml.Node, name string) map[string]string {
	if node.Kind != yaml.MappingNode {
		r.AddAt(reading.At(node), "%s: want a mapping of names to texts", name)
		return nil
	}
	texts := map[string]string{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		texts[node.Content[i].Value] = reading.ReadText(node.Content[i+1], name, textLimit, r.Report)
	}
	return texts
}
