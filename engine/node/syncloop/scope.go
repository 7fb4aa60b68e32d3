package syncloop

import "time"

// Scope is the loop as one pod sees it: its timers are cancelled when the pod is
// gone. It belongs to the loop.
type Scope struct {
	*Loop
	timers map[*Timer]struct{}
	ended  bool
}

// NewScope begins a scope.
func (l *Loop) NewScope() *Scope { return &Scope{Loop: l, timers: map[*Timer]struct{}{}} }

// End cancels every timer of the scope, and every later report to it.
func (s *Scope) End() {
	s.ended = true
	for t := range s.timers {
		s.Loop.Stop(t)
	}
}

// Ended reports whether the scope has ended.
func (s *Scope) Ended() bool { return s.ended }

// After is Loop.After for as long as the scope lasts.
func (s *Scope) After(delay time.Duration, run func()) *Timer {
	var t *Timer
	t = s.Loop.After(delay, func() {
		delete(s.timers, t)
		run()
	})
	s.timers[t] = struct{}{}
	return t
}

// Stop is Loop.Stop for a timer of the scope.
func (s *Scope) Stop(t *Timer) {
	if t != nil {
		s.Loop.Stop(t)
		delete(s.timers, t)
	}
}

// Report calls run on the loop, for a process of the pod that runs in its own
// goroutine. What happens at one instant in several goroutines has no order, so
// run is called the smallest time later, when all goroutines wait, in the order of
// their reserved places. The caller does not hold the lock.
func (s *Scope) Report(place uint64, run func()) {
	s.Lock()
	s.Loop.timers.addAt(time.Now().Add(1), place, func() {
		if !s.ended {
			run()
		}
	})
	s.Unlock()
	s.Wake()
}
