package pod

import (
	"time"

	"k8s.io/client-go/util/flowcontrol"
)

// The delays before a container restarts, with the values of
// pkg/kubelet/kubelet.go.
const (
	backOffBase = 10 * time.Second
	backOffMax  = 5 * time.Minute
	// The back-off of a container that has run for this long starts over.
	backOffReset = 10 * time.Minute
)

// NewRestartBackOff makes the back-off with an entry for each container of a pod.
// Old entries are dropped at every heartbeat.
func NewRestartBackOff() *flowcontrol.Backoff {
	restart := flowcontrol.NewBackOff(backOffBase, backOffMax)
	restart.HasExpiredFunc = func(event, last time.Time, _ time.Duration) bool { return event.Sub(last) > backOffReset }
	return restart
}
