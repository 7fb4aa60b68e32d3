package probe

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"tabernetes/engine/node/dial"
	"tabernetes/engine/node/network"
	"tabernetes/engine/node/syncloop"
	"tabernetes/engine/node/syncloop/looptest"
	"tabernetes/engine/node/variation"
)

// world is a pod of one container, its node, and what listens in it: HTTP on 80 and
// gRPC on 90. Nobody answers on port 9.
type world struct {
	t      *testing.T
	loop   *syncloop.Loop
	began  time.Time
	pod    *corev1.Pod
	status corev1.PodStatus
	set    *Set

	code      int              // of every HTTP answer
	health    map[string]error // by service; nil is serving
	execution Execution        // of every command
	runs      int              // of commands

	events []string
	ready  []string // the calls of ShowReadiness, each with its second
	syncs  []int    // the second of each request for a sync
}

// second is the time since the beginning.
func (w *world) second() int { return int(time.Since(w.began).Seconds()) }

func newWorld(t *testing.T, change func(*corev1.Container)) *world {
	w := &world{t: t, loop: syncloop.New(false), code: 200, began: time.Now()}
	w.pod = &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "web"}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "app"}}}}
	change(&w.pod.Spec.Containers[0])
	w.run("first")
	looptest.Turn(w.loop, func() {
		w.set = NewSet(w, w, w.loop.NewScope(), variation.New(1, "web", false))
		w.set.Start()
	})
	return w
}

// run has another container run from now on.
func (w *world) run(id string) {
	w.status = corev1.PodStatus{PodIP: "10.244.1.5", ContainerStatuses: []corev1.ContainerStatus{{
		Name: "app", ContainerID: id, Started: ptr.To(w.pod.Spec.Containers[0].StartupProbe == nil),
		State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()}},
	}}}
}

func (w *world) Object() *corev1.Pod       { return w.pod }
func (w *world) Status() *corev1.PodStatus { return &w.status }
func (w *world) RequestSync()              { w.syncs = append(w.syncs, w.second()) }
func (w *world) Started() time.Time        { return w.began.Add(-time.Hour) }

func (w *world) ContainerEvent(_ *corev1.Container, kind, reason, message string) {
	w.events = append(w.events, fmt.Sprintf("%s %s %s", kind, reason, message))
}

func (w *world) ShowReadiness(containerID string, ready bool) {
	w.ready = append(w.ready, fmt.Sprintf("%d %s %t", w.second(), containerID, ready))
}

func (w *world) Execute(_ string, command []string, _ time.Duration, done func(Execution)) bool {
	w.runs++
	if command[0] == "gone" {
		return false
	}
	done(w.execution)
	return true
}

func (w *world) ListenerAt(host, port string) (dial.Server, error) {
	switch {
	case port == "9":
		return nil, dial.ErrNoAnswer
	case host == "10.244.1.5" && (port == "80" || port == "90"):
		return w, nil
	}
	return nil, dial.Refused(host, port)
}

func (w *world) Answer(*http.Request) (network.Answer, bool) {
	return network.Answer{Status: w.code, Body: "said the server"}, true
}
func (w *world) SpeaksTLS() bool { return false }
func (w *world) IsRunning() bool { return true }

func (w *world) Health(service string) (string, error) {
	if err := w.health[service]; err != nil {
		return "", err
	}
	return "SERVING", nil
}

func get(port int) corev1.ProbeHandler {
	return corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/healthz", Port: intstr.FromInt(port), Scheme: corev1.URISchemeHTTP}}
}

func dialTo(port intstr.IntOrString) corev1.ProbeHandler {
	return corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: port}}
}

func rpc(service string) corev1.ProbeHandler {
	return corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: 90, Service: &service}}
}

func command(words ...string) corev1.ProbeHandler {
	return corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: words}}
}

