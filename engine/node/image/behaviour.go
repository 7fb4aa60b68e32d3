package image

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Behaviour is what a container of an image does when its command is not
// overridden. Durations are cluster time and written as Go writes them: "300ms",
// "1.5s". Quantities are written as Kubernetes writes them: "64Mi", "250m".
type Behaviour struct {
	// Shell says that the image is a toolbox: without a command it runs its shell,
	// and args without a command are a command. Exit then applies to the image's
	// own program, if a pod names it.
	Shell bool `json:"shell,omitempty"`
	// StartUp is the time from the start of the process until it listens.
	StartUp metav1.Duration `json:"startUp,omitempty"`
	// Ports are the TCP ports it listens on.
	Ports []int32 `json:"ports,omitempty"`
	// PortFlags are arguments that set the only port: "--http-port" means
	// "--http-port=8080" as well as "--http-port" "8080".
	PortFlags []string `json:"portFlags,omitempty"`
	// MemoryFlags and CPUFlags are arguments that set usage.memory.base and
	// usage.cpu.idle: "--vm-bytes" "150M".
	MemoryFlags []string `json:"memoryFlags,omitempty"`
	CPUFlags    []string `json:"cpuFlags,omitempty"`
	// HTTP is what it answers on its ports; nil when it speaks another protocol.
	HTTP *HTTP `json:"http,omitempty"`
	// ReadyAfter is the time since its start before which every path answers 503.
	ReadyAfter *metav1.Duration `json:"readyAfter,omitempty"`
	// FailsAfter is the time since its start after which every path answers 500.
	FailsAfter *metav1.Duration `json:"failsAfter,omitempty"`
	// GRPC is set when it speaks gRPC on its ports.
	GRPC *GRPC `json:"grpc,omitempty"`
	// Log is what it writes.
	Log Log `json:"log,omitempty"`
	// Exit says that it ends by itself; nil when it runs until it is stopped.
	Exit *Exit `json:"exit,omitempty"`
	// Stop is its reaction to SIGTERM.
	Stop Stop `json:"stop,omitempty"`
	// Usage is the CPU time and the memory that it consumes.
	Usage Usage `json:"usage,omitempty"`
	// User is the user that the image runs as.
	User User `json:"user,omitempty"`
}

// HTTP is how a server answers a request. Routes come first, then Paths.
type HTTP struct {
	// TLS says that it speaks HTTPS.
	TLS bool `json:"tls,omitempty"`
	// Paths are the paths it serves; all others get 404. Empty means every path.
	Paths []string `json:"paths,omitempty"`
	// Status is the code for a path it serves. Default 200.
	Status int `json:"status,omitempty"`
	// Body is the answer, with ${hostname}, ${tag} and ${path} replaced.
	Body string `json:"body,omitempty"`
	// Root is the document root of a web server that serves files of the
	// container: Body is the index.html that the image has in it, and Error the
	// page for a path that it cannot serve, with ${status} and ${reason} replaced.
	// Paths has no meaning then.
	Root  string `json:"root,omitempty"`
	Error string `json:"error,omitempty"`
	// Latency is the time from the request to the answer.
	Latency metav1.Duration `json:"latency,omitempty"`
	// Routes each answer one path; of several for the same path, the last one
	// whose After has passed answers.
	Routes []Route `json:"routes,omitempty"`
}

// Route is the answer for one path, from a given time on.
type Route struct {
	// Path must match the whole path.
	Path string `json:"path"`
	// After is the time since the start of the process from which the route
	// applies.
	After metav1.Duration `json:"after,omitempty"`
	// Status is the code. Default 200.
	Status int `json:"status,omitempty"`
	// Body is the answer, with the same replacements as HTTP.Body.
	Body string `json:"body,omitempty"`
	// Location is where a redirect leads.
	Location string `json:"location,omitempty"`
	// Latency is the time from the request to the answer; HTTP.Latency if zero.
	Latency metav1.Duration `json:"latency,omitempty"`
}

// GRPC is a gRPC server.
type GRPC struct {
	// Health is the status of each service by name in the health checking
	// protocol (grpc.health.v1): SERVING, NOT_SERVING, UNKNOWN or
	// SERVICE_UNKNOWN; the empty name stands for the server as a whole. Empty
	// means that the server does not implement the protocol.
	Health map[string]string `json:"health,omitempty"`
}

// The serving statuses of grpc.health.v1.
var healthStatuses = []string{"SERVING", "NOT_SERVING", "UNKNOWN", "SERVICE_UNKNOWN"}

// Log is what a container writes to its log.
type Log struct {
	// Start are the lines it writes when it starts, with ${hostname} and ${tag}
	// replaced.
	Start []string `json:"start,omitempty"`
	// Stop are the lines it writes on SIGTERM.
	Stop []string `json:"stop,omitempty"`
}

// Exit says when a process ends by itself and how.
type Exit struct {
	// After is the time since the start of the process.
	After metav1.Duration `json:"after"`
	// Code is the exit code, 0 to 255.
	Code int32 `json:"code"`
	// Log is the last line it writes.
	Log string `json:"log,omitempty"`
}

