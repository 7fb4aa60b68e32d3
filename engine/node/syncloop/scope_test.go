package syncloop

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// turn runs what is due after some time has passed.
func turn(l *Loop, after time.Duration) {
	time.Sleep(after)
	l.Lock()
	defer l.Unlock()
	l.Advance()
	l.RunDue()
}

func TestScopeTakesBackWhatIsSetOnIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loop := New(false)
		var ran []string
		note := func(name string) func() { return func() { ran = append(ran, name) } }
		loop.Lock()
		loop.Advance()
		gone, stays := loop.NewScope(), loop.NewScope()
		gone.After(time.Second, note("before the end"))
		gone.After(time.Minute, note("after the end"))
		stays.After(time.Minute, note("of the other"))
		gone.Stop(gone.After(time.Second, note("stopped")))
		place := loop.Reserve()
		loop.Unlock()

		turn(loop, time.Second)
		loop.Lock()
		gone.End()
		loop.Unlock()
		gone.Report(place, note("reported after the end"))
		turn(loop, time.Hour)
		if want := []string{"before the end", "of the other"}; !slices.Equal(ran, want) {
			t.Errorf("got %q, want %q", ran, want)
		}
		if left := loop.Pending(); left != 0 {
			t.Errorf("got %d timers left, want none", left)
		}
	})
}

// Reports of several goroutines at one instant run in the order of their places.
func TestReportsAreInTheOrderOfTheirPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loop := New(false)
		var ran []int
		loop.Lock()
		loop.Advance()
		scope := loop.NewScope()
		places := []uint64{loop.Reserve(), loop.Reserve(), loop.Reserve()}
		loop.Unlock()
		for _, i := range []int{2, 0, 1} {
			scope.Report(places[i], func() { ran = append(ran, i) })
		}
		select {
		case <-loop.Woken():
		default:
			t.Error("the loop was not woken")
		}
		turn(loop, time.Second)
		if want := []int{0, 1, 2}; !slices.Equal(ran, want) {
			t.Errorf("got %v, want %v", ran, want)
		}
	})
}
