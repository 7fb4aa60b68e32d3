//go:build js && wasm

package bridge

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"syscall/js"

	"github.com/norunners/vert"
	clientrest "k8s.io/client-go/rest"

	"tabernetes/engine/client/apply"
	"tabernetes/engine/cluster"
)

// Serve answers the worker until ctx ends, and returns when everything that it
// started has ended.
func Serve(ctx context.Context, host *Host, running *cluster.Cluster, keeper Keeper, tutor Tutor) error {
	config := running.RESTConfig()
	transport, err := clientrest.TransportFor(config)
	if err != nil {
		return fmt.Errorf("create transport of the bridge: %w", err)
	}
	applier, err := apply.New(config)
	if err != nil {
		return fmt.Errorf("create applier of the bridge: %w", err)
	}
	server := &server{
		ctx:     ctx,
		host:    host,
		cluster: running,
		applier: applier,
		keeper:  keeper,
		tutor:   tutor,
		fetches: newFetches(ctx, host, transport),
	}
	release := server.register()
	defer server.running.Wait()
	defer release()
	for {
		select {
		case <-running.Topology().Dirty():
			host.dirty()
		case <-ctx.Done():
			return nil
		}
	}
}

// server holds what the callbacks need.
type server struct {
	ctx     context.Context // of Serve, for the goroutines that callbacks start
	host    *Host
	cluster *cluster.Cluster
	applier *apply.Applier
	keeper  Keeper
	tutor   Tutor
	fetches *fetches
	touched bool           // the page has asked for a change; only callbacks, which come one at a time, use it
	running sync.WaitGroup // the goroutines that answer the page
}

// register gives the worker its callbacks and returns a function that withdraws them.
func (s *server) register() (release func()) {
	callbacks := map[string]func(arguments []js.Value) any{
		"fetch": func(arguments []js.Value) any {
			request := readRequest(arguments[1:])
			s.touched = s.touched || request.method != http.MethodGet
			s.fetches.begin(arguments[0].Int(), request)
			return nil
		},
		"dial": func(arguments []js.Value) any {
			s.fetches.dial(arguments[0].Int(), s.cluster.Dial())
			return nil
		},
		"send": func(arguments []js.Value) any {
			s.fetches.send(arguments[0].Int(), bytesOf(arguments[1]))
			return nil
		},
		"pull": func(arguments []js.Value) any {
			s.fetches.pull(arguments[0].Int())
			return nil
		},
		"cancel": func(arguments []js.Value) any {
			s.fetches.cancel(arguments[0].Int())
			return nil
		},
		"apply": func(arguments []js.Value) any {
			dryRun := arguments[2].Bool()
			s.touched = s.touched || !dryRun
			s.running.Go(func() { s.apply(arguments[0].Int(), arguments[1].String(), dryRun) })
			return nil
		},
		"traffic": func(arguments []js.Value) any {
			s.traffic(arguments[0].Int(), arguments[1:])
			return nil
		},
		"explain": func(arguments []js.Value) any {
			s.explain(arguments[0].Int(), arguments[1].String(), arguments[2].String(), arguments[3].String())
			return nil
		},
		"frame":    func([]js.Value) any { return s.frame() },
		"timeline": func([]js.Value) any { return s.timeline() },
		"settled":  func([]js.Value) any { return s.cluster.Topology().Settled() },
		"gate": func(arguments []js.Value) any {
			s.setGate(arguments[0].String(), arguments[1].Int())
			return nil
		},
	}
	maps.Copy(callbacks, s.keeping())
	maps.Copy(callbacks, s.teaching())
	object := js.Global().Get("Object").New()
	functions := make([]js.Func, 0, len(callbacks))
	for name, callback := range callbacks {
		function := js.FuncOf(func(_ js.Value, arguments []js.Value) any { return callback(arguments) })
		functions = append(functions, function)
		object.Set(name, function)
	}
	s.host.value.Call("register", object)
	return func() {
		s.host.value.Call("register", js.Null())
		for _, function := range functions {
			function.Release()
		}
	}
}

func (s *server) apply(id int, yaml string, dryRun bool) {
	results := s.applier.Apply(s.ctx, []byte(yaml), apply.Options{DryRun: dryRun})
	value, err := fromJSON(map[string]any{"results": results})
	if err != nil {
		s.host.failed(id, fmt.Errorf("encode results of apply: %w", err))
		return
	}
	s.host.reply(id, value)
}

// frame returns the pending frame, or null.
func (s *server) frame() js.Value {
	frame := s.cluster.Topology().Frame()
	if frame == nil {
		return js.Null()
	}
	return vert.ValueOf(frame).JSValue()
}

// timeline returns the timeline of the frame just taken, or null.
func (s *server) timeline() js.Value {
	delta := s.cluster.Timeline().Delta()
	if delta == nil {
		return js.Null()
	}
	return vert.ValueOf(delta).JSValue()
}

// explain answers at once: it looks at what informers hold.
func (s *server) explain(id int, kind, namespace, name string) {
	diagnosis, err := s.cluster.Diagnoser().Explain(kind, namespace, name)
	if err != nil {
		s.host.failed(id, err)
		return
	}
	answer := map[string]any{"diagnosis": diagnosis, "arithmetic": nil}
	if kind == "Deployment" {
		if arithmetic, err := s.cluster.Diagnoser().Arithmetic(namespace, name); err == nil {
			answer["arithmetic"] = arithmetic
		}
	}
	value, err := fromJSON(answer)
	if err != nil {
		s.host.failed(id, fmt.Errorf("encode explanation: %w", err))
		return
	}
	s.host.reply(id, value)
}

// setGate sets the gate by the states of web/src/worker/clock.ts.
func (s *server) setGate(state string, step int) {
	switch state {
	case "open":
		s.cluster.Gate().Open()
	case "closed":
		s.cluster.Gate().Close()
	case "step":
		s.cluster.Gate().Step(func() { s.host.stepped(step) })
	}
}

// readRequest makes the request of fetch: method, path, headers as pairs, body
// as a string, bytes or null.
func readRequest(arguments []js.Value) (request fetchRequest) {
	request.method, request.path = arguments[0].String(), arguments[1].String()
	request.header = http.Header{}
	for index := range arguments[2].Length() {
		pair := arguments[2].Index(index)
		request.header.Add(pair.Index(0).String(), pair.Index(1).String())
	}
	switch body := arguments[3]; body.Type() {
	case js.TypeString:
		request.body = body.String()
	case js.TypeObject:
		request.body = string(bytesOf(body))
	}
	return request
}

// errTooManyRequests is the answer to a request beyond maxFetches.
var errTooManyRequests = errors.New("too many requests in flight")
