package image

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tabernetes/engine/node/setting"
)

// Settings are parsed settings, ready to be applied.
type Settings struct {
	// PullTime replaces the download time of an image's layers; nil keeps it.
	PullTime *time.Duration
	// PullFault is how every pull fails; empty when pulls work.
	PullFault Fault
	// CrashAfter ends the main process, whatever it runs, this long after its
	// start with CrashCode; nil means never.
	CrashAfter *time.Duration
	// CrashCode is the exit code, 1 unless it is set.
	CrashCode int32

	changes []func(*Behaviour)
}

// table has all settings, in the order of the documentation. Their names are those of
// annotations of pods, and of keys of "set" in the catalogue.
var table = []setting.Setting[Settings]{
	{Name: "pull-time", Value: "duration", Effect: "the pull takes this long, whatever the size and the layers on the node", Apply: duration(func(s *Settings, d time.Duration) { s.PullTime = &d })},
	{Name: "pull-error", Value: faultNames(), Effect: "every pull fails like this", Apply: func(s *Settings, value string) error {
		if !slices.Contains(faults, Fault(value)) {
			return fmt.Errorf("must be one of %s", faultNames())
		}
		s.PullFault = Fault(value)
		return nil
	}},
	{Name: "start-up", Value: "duration", Effect: "time from the start of the process until it listens", Apply: behaviourDuration(func(b *Behaviour, d metav1.Duration) { b.StartUp = d })},
	{Name: "ports", Value: "numbers from 1 to 65535 with commas between them", Effect: "the TCP ports it listens on", Apply: applyPorts},
	{Name: "http-status", Value: "number from 200 to 599", Effect: "the code of every HTTP answer; a change takes effect at once", Apply: applyStatus},
	{Name: "http-body", Value: "text; ${hostname}, ${tag} and ${path} are replaced", Effect: "the body of every HTTP answer; a change takes effect at once", Apply: func(s *Settings, value string) error {
		s.change(func(b *Behaviour) {
			server := b.serveHTTP()
			server.Body, server.Root = value, ""
		})
		return nil
	}},
	{Name: "http-latency", Value: "duration", Effect: "time from a request to its answer; a change takes effect at once", Apply: behaviourDuration(func(b *Behaviour, d metav1.Duration) { b.serveHTTP().Latency = d })},
	{Name: "http-ready-after", Value: "duration, or \"never\"", Effect: "until so long after the start every path answers 503", Apply: applyReadyAfter},
	{Name: "http-fails-after", Value: "duration", Effect: "from so long after the start on every path answers 500", Apply: duration(func(s *Settings, d time.Duration) {
		s.change(func(b *Behaviour) { b.FailsAfter = &metav1.Duration{Duration: d} })
	})},
	{Name: "grpc-health", Value: "SERVING, NOT_SERVING, UNKNOWN, SERVICE_UNKNOWN or unimplemented", Effect: "speaks gRPC, with this answer to health checks; a change takes effect at once", Apply: applyHealth},
	{Name: "crash-after", Value: "duration", Effect: "the main process ends so long after each start, whatever it runs", Apply: duration(func(s *Settings, d time.Duration) { s.CrashAfter = &d })},
	{Name: "exit-code", Value: "number from 0 to 255", Effect: "the exit code of crash-after; 1 if it is not set", Apply: applyExitCode},
	{Name: "stop", Value: "graceful, abrupt or ignored", Effect: "reaction to SIGTERM: answer what is under way, reset open connections, or nothing at all", Apply: applyStop},
	{Name: "stop-time", Value: "duration", Effect: "time from SIGTERM until it has exited", Apply: behaviourDuration(func(b *Behaviour, d metav1.Duration) {
		b.Stop.Ignored, b.Stop.After = false, d
		b.Stop.Accepts.Duration = min(b.Stop.Accepts.Duration, d.Duration)
	})},
	{Name: "stop-accepts", Value: "duration", Effect: "how long after SIGTERM it still accepts connections; stop-time is at least as long", Apply: behaviourDuration(func(b *Behaviour, d metav1.Duration) {
		b.Stop.Ignored, b.Stop.Accepts = false, d
		b.Stop.After.Duration = max(b.Stop.After.Duration, d.Duration)
	})},
	{Name: "cpu", Value: "quantity of cores", Effect: "CPU that it takes without requests", Apply: quantity(func(b *Behaviour, q resource.Quantity) { b.Usage.CPU.Idle = q })},
	{Name: "cpu-per-request", Value: "duration", Effect: "CPU time of each request", Apply: behaviourDuration(func(b *Behaviour, d metav1.Duration) { b.Usage.CPU.PerRequest = d })},
	{Name: "memory", Value: "quantity of bytes", Effect: "memory that it takes from its start", Apply: quantity(func(b *Behaviour, q resource.Quantity) {
		b.Usage.Memory.Base = q
		if !b.Usage.Memory.Most.IsZero() && b.Usage.Memory.Most.Cmp(q) < 0 {
			b.Usage.Memory.Most = q
		}
	})},
	{Name: "memory-growth", Value: "quantity of bytes", Effect: "memory that is added each second, up to the container's limit", Apply: quantity(func(b *Behaviour, q resource.Quantity) {
		b.Usage.Memory.PerSecond, b.Usage.Memory.Most = q, resource.Quantity{}
	})},
	{Name: "memory-per-request", Value: "quantity of bytes", Effect: "memory that is added by each request", Apply: quantity(func(b *Behaviour, q resource.Quantity) {
		b.Usage.Memory.PerRequest, b.Usage.Memory.Most = q, resource.Quantity{}
	})},
}

