package process

import "slices"

// Signal delivers a signal.
func (t *Task) Signal(signal Signal) {
	t.mu.Lock()
	if signal == SIGKILL {
		t.stopping = true
		t.mu.Unlock()
		t.cancel(killedError{signal})
		return
	}
	handler, caught := t.caught[signal]
	switch {
	case signal == OnExit || t.stopping:
	case caught && handler != nil:
		t.mu.Unlock()
		handler()
		return
	case caught:
		if !slices.Contains(t.arrived, signal) {
			t.arrived = append(t.arrived, signal)
		}
		select {
		case t.arrival <- struct{}{}:
		default:
		}
	case t.ignored[signal] || t.pid == 1 || !signal.endsProcess():
	default:
		t.stopping = true
		t.mu.Unlock()
		t.cancel(killedError{signal})
		return
	}
	t.mu.Unlock()
}

// Catch makes a signal call handler; with a nil handler the signal stays
// pending until Take.
func (t *Task) Catch(signal Signal, handler func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.ignored, signal)
	t.caught[signal] = handler
}

// Ignore makes the process and its children ignore a signal.
func (t *Task) Ignore(signal Signal) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.caught, signal)
	t.ignored[signal] = true
}

// Restore restores the default action of a signal.
func (t *Task) Restore(signal Signal) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.caught, signal)
	delete(t.ignored, signal)
}

// Arrival is sent a value when a caught signal without a handler arrives.
func (t *Task) Arrival() <-chan struct{} { return t.arrival }

// Next returns the caught signal that is pending, without taking it.
func (t *Task) Next() (Signal, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.arrived) == 0 {
		return 0, false
	}
	return t.arrived[0], true
}

// Take takes a caught signal that has arrived.
func (t *Task) Take() (Signal, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.arrived) == 0 {
		return 0, false
	}
	signal := t.arrived[0]
	t.arrived = t.arrived[1:]
	if len(t.arrived) == 0 {
		select {
		case <-t.arrival:
		default:
		}
	}
	return signal, true
}
