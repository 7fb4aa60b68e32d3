//go:build js && wasm

package bridge

import (
	"context"
	"syscall/js"
)

// Tutor teaches a lesson in the cluster. Its methods are called in goroutines of their
// own.
type Tutor interface {
	// Do carries out a LessonCommand of web/src/protocol/lesson.ts, in JSON, and returns
	// its answer as a value for JSON.
	Do(ctx context.Context, command []byte) (any, error)
	// Look returns what there is to tell about the step that is under way, a LessonReport
	// as a value for JSON; nil when there is nothing new.
	Look() (any, error)
}

// teaching are the callbacks that the tutor answers. The worker looks again only after
// it was told what the last look has found.
func (s *server) teaching() map[string]func(arguments []js.Value) any {
	return map[string]func(arguments []js.Value) any{
		"lesson": s.answering(func(arguments []js.Value) (js.Value, error) {
			answer, err := s.tutor.Do(s.ctx, []byte(arguments[0].String()))
			if err != nil {
				return js.Null(), err
			}
			return fromJSON(answer)
		}),
		"look": func([]js.Value) any {
			s.running.Go(s.look)
			return nil
		},
	}
}

func (s *server) look() {
	told, err := s.tutor.Look()
	value := js.Null()
	if err == nil && told != nil {
		value, err = fromJSON(told)
	}
	if err != nil {
		s.host.Log(LevelError, err.Error())
	}
	s.host.value.Call("looked", value)
}
