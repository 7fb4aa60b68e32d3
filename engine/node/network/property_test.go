package network

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"
)

// TestConnectChoosesAmongTheEndpointsOfSomeRecentMoment makes random changes to a
// Service's endpoints and compares each connection with the history: the endpoint
// must have been correct at some moment of the last 1.3 s, the time that a change
// may take (proxier.go), and every usable endpoint is chosen sometimes.
func TestConnectChoosesAmongTheEndpointsOfSomeRecentMoment(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			withNetwork(t, func(e *environment) { compareWithHistory(e, rand.New(rand.NewPCG(seed, 0))) })
		})
	}
}

func compareWithHistory(e *environment, random *rand.Rand) {
	const longest = watchLongest + restoreLongest + minSyncPeriod + restoreLongest + time.Millisecond
	type state struct {
		since  time.Time
		usable map[string]bool
	}
	e.service("web", nil)
	e.settle()
	history := []state{{since: time.Time{}, usable: map[string]bool{}}}
	seen, wanted := map[string]bool{}, map[string]bool{}
	for range 60 {
		pods, usable := randomEndpoints(e, random)
		e.slice("web", pods...)
		history = append(history, state{time.Now(), usable})
		quiet := time.Duration(random.Int64N(int64(3 * time.Second)))
		for end := time.Now().Add(quiet); time.Now().Before(end); time.Sleep(37 * time.Millisecond) {
			from := e.from(e.one)
			if random.IntN(2) == 0 {
				from = e.from(e.two)
			}
			got := e.connect(from, "10.96.0.50:80")
			allowed := false
			for i, one := range history {
				replaced := i+1 < len(history) && time.Since(history[i+1].since) > longest
				right := one.usable[got] || (len(one.usable) == 0 && got == "no endpoints")
				allowed = allowed || (right && !replaced)
			}
			if !allowed {
				e.t.Fatalf("got %s, which was not right within %s; the history ends in %+v", got, longest, history[max(0, len(history)-3):])
			}
			seen[got] = true
		}
		if quiet > longest+time.Second {
			for address := range usable {
				wanted[address] = true
			}
		}
	}
	for address := range wanted {
		if !seen[address] {
			e.t.Errorf("%s was usable for a second and never chosen", address)
		}
	}
}

// randomEndpoints makes up to 5 endpoints and returns which of them kube-proxy may
// use: the ready ones, or the serving ones that terminate if there are none
// (KEP-1669).
func randomEndpoints(e *environment, random *rand.Rand) (pods []pod, usable map[string]bool) {
	ready, serving := map[string]bool{}, map[string]bool{}
	for i := range random.IntN(6) {
		machine := []*testMachine{e.one, e.two}[random.IntN(2)]
		address := machine.podCIDR.Addr()
		for range i + 2 {
			address = address.Next()
		}
		each := pod{node: machine.name, address: address.String(), notReady: random.IntN(3) == 0, terminating: random.IntN(3) == 0}
		machine.run(each.address, 8080)
		pods = append(pods, each)
		at := netip.AddrPortFrom(address, 8080).String()
		switch {
		case !each.notReady && !each.terminating:
			ready[at] = true
		case !each.notReady:
			serving[at] = true
		}
	}
	if len(ready) > 0 {
		return pods, ready
	}
	return pods, serving
}