// Stop is the reaction to SIGTERM. The default is graceful: no new connection is
// accepted, requests under way are answered, and the process exits after After.
type Stop struct {
	// Ignored says that SIGTERM has no effect, as for a shell that is process 1:
	// the container ends by SIGKILL when its grace period is over.
	Ignored bool `json:"ignored,omitempty"`
	// Abrupt says that open connections are reset at once.
	Abrupt bool `json:"abrupt,omitempty"`
	// Accepts is how long after SIGTERM new connections are still accepted, at
	// most After.
	Accepts metav1.Duration `json:"accepts,omitempty"`
	// After is the time from SIGTERM until the process has exited: the time to
	// drain.
	After metav1.Duration `json:"after,omitempty"`
	// Code is the exit code, 0 to 255.
	Code int32 `json:"code,omitempty"`
}

// Usage is what a container consumes of its node. The zero value consumes nothing.
type Usage struct {
	CPU    CPU    `json:"cpu,omitempty"`
	Memory Memory `json:"memory,omitempty"`
}

// CPU is processor time.
type CPU struct {
	// Idle is the consumption without requests, in cores.
	Idle resource.Quantity `json:"idle,omitempty"`
	// StartUp is the consumption until it listens, in cores.
	StartUp resource.Quantity `json:"startUp,omitempty"`
	// PerRequest is the time of one core that a request takes.
	PerRequest metav1.Duration `json:"perRequest,omitempty"`
}

// Memory is the working set.
type Memory struct {
	// Base is the consumption from its start, in bytes.
	Base resource.Quantity `json:"base,omitempty"`
	// PerSecond is what each second adds, as a leak does.
	PerSecond resource.Quantity `json:"perSecond,omitempty"`
	// PerRequest is what each request adds and does not release.
	PerRequest resource.Quantity `json:"perRequest,omitempty"`
	// Most bounds the growth; zero means no bound but the container's limit.
	Most resource.Quantity `json:"most,omitempty"`
}

// User is the identity of the first process of a container.
type User struct {
	UID                int64   `json:"uid,omitempty"`
	GID                int64   `json:"gid,omitempty"`
	SupplementalGroups []int64 `json:"supplementalGroups,omitempty"`
	// Name is the user's name in /etc/passwd and that of their group; without one
	// they have no entry. Home is their home, which they own.
	Name string `json:"name,omitempty"`
	Home string `json:"home,omitempty"`
}

// Answer returns the answer to an HTTP request for a path, at a time since the
// start of the process. The body still has its ${...}. It must not be called for
// an image without HTTP.
func (b *Behaviour) Answer(path string, since time.Duration) Route {
	h := b.HTTP
	switch {
	case b.ReadyAfter != nil && since < b.ReadyAfter.Duration:
		return Route{Status: 503, Body: "not ready\n", Latency: h.Latency}
	case b.FailsAfter != nil && since >= b.FailsAfter.Duration:
		return Route{Status: 500, Body: fmt.Sprintf("error: %.6f", since.Seconds()), Latency: h.Latency}
	}
	answer := Route{Status: h.Status, Body: h.Body, Latency: h.Latency}
	if answer.Status == 0 {
		answer.Status = 200
	}
	routed := false
	for _, route := range h.Routes {
		if route.Path == path && since >= route.After.Duration {
			answer, routed = route, true
		}
	}
	if !routed && len(h.Paths) > 0 && path != "" && !slices.Contains(h.Paths, path) {
		answer.Status, answer.Body = 404, "not found\n"
	}
	if answer.Status == 0 {
		answer.Status = 200
	}
	if answer.Latency.Duration == 0 {
		answer.Latency = h.Latency
	}
	return answer
}