// SettingsOf reads the settings that a pod's annotations have for one of its
// containers. "sim.tabernetes.dev/start-up" applies to all of them,
// "sim.tabernetes.dev/start-up.web" only to the container "web". Annotations
// without the prefix are ignored. A problem names the annotation; invalid settings
// are left out. Containers are all names in the pod.
func SettingsOf(annotations map[string]string, container string, containers []string) (Settings, []error) {
	general, own := map[string]string{}, map[string]string{}
	var problems []error
	for _, annotation := range slices.Sorted(maps.Keys(annotations)) {
		name, ours := strings.CutPrefix(annotation, setting.Prefix)
		if !ours {
			continue
		}
		name, scope, scoped := strings.Cut(name, ".")
		switch {
		case !scoped:
			general[name] = annotations[annotation]
		case !slices.Contains(containers, scope):
			problems = append(problems, fmt.Errorf("annotation %q: the pod has no container %q; it has %s", annotation, scope, strings.Join(containers, ", ")))
		case scope == container:
			own[name] = annotations[annotation]
		}
	}
	maps.Copy(general, own)
	settings, more := settingsOf(general)
	for _, problem := range more {
		problems = append(problems, fmt.Errorf("annotation %w", problem))
	}
	return settings, problems
}

// settingsOf reads settings by their names, in the order of the table, so that
// the outcome does not depend on the order in which they are written.
func settingsOf(values map[string]string) (Settings, []error) {
	settings := Settings{CrashCode: 1}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.ContainsFunc(table, func(s setting.Setting[Settings]) bool { return s.Name == name }) {
			problems = append(problems, setting.Unknown(setting.Prefix+name, table))
		}
	}
	for _, known := range table {
		value, set := values[known.Name]
		if !set {
			continue
		}
		if err := known.Apply(&settings, value); err != nil {
			problems = append(problems, fmt.Errorf("%q: %w, got %q", setting.Prefix+known.Name, err, value))
		}
	}
	if _, set := values["exit-code"]; set && settings.CrashAfter == nil {
		problems = append(problems, fmt.Errorf("%q: has no effect without %q", setting.Prefix+"exit-code", setting.Prefix+"crash-after"))
	}
	return settings, problems
}

// Apply changes the image's behaviour. Pulls and crashes are left to the caller.
func (s Settings) Apply(to *Image) {
	if len(s.changes) == 0 && s.CrashAfter == nil {
		return
	}
	to.Behaviour = to.clone()
	for _, change := range s.changes {
		change(&to.Behaviour)
	}
	if s.CrashAfter != nil {
		crash := &Exit{After: metav1.Duration{Duration: *s.CrashAfter}, Code: s.CrashCode}
		if to.Exit != nil {
			crash.Log = to.Exit.Log
		}
		to.Exit = crash
	}
}

