package syncloop

import (
	"sync"
	"time"
)

// Loop is what the turns of a node share. Its lock guards the Loop and every type
// whose comment says that it belongs to the loop.
type Loop struct {
	// Instant says that simulated operations take no time.
	Instant bool
	// Processes are the goroutines of containers. They do not hold the lock while
	// they run, and are joined before the owner of the loop ends.
	Processes sync.WaitGroup
	// woken has room for one signal: there is something to do.
	woken chan struct{}

	mu     sync.Mutex
	now    time.Time  // of the current turn. guarded by mu
	timers timerQueue // guarded by mu
}

// New makes a loop without timers.
func New(instant bool) *Loop { return &Loop{Instant: instant, woken: make(chan struct{}, 1)} }

// Lock takes the lock; the loop's time stays that of the last turn.
func (l *Loop) Lock() { l.mu.Lock() }

// Unlock releases the lock.
func (l *Loop) Unlock() { l.mu.Unlock() }

// Wake has the owner of the loop make a turn. It never blocks.
func (l *Loop) Wake() {
	select {
	case l.woken <- struct{}{}:
	default:
	}
}

// Woken receives a signal after Wake.
func (l *Loop) Woken() <-chan struct{} { return l.woken }

// Advance sets the time of the loop to now. The caller holds the lock.
func (l *Loop) Advance() { l.now = time.Now() }

// Now is the instant of the turn. The caller holds the lock.
func (l *Loop) Now() time.Time { return l.now }

// After calls run in a later turn, once delay has passed, with the lock held. The
// caller holds the lock.
func (l *Loop) After(delay time.Duration, run func()) *Timer {
	return l.timers.add(l.now.Add(delay), run)
}

// Stop removes a timer; it does nothing when the timer has run or is nil. The
// caller holds the lock.
func (l *Loop) Stop(t *Timer) { l.timers.stop(t) }

// Reserve reserves a place in the order for a goroutine's later report (see
// Scope.Report). The caller holds the lock.
func (l *Loop) Reserve() uint64 { return l.timers.reserve() }

// RunDue runs the timers that are due, the earliest first. The caller holds the
// lock.
func (l *Loop) RunDue() {
	for t := l.timers.popDue(l.now); t != nil; t = l.timers.popDue(l.now) {
		t.run()
	}
}

// Next is when the next timer is due; ok is false when none is set. The caller
// holds the lock.
func (l *Loop) Next() (at time.Time, ok bool) { return l.timers.next() }

// Pending is how many timers are set. The caller holds the lock.
func (l *Loop) Pending() int { return l.timers.heap.Len() }
