// Package scheduler runs upstream's kube-scheduler with its default profile, as
// cmd/kube-scheduler does without a port, leader election or a configuration
// file. engine/cluster starts it; it knows the cluster only through the API.
package scheduler

import (
	"context"
	"fmt"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	clientrest "k8s.io/client-go/rest"
	"k8s.io/client-go/tools/events"
	"k8s.io/kubernetes/pkg/scheduler"
	"k8s.io/kubernetes/pkg/scheduler/profile"
)

// Scheduler is kube-scheduler, ready for Run.
type Scheduler struct {
	scheduler   *scheduler.Scheduler
	informers   informers.SharedInformerFactory
	broadcaster events.EventBroadcaster
}

// New builds the scheduler over a client of its own. Its informers are its own
// too, because upstream's scheduler does not watch pods that have ended. ctx
// carries the logger and ends what upstream's constructor starts.
func New(ctx context.Context, config *clientrest.Config) (*Scheduler, error) {
	config = clientrest.CopyConfig(config)
	config.UserAgent += "/scheduler"
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("create scheduler client: %w", err)
	}
	factory := scheduler.NewInformerFactory(client, 0, nil)
	broadcaster := events.NewBroadcaster(&events.EventSinkImpl{Interface: client.EventsV1()})
	built, err := scheduler.New(ctx, client, factory, nil,
		profile.NewRecorderFactory(broadcaster),
		scheduler.WithKubeConfig(config))
	if err != nil {
		return nil, fmt.Errorf("create scheduler: %w", err)
	}
	return &Scheduler{scheduler: built, informers: factory, broadcaster: broadcaster}, nil
}

// Run schedules until ctx ends, and returns when no goroutine of the scheduler
// runs any more.
func (s *Scheduler) Run(ctx context.Context) error {
	s.broadcaster.StartRecordingToSink(ctx.Done())
	defer s.broadcaster.Shutdown()
	s.informers.StartWithContext(ctx)
	defer s.informers.Shutdown()
	s.informers.WaitForCacheSyncWithContext(ctx)
	if err := s.scheduler.WaitForHandlersSync(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("wait for the scheduler's caches: %w", err)
	}
	s.scheduler.Run(ctx)
	return nil
}
