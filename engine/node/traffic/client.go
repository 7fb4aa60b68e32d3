package traffic

import (
	"container/heap"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"tabernetes/engine/node/network"
)

// maxBehind is how late a request may still be sent.
const maxBehind = 2 * time.Second

// client sends requests to one Service. It belongs to its Traffic: every method
// needs the Traffic's mu.
type client struct {
	network   *network.Network
	service   network.ServiceAddress
	options   Options
	random    *rand.Rand
	request   *http.Request
	started   time.Time
	slot      time.Time // the beginning of the time slot of the next request
	next      time.Time // when the next request is sent; zero when stopped
	turn      int       // selects the next node
	sent      int64
	inFlight  flights
	counts    counts
	perSecond int
}

func newClient(on *network.Network, seed uint64, service network.ServiceAddress, perSecond int, options Options) (*client, error) {
	request, err := http.NewRequest(http.MethodGet, "http://"+service.Name+"."+service.Namespace+options.Path, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("send requests to service %q: %w", service, err)
	}
	request.Header.Set("User-Agent", "tabernetes-traffic")
	hash := fnv.New64a()
	_, _ = hash.Write([]byte("traffic " + service.String()))
	now := time.Now()
	c := &client{
		network: on, service: service, options: options, request: request,
		random:  rand.New(rand.NewPCG(seed, hash.Sum64())),
		started: now, slot: now, counts: newCounts(), perSecond: perSecond,
	}
	c.next = c.slot.Add(c.offset())
	return c, nil
}

// interval is the length of a slot: one request lies somewhere in each.
func (c *client) interval() time.Duration { return time.Second / time.Duration(c.perSecond) }

func (c *client) offset() time.Duration {
	return time.Duration(c.random.Int64N(int64(c.interval())))
}

// stop sends no more requests. Open requests still get their result.
func (c *client) stop() { c.next = time.Time{} }

// wakeAt is when the next action is due: the next request, or for a stopped client
// the last results. While a client runs, its results are collected with the next
// request, which saves half of the timers. Zero means never.
func (c *client) wakeAt() time.Time {
	if !c.next.IsZero() || len(c.inFlight) == 0 {
		return c.next
	}
	return c.inFlight[0].due
}

// advance does everything that is due by now.
func (c *client) advance(now time.Time) {
	c.land(now)
	if !c.next.IsZero() && now.Sub(c.slot) > maxBehind {
		// The host's clock has jumped; the virtual clock never does.
		c.slot, c.next = now, now
	}
	for !c.next.IsZero() && !c.next.After(now) {
		c.send(now)
		c.slot = c.slot.Add(c.interval())
		c.next = c.slot.Add(c.offset())
	}
}

func (c *client) send(now time.Time) {
	c.sent++
	from, ok := c.network.Node(c.turn)
	c.turn++
	if !ok {
		c.fly(flight{due: now.Add(c.options.Timeout), result: TimedOut})
		return
	}
	to, err := c.network.Locate(c.service, c.random.IntN)
	if err != nil {
		result := Unresolved
		if errors.Is(err, network.ErrNoEndpoints) {
			result = NoEndpoints
		}
		c.counts.add(now, result, "", "")
		return
	}
	conn, err := c.network.Connect(from, to)
	switch {
	case errors.Is(err, network.ErrUnanswered):
		c.fly(flight{due: now.Add(c.options.Timeout), result: TimedOut})
	case err != nil:
		c.counts.add(now, resultOf(err), "", "")
	default:
		takes := conn.Send(c.request)
		if takes > c.options.Timeout {
			c.fly(flight{due: now.Add(c.options.Timeout), conn: conn, result: TimedOut})
			return
		}
		c.fly(flight{due: now.Add(takes), conn: conn})
	}
}

// land collects the results that have arrived by now.
func (c *client) land(now time.Time) {
	for len(c.inFlight) > 0 && !c.inFlight[0].due.After(now) {
		done := heap.Pop(&c.inFlight).(flight)
		if done.conn == nil {
			c.counts.add(done.due, done.result, "", "")
			continue
		}
		at := done.due
		answer, ok, err := done.conn.Receive()
		result := resultOfStatus(answer.Status)
		switch {
		case err != nil && !done.conn.ResetAt().After(done.due):
			result, at = Reset, done.conn.ResetAt()
		case done.result != "":
			result = done.result
		case !ok:
			result = Closed
		}
		c.counts.add(at, result, versionOf(done.conn.Peer.Image), done.conn.Peer.Pod)
	}
}

func (c *client) fly(one flight) {
	one.number = c.sent
	heap.Push(&c.inFlight, one)
}

func (c *client) stats() Stats {
	stats := Stats{
		Service: c.service.Namespace + "/" + c.service.Name, Started: c.started.UnixMilli(), Sent: c.sent, InFlight: len(c.inFlight),
		ByResult: maps.Clone(c.counts.byResult), ByVersion: maps.Clone(c.counts.byVersion), ByPod: maps.Clone(c.counts.byPod),
		Seconds: make([]Second, 0, len(c.counts.ring)),
	}
	if !c.next.IsZero() {
		stats.PerSecond = c.perSecond
	}
	for result, number := range c.counts.byResult {
		if result == OK {
			stats.OK += number
		} else {
			stats.Failed += number
		}
	}
	for _, second := range append(slices.Clone(c.counts.ring[c.counts.first:]), c.counts.ring[:c.counts.first]...) {
		stats.Seconds = append(stats.Seconds, Second{
			Time: second.Time, ByResult: maps.Clone(second.ByResult), ByVersion: maps.Clone(second.ByVersion),
		})
	}
	return stats
}

// flight is a request without a result yet.
type flight struct {
	due    time.Time
	number int64
	conn   *network.Conn // nil when the connection failed
	result Result        // unless conn says otherwise
}

// flights is a heap, earliest first. It is bounded by the rate times the timeout.
type flights []flight

func (f flights) Len() int { return len(f) }

func (f flights) Less(i, j int) bool {
	if order := f[i].due.Compare(f[j].due); order != 0 {
		return order < 0
	}
	return f[i].number < f[j].number
}

func (f flights) Swap(i, j int) { f[i], f[j] = f[j], f[i] }

func (f *flights) Push(one any) { *f = append(*f, one.(flight)) }

func (f *flights) Pop() any {
	last := (*f)[len(*f)-1]
	*f = (*f)[:len(*f)-1]
	return last
}
