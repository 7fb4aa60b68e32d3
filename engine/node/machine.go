package node

import (
	"context"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"

	"tabernetes/engine/node/hardware"
	"tabernetes/engine/node/imagestore"
	"tabernetes/engine/node/kubelet"
	"tabernetes/engine/node/variation"
	"tabernetes/engine/userland/filesystem"
)

// How long a machine takes from its start until its kubelet runs.
const bootShortest, bootLongest = 12 * time.Second, 20 * time.Second

// machine is what a node runs on. It keeps its address and its disk when it is
// switched off and on; the node, which is what runs on it, is made anew at each
// start. The annotations of its Node (hardware.Settings) control the machine: they
// are the simulation's hand on the plug and the cable, so they work even if the
// node is dead.
type machine struct {
	fleet  *Fleet
	name   string
	images *imagestore.Store
	disk   *filesystem.FileSystem // the contents of hostPath volumes
	vary   variation.Source
	// changed has room for one signal: the settings or the Node have changed.
	changed chan struct{}

	mu       sync.Mutex
	spec     hardware.Options  // guarded by mu
	settings hardware.Settings // guarded by mu
	deleted  bool              // the Node is not in the API any more. guarded by mu
	// told are the problems that an event has been recorded about: those of the
	// current annotations. guarded by mu
	told map[string]bool
}

// state returns the desired state of the machine.
func (m *machine) state() (spec hardware.Options, settings hardware.Settings, deleted bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.spec, m.settings, m.deleted
}

// learn applies a new state of the Node, and returns the problems of its
// annotations that are new.
func (m *machine) learn(object *corev1.Node) (news []string) {
	settings, problems := hardware.Read(object.Annotations)
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
	m.notify()
	return news
}

// orphan notes that the Node was deleted. The machine runs on without it.
func (m *machine) orphan() {
	m.mu.Lock()
	m.deleted = true
	m.mu.Unlock()
	m.notify()
}

// run keeps the machine in the state of its settings, until ctx ends or the Node
// has been deleted and none of its pods runs any more.
func (m *machine) run(ctx context.Context, start kubelet.StartKind) error {
	spec, settings, _ := m.state()
	if start == kubelet.Resumed && settings.Power != hardware.PowerOn {
		// It was switched off before the cluster was stored.
		start = kubelet.Booted
	}
	for ctx.Err() == nil {
		var deleted bool
		spec, settings, deleted = m.state()
		if deleted && start == kubelet.Booted {
			return nil
		}
		if settings.Power != hardware.PowerOn || spec.PodCIDR == "" {
			m.wait(ctx)
			continue
		}
		if start == kubelet.Booted && !m.boot(ctx) {
			continue
		}
		spec, settings, _ = m.state()
		n, err := kubelet.New(m.nodeOptions(spec, settings, start))
		if err != nil {
			// Only the address range can be wrong, and it does not change.
			klog.FromContext(ctx).Error(err, "start node", "node", m.name)
			<-ctx.Done()
			return nil
		}
		start = kubelet.Booted
		if err := m.keep(ctx, n, spec, settings); err != nil {
			return err
		}
		if _, _, deleted := m.state(); deleted {
			return nil
		}
	}
	return nil
}

// nodeOptions returns the options of the node that runs next.
func (m *machine) nodeOptions(spec hardware.Options, settings hardware.Settings, start kubelet.StartKind) kubelet.Options {
	o := &m.fleet.options
	return kubelet.Options{
		Machine: spec.With(settings), Settings: settings, Start: start, Client: o.Client, Informers: o.Informers,
		Tokens: o.Tokens, Network: o.Network, Programs: o.Programs, Images: m.images, Disk: m.disk, Seed: o.Seed, Instant: o.Instant, KubeletVersion: o.KubeletVersion,
	}
}

// notify signals that the state has changed. It never blocks.
func (m *machine) notify() {
	select {
	case m.changed <- struct{}{}:
	default:
	}
}

// wait waits until the state changes, or ctx ends.
func (m *machine) wait(ctx context.Context) {
	select {
	case <-m.changed:
	case <-ctx.Done():
	}
}

// boot waits until the machine has started. It reports false when the power is cut
// before, or ctx has ended.
func (m *machine) boot(ctx context.Context) bool {
	timer := time.NewTimer(m.vary.Between(bootShortest, bootLongest))
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return true
		case <-ctx.Done():
			return false
		case <-m.changed:
			if _, settings, deleted := m.state(); settings.Power != hardware.PowerOn || deleted {
				return false
			}
		}
	}
}

// keep runs a node until the machine is switched off, restarts or is no longer
// needed.
func (m *machine) keep(ctx context.Context, n *kubelet.Kubelet, spec hardware.Options, settings hardware.Settings) error {
	rebooted := settings.Reboot
	ctx, stop := context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	n.Settle(settings)
	m.fleet.attach(spec)
	m.fleet.setRunning(m.name, n)
	n.DeliverAll()
	group.Go(func() error { return n.Run(ctx) })
	group.Go(func() error { return n.RenewLease(ctx) })

	for on := true; on; {
		_, settings, deleted := m.state()
		// Without a Node, the machine is needed only until its pods are gone.
		emptied := n.Emptied()
		if !deleted {
			emptied = nil
		}
		switch {
		case settings.Power == hardware.PowerOff, deleted && n.Idle():
			on = false
		case settings.Power == hardware.PowerShutdown || settings.Reboot != rebooted:
			n.ShutDown()
			on = m.shuttingDown(ctx, n)
		default:
			select {
			case <-m.changed:
				_, settings, _ = m.state()
				n.Settle(settings)
			case <-emptied:
			case <-ctx.Done():
				on = false
			}
		}
	}
	m.fleet.setRunning(m.name, nil)
	stop()
	return group.Wait()
}

// shuttingDown waits for the end of an orderly shutdown, which only cutting the
// power can interrupt. It always returns false: the machine goes off.
func (m *machine) shuttingDown(ctx context.Context, n *kubelet.Kubelet) bool {
	for {
		select {
		case <-n.Off():
			return false
		case <-ctx.Done():
			return false
		case <-m.changed:
			_, settings, _ := m.state()
			if settings.Power == hardware.PowerOff {
				return false
			}
			n.Settle(settings)
		}
	}
}

// ownDirectories are on the disk of each machine.
var ownDirectories = []string{
	"/dev", "/etc", "/home", "/mnt", "/opt", "/proc", "/run", "/srv", "/sys", "/tmp", "/usr",
	"/var", "/var/lib", "/var/lib/kubelet", "/var/log", "/var/log/pods", "/var/run",
}

// ownFiles are on the disk of each machine, with their contents.
func ownFiles(name string) map[string]string {
	return map[string]string{
		"/etc/hostname": name + "\n",
		"/etc/hosts":    "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n",
	}
}

// isOwn reports whether a path is on the disk of each machine.
func isOwn(at string) bool {
	_, file := ownFiles("")[at]
	return file || slices.Contains(ownDirectories, at)
}

// newDisk is the file system of a machine, as far as pods see it.
func newDisk(name string) (*filesystem.FileSystem, error) {
	disk := filesystem.New(filesystem.Options{})
	for _, directory := range ownDirectories {
		if err := disk.MkdirAll(directory, 0o755); err != nil {
			return nil, err
		}
	}
	for file, text := range ownFiles(name) {
		if err := disk.WriteFile(file, []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	return disk, nil
}
