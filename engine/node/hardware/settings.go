package hardware

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"tabernetes/engine/node/setting"
)

// SimulatedNode marks a Node that has a simulated machine. The simulated kubelets
// set it when they register; a Node that is created with it gets a machine.
const SimulatedNode = setting.Prefix + "node"

// Values of the setting "power".
const (
	// PowerOn is the default.
	PowerOn = "on"
	// PowerOff is like pulling the plug: everything on the machine stops at once.
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

// Settings are the settings in the annotations of a Node.
type Settings struct {
	Power       string
	Reboot      string
	Partitioned bool
	// The factors, at least 1, by which the network and the disk are slower.
	SlowNetwork, SlowDisk float64

	// Registry restricts the images that the machine can pull.
	Registry Registry

	CPUUsed, MemoryUsed, DiskUsed resource.Quantity
	Processes                     int64

	// The capacity from the next start on; nil keeps that of the options.
	cpu, memory, storage *resource.Quantity
	pods                 *int64

	ShutdownGrace, ShutdownGraceCritical time.Duration
}

// Defaults of a machine. The grace periods of a shutdown are those of the example
// in the Kubernetes documentation; the kubelet's own default is none.
const (
	defaultShutdownGrace         = 30 * time.Second
	defaultShutdownGraceCritical = 10 * time.Second
	slowestFactor                = 1000
)

// table has all settings, in the order of the documentation.
var table = []setting.Setting[Settings]{
	{Name: "node", Value: "any", Effect: "marks the Node as simulated; a Node that is created with it gets a machine", Apply: func(*Settings, string) error { return nil }},
	{Name: "power", Value: "on, off or shutdown", Effect: "off: everything on the machine is gone at once; shutdown: the kubelet ends its pods, then it goes off", Apply: oneOf(func(s *Settings, value string) { s.Power = value }, PowerOn, PowerOff, PowerShutdown)},
	{Name: "reboot", Value: "any", Effect: "each new value shuts the machine down and starts it again", Apply: func(s *Settings, value string) error {
		s.Reboot = value
		return nil
	}},
	{Name: "network", Value: "connected or partitioned", Effect: "partitioned: cut off from the API server and from every other node", Apply: oneOf(func(s *Settings, value string) { s.Partitioned = value == NetworkPartitioned }, NetworkConnected, NetworkPartitioned)},
	{Name: "registry", Value: "open, or strict and repositories, with commas between them", Effect: "strict: images outside of the catalogue do not exist, but for these repositories; one that ends in / stands for all below it", Apply: applyRegistry},
	{Name: "slow-network", Value: "number from 1 to 1000", Effect: "image pulls take so many times as long", Apply: factor(func(s *Settings, value float64) { s.SlowNetwork = value })},
	{Name: "slow-disk", Value: "number from 1 to 1000", Effect: "volumes, sandboxes, the making and the start of containers take so many times as long", Apply: factor(func(s *Settings, value float64) { s.SlowDisk = value })},
	{Name: "cpu-used", Value: "quantity of cores", Effect: "CPU that processes outside of pods use", Apply: quantity(func(s *Settings, value resource.Quantity) { s.CPUUsed = value })},
	{Name: "memory-used", Value: "quantity of bytes", Effect: "memory that processes outside of pods use", Apply: quantity(func(s *Settings, value resource.Quantity) { s.MemoryUsed = value })},
	{Name: "disk-used", Value: "quantity of bytes", Effect: "disk space that is used besides images and containers", Apply: quantity(func(s *Settings, value resource.Quantity) { s.DiskUsed = value })},
	{Name: "processes", Value: "number from 0 to 32768", Effect: "processes that run outside of pods, of at most 32768 on the machine", Apply: wholeNumber(32768, func(s *Settings, value int64) { s.Processes = value })},
	{Name: "cpu", Value: "quantity of cores", Effect: "capacity from the next start on", Apply: quantity(func(s *Settings, value resource.Quantity) { s.cpu = &value })},
	{Name: "memory", Value: "quantity of bytes", Effect: "capacity from the next start on", Apply: quantity(func(s *Settings, value resource.Quantity) { s.memory = &value })},
	{Name: "ephemeral-storage", Value: "quantity of bytes", Effect: "capacity from the next start on", Apply: quantity(func(s *Settings, value resource.Quantity) { s.storage = &value })},
	{Name: "pods", Value: "number from 0 to 1000", Effect: "capacity from the next start on", Apply: wholeNumber(maxPodsPerNode, func(s *Settings, value int64) { s.pods = &value })},
	{Name: "shutdown-grace-period", Value: "duration", Effect: "shutdownGracePeriod of the kubelet; 0s ends pods without notice", Apply: duration(func(s *Settings, value time.Duration) { s.ShutdownGrace = value })},
	{Name: "shutdown-grace-period-critical-pods", Value: "duration", Effect: "shutdownGracePeriodCriticalPods of the kubelet, a part of the above", Apply: duration(func(s *Settings, value time.Duration) { s.ShutdownGraceCritical = value })},
}

// Read reads the annotations of a Node. Unknown or invalid settings are left out;
// their problems name the annotation.
func Read(annotations map[string]string) (Settings, []string) {
	settings := Settings{
		Power: PowerOn, SlowNetwork: 1, SlowDisk: 1, CPUUsed: systemCPU.DeepCopy(), MemoryUsed: systemMemory.DeepCopy(),
		DiskUsed: systemDisk.DeepCopy(), Processes: systemProcesses,
		ShutdownGrace: defaultShutdownGrace, ShutdownGraceCritical: defaultShutdownGraceCritical,
	}
	var problems []string
	for _, annotation := range slices.Sorted(maps.Keys(annotations)) {
		name, ours := strings.CutPrefix(annotation, setting.Prefix)
		if !ours {
			continue
		}
		known := slices.IndexFunc(table, func(s setting.Setting[Settings]) bool { return s.Name == name })
		if known < 0 {
			problems = append(problems, fmt.Sprintf("annotation %v", setting.Unknown(annotation, table)))
			continue
		}
		if err := table[known].Apply(&settings, annotations[annotation]); err != nil {
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
