package kubelet

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"

	"tabernetes/engine/userland/filesystem"
)

// How long a machine takes from its start until its kubelet runs.
const bootShortest, bootLongest = 12 * time.Second, 20 * time.Second

// machine is what a node runs on. It keeps its address and its disk when it is
// switched off and on; the node, which is what runs on it, is made anew at each
// start. What happens to a machine is written in the annotations of its Node
// (MachineSettings): that is the simulation's hand on the plug and on the cable,
// so it works however dead the node is.
type machine struct {
	kubelet *Kubelet
	name    string
	images  *imageStore
	disk    *filesystem.FileSystem // what hostPath volumes show
	vary    variation
	// changed has room for one signal: the settings or the Node are other ones.
	changed chan struct{}

	mu       sync.Mutex
	spec     NodeOptions     // guarded by mu
	settings machineSettings // guarded by mu
	deleted  bool            // the Node is not in the API any more. guarded by mu
	// told are the problems that an event has been written about: those of the
	// annotations as they are now. guarded by mu
	told map[string]bool
}

// startKind is how a node comes to run.
type startKind int

const (
	// firstStart is of a machine that the cluster began with.
	firstStart startKind = iota
	// resumed goes on where a stored cluster stood: nothing has been restarted.
	resumed
	// booted follows a start of the machine: nothing runs that ran before.
	booted
)

// state is the machine as it should be now.
func (m *machine) state() (spec NodeOptions, settings machineSettings, deleted bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.spec, m.settings, m.deleted
}

// learn takes in a state of the Node, and returns the problems of its
// annotations that were not there before.
func (m *machine) learn(object *corev1.Node) (news []string) {
	settings, problems := readMachineSettings(object.Annotations)
	m.mu.Lock()
	told := map[string]bool{}
	for _, problem := range problems {
		if !m.told[problem] {
			news = append(news, problem)
		}
		told[problem] = true
	}
	m.settings, m.told, m.deleted = settings, told, false
	if m.spec.PodCIDR == "" {
		m.spec.PodCIDR = object.Spec.PodCIDR
	}
	m.mu.Unlock()
	signal(m.changed)
	return news
}

// orphan notes that the Node was deleted. The machine runs on without it.
func (m *machine) orphan() {
	m.mu.Lock()
	m.deleted = true
	m.mu.Unlock()
	signal(m.changed)
}

// run keeps the machine as its settings say, until ctx ends or the Node has been
// deleted and nothing runs for it any more.
func (m *machine) run(ctx context.Context, start startKind) error {
	spec, settings, _ := m.state()
	if start == resumed && settings.power != PowerOn {
		// It was switched off before the cluster was stored.
		start = booted
	}
	for ctx.Err() == nil {
		var deleted bool
		spec, settings, deleted = m.state()
		if deleted && start == booted {
			return nil
		}
		if settings.power != PowerOn || spec.PodCIDR == "" {
			m.wait(ctx)
			continue
		}
		if start == booted && !m.boot(ctx) {
			continue
		}
		spec, settings, _ = m.state()
		n, err := newNode(m, spec.with(settings), start)
		if err != nil {
			// The address range is the only thing that can be wrong, and it does not
			// change.
			klog.FromContext(ctx).Error(err, "start node", "node", m.name)
			<-ctx.Done()
			return nil
		}
		start = booted
		if err := m.keep(ctx, n, settings); err != nil {
			return err
		}
		if _, _, deleted := m.state(); deleted {
			return nil
		}
	}
	return nil
}

// wait waits for another state, or the end of ctx.
func (m *machine) wait(ctx context.Context) {
	select {
	case <-m.changed:
	case <-ctx.Done():
	}
}

// boot waits until the machine has started. It reports false when the power went
// before, or ctx has ended.
func (m *machine) boot(ctx context.Context) bool {
	timer := time.NewTimer(m.vary.between(bootShortest, bootLongest))
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return true
		case <-ctx.Done():
			return false
		case <-m.changed:
			if _, settings, deleted := m.state(); settings.power != PowerOn || deleted {
				return false
			}
		}
	}
}

// keep runs a node until the machine goes off, restarts or is not needed any
// more.
func (m *machine) keep(ctx context.Context, n *node, settings machineSettings) error {
	rebooted := settings.reboot
	ctx, stop := context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	n.settle(settings)
	m.kubelet.attach(n.spec)
	m.kubelet.setRunning(m.name, n)
	n.deliverAll()
	group.Go(func() error { return n.run(ctx) })
	group.Go(func() error { return n.renewLease(ctx) })

	for on := true; on; {
		_, settings, deleted := m.state()
		// Without a Node, the machine is needed only until its pods are gone.
		emptied := n.emptied
		if !deleted {
			emptied = nil
		}
		switch {
		case settings.power == PowerOff, deleted && n.idle():
			on = false
		case settings.power == PowerShutdown || settings.reboot != rebooted:
			n.shutDown()
			on = m.shuttingDown(ctx, n)
		default:
			select {
			case <-m.changed:
				_, settings, _ = m.state()
				n.settle(settings)
			case <-emptied:
			case <-ctx.Done():
				on = false
			}
		}
	}
	m.kubelet.setRunning(m.name, nil)
	stop()
	return group.Wait()
}

// shuttingDown waits for the end of an orderly shutdown, which cannot be called
// off but by pulling the plug. It always returns false: the machine goes off.
func (m *machine) shuttingDown(ctx context.Context, n *node) bool {
	for {
		select {
		case <-n.shutdown:
			return false
		case <-ctx.Done():
			return false
		case <-m.changed:
			_, settings, _ := m.state()
			if settings.power == PowerOff {
				return false
			}
			n.settle(settings)
		}
	}
}

// with is the options with the capacity that the settings give.
func (o NodeOptions) with(settings machineSettings) NodeOptions {
	if settings.cpu != nil {
		o.CPU = *settings.cpu
	}
	if settings.memory != nil {
		o.Memory = *settings.memory
	}
	if settings.storage != nil {
		o.EphemeralStorage = *settings.storage
	}
	if settings.pods != nil {
		o.Pods = *settings.pods
	}
	return o
}
