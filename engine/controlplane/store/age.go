package store

import "time"

// compactionInterval is kube-apiserver's default for --etcd-compaction-interval.
const compactionInterval = 5 * time.Minute

// ages tells which revisions kube-apiserver would have compacted in etcd by now: at
// each interval, those before the revision of the interval before
// (k8s.io/apiserver/pkg/storage/etcd3/compact.go). Lists at an older revision are
// refused; the changes themselves are kept for watches and for looking back. Nothing
// runs: what has become due is computed when somebody looks or writes.
type ages struct {
	// next is the next instant of compaction.
	next time.Time
	// compacted is the oldest revision that can be listed, and latest the revision at
	// the last instant, the one that will be compacted at the next.
	compacted, latest int64
}

// pass lets the time pass until now, during which the store was at a revision.
func (a *ages) pass(now time.Time, revision int64) {
	if a.next.IsZero() {
		a.next = now.Add(compactionInterval)
	}
	if now.Before(a.next) {
		return
	}
	a.compacted, a.latest = a.latest, revision
	passed := now.Sub(a.next) / compactionInterval
	if passed > 0 {
		a.compacted = revision
	}
	a.next = a.next.Add((passed + 1) * compactionInterval)
}
