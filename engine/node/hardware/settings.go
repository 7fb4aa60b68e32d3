package hardware

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
)

// Prefix stands before the name of a setting of a node's machine in the
// annotations of its Node: "sim.tabernetes.dev/power".
const Prefix = "sim.tabernetes.dev/"

// SimulatedNode marks a Node that has a simulated machine. The simulated
// kubelets set it when they register; whoever creates a Node with it gets a
// machine for it.
const SimulatedNode = Prefix + "node"

// Values of the setting "power".
const (
	// PowerOn is the default.
	PowerOn = "on"
	// PowerOff is a plug that is pulled: everything on the machine is gone at once.
	PowerOff = "off"
	// PowerShutdown is an orderly shutdown, with what the kubelet does for its pods
	// before the machine goes off.
	PowerShutdown = "shutdown"
)

// Values of the setting "network".
const (
	// NetworkConnected is the default.
	NetworkConnected = "connected"
	// NetworkPartitioned cuts the machine off from every other and from the API
	// server.
	NetworkPartitioned = "partitioned"
)

// Setting is an annotation of a Node that says what happens to its
// machine. Known is the table of all.
type Setting struct {
	Name string
	// Value says how the value is written.
	Value string
	// Effect says what it does.
	Effect string

	apply func(to *Settings, value string) error
}

// Settings are what the annotations of a Node say.
type Settings struct {
	Power       string
	Reboot      string
	Partitioned bool
	// How many times as long what needs the network or the disk takes, at least 1.
	SlowNetwork, SlowDisk float64

	CPUUsed, MemoryUsed, DiskUsed resource.Quantity
	Processes                     int64

	// The capacity from the next start on; nil leaves that of the options.
	cpu, memory, storage *resource.Quantity
	pods                 *int64

	ShutdownGrace, ShutdownGraceCritical time.Duration
}

// Defaults of a machine. The graces of a shutdown are those of the example in
// the Kubernetes documentation; the kubelet's own default is to have none.
const (
	defaultShutdownGrace         = 30 * time.Second
	defaultShutdownGraceCritical = 10 * time.Second
	slowestFactor                = 1000
)

// Known are all settings, in the order of the documentation.
func Known() []Setting { return slices.Clone(table) }

var table = []Setting{
	{"node", "any", "marks the Node as simulated; a Node that is created with it gets a machine", func(*Settings, string) error { return nil }},
	{"power", "on, off or shutdown", "off: everything on the machine is gone at once; shutdown: the kubelet ends its pods, then it goes off", oneOf(func(s *Settings, value string) { s.Power = value }, PowerOn, PowerOff, PowerShutdown)},
	{"reboot", "any", "each new value shuts the machine down and starts it again", func(s *Settings, value string) error {
		s.Reboot = value
		return nil
	}},
	{"network", "connected or partitioned", "partitioned: cut off from the API server and from every other node", oneOf(func(s *Settings, value string) { s.Partitioned = value == NetworkPartitioned }, NetworkConnected, NetworkPartitioned)},
	{"slow-network", "number from 1 to 1000", "image pulls take so many times as long", factor(func(s *Settings, value float64) { s.SlowNetwork = value })},
	{"slow-disk", "number from 1 to 1000", "volumes, sandboxes, the making and the start of containers take so many times as long", factor(func(s *Settings, value float64) { s.SlowDisk = value })},
	{"cpu-used", "quantity of cores", "CPU that processes outside of pods use", quantity(func(s *Settings, value resource.Quantity) { s.CPUUsed = value })},
	{"memory-used", "quantity of bytes", "memory that processes outside of pods use", quantity(func(s *Settings, value resource.Quantity) { s.MemoryUsed = value })},
	{"disk-used", "quantity of bytes", "disk space that is used besides images and containers", quantity(func(s *Settings, value resource.Quantity) { s.DiskUsed = value })},
	{"processes", "number from 0 to 32768", "processes that run outside of pods, of at most 32768 on the machine", wholeNumber(32768, func(s *Settings, value int64) { s.Processes = value })},
	{"cpu", "quantity of cores", "capacity from the next start on", quantity(func(s *Settings, value resource.Quantity) { s.cpu = &value })},
	{"memory", "quantity of bytes", "capacity from the next start on", quantity(func(s *Settings, value resource.Quantity) { s.memory = &value })},
	{"ephemeral-storage", "quantity of bytes", "capacity from the next start on", quantity(func(s *Settings, value resource.Quantity) { s.storage = &value })},
	{"pods", "number from 0 to 1000", "capacity from the next start on", wholeNumber(maxPodsPerNode, func(s *Settings, value int64) { s.pods = &value })},
	{"shutdown-grace-period", "duration", "shutdownGracePeriod of the kubelet; 0s ends pods without notice", duration(func(s *Settings, value time.Duration) { s.ShutdownGrace = value })},
	{"shutdown-grace-period-critical-pods", "duration", "shutdownGracePeriodCriticalPods of the kubelet, a part of the above", duration(func(s *Settings, value time.Duration) { s.ShutdownGraceCritical = value })},
}

