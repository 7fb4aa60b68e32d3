package traffic

import "time"

// Bounds of what is kept for a client.
const (
	// maxSeconds is the length of the series in cluster seconds; older seconds are
	// dropped, but stay in the totals.
	maxSeconds = 600
	// maxNames bounds the pods and the versions that are counted by name. Further
	// ones are counted as otherName.
	maxNames = 100
)

const otherName = "other"

// Stats are the counts of one client since its last start.
type Stats struct {
	// Service is the namespace and name, "default/web".
	Service string `json:"service"`
	// PerSecond is the requested rate; 0 when the client is stopped.
	PerSecond int `json:"perSecond"`
	// Started is the cluster time of the start, in milliseconds since 1970.
	Started int64 `json:"started"`
	// Sent counts all requests, InFlight those without a result yet.
	Sent     int64 `json:"sent"`
	InFlight int   `json:"inFlight"`
	// OK and Failed are the two kinds of results.
	OK     int64 `json:"ok"`
	Failed int64 `json:"failed"`
	// ByResult has the results that occurred.
	ByResult map[Result]int64 `json:"byResult"`
	// ByVersion counts the answers that were OK by the tag of the image that
	// answered, ByPod by the pod's name.
	ByVersion map[string]int64 `json:"byVersion"`
	ByPod     map[string]int64 `json:"byPod"`
	// Seconds is the series, oldest first, without seconds that have no result.
	Seconds []Second `json:"seconds"`
}

// Second has the results of one cluster second. A request counts in the second of
// its result.
type Second struct {
	// Time is when the second began, in milliseconds since 1970.
	Time      int64            `json:"time"`
	ByResult  map[Result]int64 `json:"byResult"`
	ByVersion map[string]int64 `json:"byVersion"`
}

// counts are the totals and the series of a client.
type counts struct {
	byResult         map[Result]int64
	byVersion, byPod map[string]int64
	ring             []Second
	first            int // the oldest of ring once it is full
}

func newCounts() counts {
	return counts{byResult: map[Result]int64{}, byVersion: map[string]int64{}, byPod: map[string]int64{}}
}

// add counts a result. version and pod are those of the server, if any answered.
func (c *counts) add(at time.Time, result Result, version, pod string) {
	second := c.second(at.Truncate(time.Second).UnixMilli())
	c.byResult[result]++
	second.ByResult[result]++
	if result == OK {
		count(c.byVersion, version)
		count(c.byPod, pod)
		count(second.ByVersion, version)
	}
}

func count(counts map[string]int64, name string) {
	if _, known := counts[name]; !known && len(counts) >= maxNames {
		name = otherName
	}
	counts[name]++
}

// second finds a second of the series, or adds it. Results arrive almost in the
// order of time, so it is among the last.
func (c *counts) second(begin int64) *Second {
	for back := 1; back <= len(c.ring); back++ {
		one := &c.ring[(c.first+len(c.ring)-back)%len(c.ring)]
		if one.Time == begin {
			return one
		}
		if one.Time < begin {
			break
		}
	}
	made := Second{Time: begin, ByResult: map[Result]int64{}, ByVersion: map[string]int64{}}
	if len(c.ring) < maxSeconds {
		c.ring = append(c.ring, made)
		return &c.ring[len(c.ring)-1]
	}
	at := c.first
	c.ring[at] = made
	c.first = (c.first + 1) % len(c.ring)
	return &c.ring[at]
}