// validate returns the first error, with the path of its field, or nil.
func (b *Behaviour) validate() error {
	for _, check := range []func() error{b.validateServer, b.validateEnd, b.Usage.validate} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (b *Behaviour) validateServer() error {
	if err := notNegative("startUp", b.StartUp); err != nil {
		return err
	}
	for field, duration := range map[string]*metav1.Duration{"readyAfter": b.ReadyAfter, "failsAfter": b.FailsAfter} {
		if duration != nil && duration.Duration < 0 {
			return fmt.Errorf("%s: must not be negative, got %s", field, duration.Duration)
		}
		if duration != nil && b.HTTP == nil {
			return fmt.Errorf("%s: needs http", field)
		}
	}
	if b.HTTP != nil && b.HTTP.Root != "" && (!strings.HasPrefix(b.HTTP.Root, "/") || len(b.HTTP.Paths) > 0) {
		return fmt.Errorf("http.root %q: must be an absolute path, and excludes paths", b.HTTP.Root)
	}
	for i, port := range b.Ports {
		if port < 1 || port > 65535 {
			return fmt.Errorf("ports[%d]: must be between 1 and 65535, got %d", i, port)
		}
	}
	for field, flags := range map[string][]string{"portFlags": b.PortFlags, "memoryFlags": b.MemoryFlags, "cpuFlags": b.CPUFlags} {
		for i, flag := range flags {
			if !strings.HasPrefix(flag, "-") {
				return fmt.Errorf("%s[%d] %q: must begin with \"-\"", field, i, flag)
			}
		}
	}
	if b.GRPC != nil {
		if len(b.Ports) == 0 {
			return errors.New("grpc: needs ports to answer on")
		}
		if b.HTTP != nil {
			return errors.New("grpc: excludes http")
		}
		for service, status := range b.GRPC.Health {
			if !slices.Contains(healthStatuses, status) {
				return fmt.Errorf("grpc.health[%q] %q: must be one of %s", service, status, strings.Join(healthStatuses, ", "))
			}
		}
	}
	if b.HTTP == nil {
		return nil
	}
	if len(b.Ports) == 0 && len(b.PortFlags) == 0 {
		return errors.New("http: needs ports to answer on")
	}
	return b.HTTP.validate()
}

func (h *HTTP) validate() error {
	if err := validateStatus("http.status", h.Status); err != nil {
		return err
	}
	if err := notNegative("http.latency", h.Latency); err != nil {
		return err
	}
	for i, path := range h.Paths {
		if !strings.HasPrefix(path, "/") {
			return fmt.Errorf("http.paths[%d] %q: must begin with \"/\"", i, path)
		}
	}
	for i, route := range h.Routes {
		field := fmt.Sprintf("http.routes[%d]", i)
		if !strings.HasPrefix(route.Path, "/") {
			return fmt.Errorf("%s.path %q: must begin with \"/\"", field, route.Path)
		}
		if err := validateStatus(field+".status", route.Status); err != nil {
			return err
		}
		if err := notNegative(field+".after", route.After); err != nil {
			return err
		}
		if err := notNegative(field+".latency", route.Latency); err != nil {
			return err
		}
		if redirects := route.Status >= 300 && route.Status < 400; redirects != (route.Location != "") {
			return fmt.Errorf("%s.location: a redirect needs one, and nothing else has one", field)
		}
	}
	return nil
}

func (b *Behaviour) validateEnd() error {
	if b.Exit != nil {
		if err := notNegative("exit.after", b.Exit.After); err != nil {
			return err
		}
		if err := validateExitCode("exit.code", b.Exit.Code); err != nil {
			return err
		}
	}
	if b.Shell && b.Exit == nil {
		return errors.New("exit: a shell image needs it, because its own process ends at once without a terminal")
	}
	for field, duration := range map[string]metav1.Duration{"stop.after": b.Stop.After, "stop.accepts": b.Stop.Accepts} {
		if err := notNegative(field, duration); err != nil {
			return err
		}
	}
	if b.Stop.Ignored && (b.Stop.Abrupt || b.Stop.Accepts.Duration != 0 || b.Stop.After.Duration != 0 || b.Stop.Code != 0) {
		return errors.New("stop: ignored excludes abrupt, accepts, after and code")
	}
	if b.Stop.Accepts.Duration > b.Stop.After.Duration {
		return fmt.Errorf("stop.accepts: must not be longer than stop.after, got %s and %s", b.Stop.Accepts.Duration, b.Stop.After.Duration)
	}
	return validateExitCode("stop.code", b.Stop.Code)
}

func (u *Usage) validate() error {
	for _, field := range []struct {
		name     string
		quantity resource.Quantity
	}{
		{"usage.cpu.idle", u.CPU.Idle},
		{"usage.cpu.startUp", u.CPU.StartUp},
		{"usage.memory.base", u.Memory.Base},
		{"usage.memory.perSecond", u.Memory.PerSecond},
		{"usage.memory.perRequest", u.Memory.PerRequest},
		{"usage.memory.most", u.Memory.Most},
	} {
		if field.quantity.Sign() < 0 {
			return fmt.Errorf("%s: must not be negative, got %s", field.name, field.quantity.String())
		}
	}
	if !u.Memory.Most.IsZero() && u.Memory.Most.Cmp(u.Memory.Base) < 0 {
		return fmt.Errorf("usage.memory.most: must not be less than base, got %s and %s", u.Memory.Most.String(), u.Memory.Base.String())
	}
	return notNegative("usage.cpu.perRequest", u.CPU.PerRequest)
}

func notNegative(field string, duration metav1.Duration) error {
	if duration.Duration < 0 {
		return fmt.Errorf("%s: must not be negative, got %s", field, duration.Duration)
	}
	return nil
}

func validateStatus(field string, status int) error {
	if status != 0 && (status < 200 || status > 599) {
		return fmt.Errorf("%s: must be between 200 and 599, got %d", field, status)
	}
	return nil
}

func validateExitCode(field string, code int32) error {
	if code < 0 || code > 255 {
		return fmt.Errorf("%s: must be between 0 and 255, got %d", field, code)
	}
	return nil
}

// plainUsage is the usage of a small server in a compiled language.
func plainUsage() Usage {
	return Usage{
		CPU:    CPU{Idle: resource.MustParse("1m"), StartUp: resource.MustParse("100m"), PerRequest: metav1.Duration{Duration: time.Millisecond}},
		Memory: Memory{Base: resource.MustParse("16Mi")},
	}
}
