package store

import (
	"sync"
	"time"
)

// alarm is one timer that can be moved to an earlier or later time. The store's
// lock guards it; ring takes that lock itself.
type alarm struct {
	callbacks *sync.WaitGroup
	ring      func()

	at    time.Time // zero: not set
	timer *time.Timer
}

// set makes the alarm ring at the given time, zero for never.
func (a *alarm) set(at time.Time) {
	if a.at.Equal(at) {
		return
	}
	a.cancel()
	if at.IsZero() {
		return
	}
	a.at = at
	a.callbacks.Add(1)
	a.timer = time.AfterFunc(time.Until(at), func() {
		defer a.callbacks.Done()
		a.ring()
	})
}

// rung is called by ring once it holds the lock. It unsets the alarm, so that
// the next set arms the timer again. Ring must do only what is due at the time:
// between the timer and the lock the alarm may have been set to another time.
func (a *alarm) rung() {
	a.cancel()
}

func (a *alarm) cancel() {
	if a.timer != nil && a.timer.Stop() {
		a.callbacks.Done()
	}
	a.at, a.timer = time.Time{}, nil
}