func TestHandlers(t *testing.T) {
	for name, test := range map[string]struct {
		handler   corev1.ProbeHandler
		code      int
		execution Execution
		after     time.Duration // when the answer arrives
		want      Outcome
		event     string
	}{
		"HTTP":                {handler: get(80), code: 204, want: Success},
		"HTTP fails":          {handler: get(80), code: 503, want: Failure, event: "Warning Unhealthy Liveness probe failed: HTTP probe failed with statuscode: 503"},
		"HTTP is refused":     {handler: get(81), want: Failure, event: `Warning Unhealthy Liveness probe failed: Get "http://10.244.1.5:81/healthz": dial tcp 10.244.1.5:81: connect: connection refused`},
		"HTTP unanswered":     {handler: get(9), after: 2 * time.Second, want: Failure, event: `Warning Unhealthy Liveness probe failed: Get "http://10.244.1.5:9/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`},
		"TCP":                 {handler: dialTo(intstr.FromInt(80)), want: Success},
		"TCP by name":         {handler: dialTo(intstr.FromString("web")), want: Success},
		"TCP is refused":      {handler: dialTo(intstr.FromInt(81)), want: Failure, event: "Warning Unhealthy Liveness probe failed: dial tcp 10.244.1.5:81: connect: connection refused"},
		"TCP unanswered":      {handler: dialTo(intstr.FromInt(9)), after: 2 * time.Second, want: Failure, event: "Warning Unhealthy Liveness probe failed: dial tcp 10.244.1.5:9: i/o timeout"},
		"TCP without a port":  {handler: dialTo(intstr.FromString("none")), want: NotRun, event: "Warning Unhealthy Liveness probe errored and resulted in unknown state: port \"none\" not found"},
		"gRPC":                {handler: rpc(""), want: Success},
		"gRPC without health": {handler: rpc("none"), want: Failure, event: "Warning Unhealthy Liveness probe failed: error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service grpc.health.v1.Health"},
		"gRPC knows not":      {handler: rpc("other"), want: Failure, event: "Warning Unhealthy Liveness probe failed: error: health rpc probe failed: rpc error: code = NotFound desc = unknown service"},
		"gRPC to another":     {handler: rpc("http"), after: 2 * time.Second, want: Failure, event: `Warning Unhealthy Liveness probe failed: timeout: failed to connect service "10.244.1.5:90" within 2s: context deadline exceeded`},
		"command":             {handler: command("true"), want: Success},
		"command fails":       {handler: command("cat"), execution: Execution{Code: 1, Output: "no such file"}, want: Failure, event: "Warning Unhealthy Liveness probe failed: no such file"},
		"command times out":   {handler: command("sleep"), execution: Execution{TimedOut: true, Err: errors.New("command timed out")}, want: Failure, event: "Warning Unhealthy Liveness probe failed: command timed out"},
		"command cannot run":  {handler: command("none"), execution: Execution{Err: errors.New("no such command")}, want: NotRun, event: "Warning Unhealthy Liveness probe errored and resulted in unknown state: no such command"},
		"no container":        {handler: command("gone"), want: NotRun, event: `Warning Unhealthy Liveness probe errored and resulted in unknown state: container "app" not found`},
		"nothing":             {want: NotRun, event: "Warning Unhealthy Liveness probe errored and resulted in unknown state: missing probe handler for web:app"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, func(of *corev1.Container) {
					of.Ports = []corev1.ContainerPort{{Name: "web", ContainerPort: 80}}
				})
				w.code, w.execution = test.code, test.execution
				w.health = map[string]error{"none": dial.ErrNoHealth, "other": dial.ErrUnknownService, "http": dial.ErrNoGRPC}
				p := &probe{
					set: w.set, kind: Liveness, of: &w.pod.Spec.Containers[0], containerID: "first",
					spec: &corev1.Probe{ProbeHandler: test.handler, TimeoutSeconds: 2},
				}
				got, calls := NotRun, 0
				looptest.Turn(w.loop, func() {
					p.look(1, func(found Outcome) {
						got, calls = found, calls+1
						if after := time.Since(w.began); after != test.after {
							t.Errorf("got it after %v, want %v", after, test.after)
						}
					})
				})
				looptest.Pass(w.loop, time.Minute)
				if got != test.want || calls != 1 {
					t.Errorf("got %v in %d calls, want %v in one", got, calls, test.want)
				}
				if events := strings.Join(w.events, "\n"); events != test.event {
					t.Errorf("got events %s\nwant %s", events, test.event)
				}
			})
		})
	}
}

// A probe that ends in an error says nothing, and is tried three times.
func TestErrorsAreTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(of *corev1.Container) {
			of.LivenessProbe = &corev1.Probe{ProbeHandler: command("none"), PeriodSeconds: 10, FailureThreshold: 1, SuccessThreshold: 1}
		})
		w.execution = Execution{Err: errors.New("no such command")}
		looptest.Pass(w.loop, 15*time.Second)
		if w.runs != 6 || len(w.events) != 2 || w.set.Result(Liveness, "first") != Success {
			t.Errorf("got %d runs, %d events and %v, want 3 runs and an event for each of 2 probes, and no failure", w.runs, len(w.events), w.set.Result(Liveness, "first"))
		}
	})
}