// Read reads the annotations of a Node. What is unknown or wrong
// is left out; its problem names the annotation.
func Read(annotations map[string]string) (Settings, []string) {
	settings := Settings{
		Power: PowerOn, SlowNetwork: 1, SlowDisk: 1, CPUUsed: systemCPU.DeepCopy(), MemoryUsed: systemMemory.DeepCopy(),
		DiskUsed: systemDisk.DeepCopy(), Processes: systemProcesses,
		ShutdownGrace: defaultShutdownGrace, ShutdownGraceCritical: defaultShutdownGraceCritical,
	}
	var problems []string
	for _, annotation := range slices.Sorted(maps.Keys(annotations)) {
		name, ours := strings.CutPrefix(annotation, Prefix)
		if !ours {
			continue
		}
		known := slices.IndexFunc(table, func(s Setting) bool { return s.Name == name })
		if known < 0 {
			names := make([]string, len(table))
			for i, setting := range table {
				names[i] = setting.Name
			}
			problems = append(problems, fmt.Sprintf("annotation %q is not known; known are %s", annotation, strings.Join(names, ", ")))
			continue
		}
		if err := table[known].apply(&settings, annotations[annotation]); err != nil {
			problems = append(problems, fmt.Sprintf("annotation %q: %v, got %q", annotation, err, annotations[annotation]))
		}
	}
	if settings.ShutdownGraceCritical > settings.ShutdownGrace {
		settings.ShutdownGraceCritical = settings.ShutdownGrace
	}
	return settings, problems
}

func oneOf(set func(*Settings, string), values ...string) func(*Settings, string) error {
	return func(s *Settings, value string) error {
		if !slices.Contains(values, value) {
			return fmt.Errorf("must be one of %s", strings.Join(values, ", "))
		}
		set(s, value)
		return nil
	}
}

func factor(set func(*Settings, float64)) func(*Settings, string) error {
	return func(s *Settings, value string) error {
		parsed, err := strconv.ParseFloat(value, 64)
		if err != nil || !(parsed >= 1 && parsed <= slowestFactor) {
			return fmt.Errorf("must be a number from 1 to %d", slowestFactor)
		}
		set(s, parsed)
		return nil
	}
}

func quantity(set func(*Settings, resource.Quantity)) func(*Settings, string) error {
	return func(s *Settings, value string) error {
		parsed, err := resource.ParseQuantity(value)
		if err != nil || parsed.Sign() < 0 {
			return fmt.Errorf("must be a quantity such as %q or %q", "4Gi", "500m")
		}
		set(s, parsed)
		return nil
	}
}

func wholeNumber(most int64, set func(*Settings, int64)) func(*Settings, string) error {
	return func(s *Settings, value string) error {
		parsed, err := strconv.ParseInt(value, 10, 64)
		if err != nil || parsed < 0 || parsed > most {
			return fmt.Errorf("must be a number from 0 to %d", most)
		}
		set(s, parsed)
		return nil
	}
}

func duration(set func(*Settings, time.Duration)) func(*Settings, string) error {
	return func(s *Settings, value string) error {
		parsed, err := time.ParseDuration(value)
		if err != nil || parsed < 0 || parsed > time.Hour {
			return fmt.Errorf("must be a duration from 0s to 1h, such as %q", "30s")
		}
		set(s, parsed)
		return nil
	}
}
