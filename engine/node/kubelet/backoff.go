package kubelet

import (
	"time"

	"k8s.io/client-go/util/flowcontrol"
)

// backOffs are a node's delays before it tries something again, with the values
// of pkg/kubelet/kubelet.go. Each holds an entry for a container or an image of
// a pod; entries that have aged are dropped on every heartbeat.
type backOffs struct {
	restart *flowcontrol.Backoff
	pull    *flowcontrol.Backoff
}

const (
	backOffBase = 10 * time.Second
	backOffMax  = 5 * time.Minute
	// A container that has run for so long starts its back-off anew.
	backOffReset = 10 * time.Minute
)

func newBackOffs() backOffs {
	restart := flowcontrol.NewBackOff(backOffBase, backOffMax)
	restart.HasExpiredFunc = func(event, last time.Time, _ time.Duration) bool { return event.Sub(last) > backOffReset }
	return backOffs{restart: restart, pull: flowcontrol.NewBackOff(backOffBase, backOffMax)}
}

func (b backOffs) collect() {
	b.restart.GC()
	b.pull.GC()
}
