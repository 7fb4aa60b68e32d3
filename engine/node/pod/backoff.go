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
	// A container that has run for so long starts its back-off again.
	backOffReset = 10 * time.Minute
)

// NewRestartBackOff holds an entry for each container of a pod; entries that have aged
// are dropped with every heartbeat.
func NewRestartBackOff() *flowcontrol.Backoff {
	restart := flowcontrol.NewBackOff(backOffBase, backOffMax)
	restart.HasExpiredFunc = func(event, last time.Time, _ time.Duration) bool { return event.Sub(last) > backOffReset }
	return restart
}
