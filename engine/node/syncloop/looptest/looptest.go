// Package looptest passes the time of a syncloop.Loop in tests that run in a bubble of
// testing/synctest, as the kubelet that owns the loop does. It is called by tests of
// engine/node and must not be linked into a program.
package looptest

import (
	"time"

	"tabernetes/engine/node/syncloop"
)

// Turn calls a function in a turn of the loop, now.
func Turn(loop *syncloop.Loop, do func()) {
	loop.Lock()
	defer loop.Unlock()
	loop.Advance()
	do()
}

// Pass lets some time pass. Each timer runs at its instant, including those at the
// end.
func Pass(loop *syncloop.Loop, during time.Duration) {
	end := time.Now().Add(during)
	for {
		var next time.Time
		var some bool
		Turn(loop, func() {
			loop.RunDue()
			next, some = loop.Next()
		})
		if !some || next.After(end) {
			break
		}
		time.Sleep(time.Until(next))
	}
	time.Sleep(time.Until(end))
}