// A liveness probe waits for its initial delay, fails three times in a row, and is
// on hold until there is a new container.
func TestLiveness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(of *corev1.Container) {
			of.LivenessProbe = &corev1.Probe{ProbeHandler: get(80), InitialDelaySeconds: 10, PeriodSeconds: 10, FailureThreshold: 3, SuccessThreshold: 1}
		})
		w.code = 500
		looptest.Pass(w.loop, 25*time.Second)
		w.code = 200 // one success in between resets the count
		looptest.Pass(w.loop, 10*time.Second)
		w.code = 500
		looptest.Pass(w.loop, 5*time.Minute)
		if want := []int{60}; !slices.Equal(w.syncs, want) || w.set.Result(Liveness, "first") != Failure {
			t.Errorf("got syncs at %v and %v, want %v and a failure", w.syncs, w.set.Result(Liveness, "first"), want)
		}
		if len(w.events) != 5 {
			t.Errorf("got %d events, want 5: %q", len(w.events), w.events)
		}
		w.code = 200
		w.run("second")
		looptest.Pass(w.loop, time.Minute)
		if first, second := w.set.Result(Liveness, "first"), w.set.Result(Liveness, "second"); first != NotRun || second != Success {
			t.Errorf("another container: got %v for the first and %v for the second", first, second)
		}
		w.code = 500
		looptest.Turn(w.loop, func() { w.set.Stop(Liveness) })
		looptest.Pass(w.loop, time.Hour)
		if got := w.set.Result(Liveness, "second"); got != Success {
			t.Errorf("stopped: got %v, want what was found before", got)
		}
	})
}

func TestReadiness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(of *corev1.Container) {
			of.ReadinessProbe = &corev1.Probe{ProbeHandler: get(80), PeriodSeconds: 5, FailureThreshold: 2, SuccessThreshold: 1}
		})
		w.code = 500
		looptest.Pass(w.loop, 7*time.Second)
		w.code = 200
		looptest.Pass(w.loop, 6*time.Second)
		w.code = 500
		looptest.Pass(w.loop, 10*time.Second)
		if want := []string{"0 first false", "10 first true", "20 first false"}; !slices.Equal(w.ready, want) {
			t.Errorf("got %q, want %q", w.ready, want)
		}
	})
}

// A running container is not ready before its startup probe has succeeded,
// whatever its readiness probe would say; a container without probes is ready at
// once.
func TestApply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		probed := func(of *corev1.Container) {
			of.StartupProbe = &corev1.Probe{ProbeHandler: get(80), PeriodSeconds: 3, FailureThreshold: 10, SuccessThreshold: 1}
			of.ReadinessProbe = &corev1.Probe{ProbeHandler: get(80), PeriodSeconds: 5, FailureThreshold: 3, SuccessThreshold: 1}
		}
		for name, test := range map[string]struct {
			change         func(*corev1.Container)
			code           int
			started, ready bool
		}{
			"no probes":   {func(*corev1.Container) {}, 500, true, true},
			"not started": {probed, 500, false, false},
			"started":     {probed, 200, true, true},
		} {
			w := newWorld(t, test.change)
			w.code = test.code
			for range 4 { // a sync each second, which generates a status
				looptest.Turn(w.loop, func() { w.set.Apply(&w.status) })
				looptest.Pass(w.loop, time.Second)
			}
			looptest.Turn(w.loop, func() { w.set.Apply(&w.status) })
			if got := w.status.ContainerStatuses[0]; *got.Started != test.started || got.Ready != test.ready {
				t.Errorf("%s: got started %t, ready %t; want %t, %t", name, *got.Started, got.Ready, test.started, test.ready)
			}
		}
	})
}

func TestGracePeriod(t *testing.T) {
	of := &corev1.Container{LivenessProbe: &corev1.Probe{TerminationGracePeriodSeconds: ptr.To[int64](7)}, StartupProbe: &corev1.Probe{}}
	for kind, want := range map[Kind]int64{Liveness: 7, Startup: -1, Readiness: -1, None: -1} {
		if got := ptr.Deref(GracePeriod(of, kind), -1); got != want {
			t.Errorf("%v: got %d, want %d", kind, got, want)
		}
	}
	if got := GracePeriod(&corev1.Container{}, Liveness); got != nil {
		t.Errorf("no probe: got %d, want none", *got)
	}
}