func (s *Settings) change(do func(*Behaviour)) { s.changes = append(s.changes, do) }

func duration(set func(*Settings, time.Duration)) func(*Settings, string) error {
	return func(s *Settings, value string) error {
		parsed, err := time.ParseDuration(value)
		if err != nil || parsed < 0 {
			return fmt.Errorf("must be a duration such as \"15s\" or \"1m30s\"")
		}
		set(s, parsed)
		return nil
	}
}

func behaviourDuration(set func(*Behaviour, metav1.Duration)) func(*Settings, string) error {
	return duration(func(s *Settings, d time.Duration) {
		s.change(func(b *Behaviour) { set(b, metav1.Duration{Duration: d}) })
	})
}

func quantity(set func(*Behaviour, resource.Quantity)) func(*Settings, string) error {
	return func(s *Settings, value string) error {
		parsed, err := resource.ParseQuantity(value)
		if err != nil || parsed.Sign() < 0 {
			return fmt.Errorf("must be a quantity such as \"64Mi\" or \"250m\"")
		}
		s.change(func(b *Behaviour) { set(b, parsed) })
		return nil
	}
}

func applyPorts(s *Settings, value string) error {
	var ports []int32
	for _, word := range strings.Split(value, ",") {
		port, err := strconv.ParseUint(strings.TrimSpace(word), 10, 16)
		if err != nil || port == 0 {
			return fmt.Errorf("must be port numbers such as \"80\" or \"80,8080\"")
		}
		ports = append(ports, int32(port))
	}
	s.change(func(b *Behaviour) { b.Ports = ports })
	return nil
}

func applyStatus(s *Settings, value string) error {
	status, err := strconv.Atoi(value)
	if err != nil || status < 200 || status > 599 {
		return fmt.Errorf("must be a number from 200 to 599")
	}
	s.change(func(b *Behaviour) {
		server := b.serveHTTP()
		server.Status, server.Routes, server.Paths, server.Root = status, nil, nil, ""
	})
	return nil
}

func applyReadyAfter(s *Settings, value string) error {
	if value == "never" {
		s.change(func(b *Behaviour) { b.ReadyAfter = &metav1.Duration{Duration: Forever} })
		return nil
	}
	return duration(func(s *Settings, d time.Duration) {
		s.change(func(b *Behaviour) { b.ReadyAfter = &metav1.Duration{Duration: d} })
	})(s, value)
}

func applyHealth(s *Settings, value string) error {
	var health map[string]string
	if value != "unimplemented" {
		if !slices.Contains(healthStatuses, value) {
			return fmt.Errorf("must be one of %s, unimplemented", strings.Join(healthStatuses, ", "))
		}
		health = map[string]string{"": value}
	}
	s.change(func(b *Behaviour) { b.HTTP, b.GRPC = nil, &GRPC{Health: health} })
	return nil
}

func applyExitCode(s *Settings, value string) error {
	code, err := strconv.ParseUint(value, 10, 8)
	if err != nil {
		return fmt.Errorf("must be a number from 0 to 255")
	}
	s.CrashCode = int32(code)
	return nil
}

func applyStop(s *Settings, value string) error {
	switch value {
	case "graceful":
		s.change(func(b *Behaviour) { b.Stop.Ignored, b.Stop.Abrupt = false, false })
	case "abrupt":
		s.change(func(b *Behaviour) { b.Stop = Stop{Abrupt: true, Code: b.Stop.Code} })
	case "ignored":
		s.change(func(b *Behaviour) { b.Stop = Stop{Ignored: true} })
	default:
		return fmt.Errorf("must be one of graceful, abrupt, ignored")
	}
	return nil
}

// serveHTTP makes an image an HTTP server if it is none.
func (b *Behaviour) serveHTTP() *HTTP {
	if b.HTTP == nil {
		b.HTTP = &HTTP{}
		b.GRPC = nil
	}
	return b.HTTP
}

// clone returns a copy that can be changed without changing the catalogue.
// Quantities, slices and maps are replaced as a whole, never changed in place.
func (b *Behaviour) clone() Behaviour {
	copied := *b
	if b.HTTP != nil {
		server := *b.HTTP
		copied.HTTP = &server
	}
	return copied
}
