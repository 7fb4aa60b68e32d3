//go:build js && wasm

package bridge

import (
	"errors"
	"fmt"
	"syscall/js"
	"time"

	"tabernetes/engine/node/traffic"
)

// traffic carries out a TrafficCommand of web/src/protocol/traffic.ts: kind, service,
// requests per second, path and time-out in milliseconds. It answers with the counts
// after it.
func (s *server) traffic(id int, arguments []js.Value) {
	clients, err := s.command(arguments[0].String(), arguments[1].String(), arguments[2:])
	if err != nil {
		s.host.failed(id, err)
		return
	}
	value, err := fromJSON(map[string]any{"clients": clients})
	if err != nil {
		s.host.failed(id, fmt.Errorf("encode the counts of traffic: %w", err))
		return
	}
	s.host.reply(id, value)
}

func (s *server) command(kind, service string, start []js.Value) ([]traffic.Stats, error) {
	requests := s.cluster.Traffic()
	var err error
	switch kind {
	case "all":
		return requests.All(), nil
	case "start":
		perSecond := start[0].Float()
		if perSecond != float64(int(perSecond)) {
			return nil, fmt.Errorf("send requests to service %q: %v a second, want a whole number", service, perSecond)
		}
		err = requests.Start(service, int(perSecond), traffic.Options{
			Path: start[1].String(), Timeout: time.Duration(start[2].Float() * float64(time.Millisecond)),
		})
	case "stop":
		err = requests.Stop(service)
	case "stats":
	default:
		return nil, errors.New("a command of traffic of an unknown kind")
	}
	if err != nil {
		return nil, err
	}
	stats, err := requests.Stats(service)
	return []traffic.Stats{stats}, err
}
