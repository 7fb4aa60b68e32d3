//go:build js && wasm

package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall/js"
	"time"

	"tabernetes/engine/cluster"
	"tabernetes/engine/controlplane/apiserver"
	"tabernetes/engine/controlplane/journal"
	"tabernetes/engine/controlplane/store"
	"tabernetes/wasm/bridge"
	"tabernetes/wasm/indexeddb"
)

// storage keeps the cluster's objects: in IndexedDB, or in memory only if that
// was asked for or there is no other way.
type storage struct {
	host    *bridge.Host
	options bridge.Options
	// history is the history of this visit; the keeper prepends the stored one.
	history *journal.History
	// stored is the snapshot that the cluster starts from, or nil.
	stored *journal.Stored
	// seed is the seed of the cluster's random source.
	seed float64
	// imported is the file that stored was read from, or nil. Its content is not
	// in the log yet when the cluster is built.
	imported *journal.Archive
	// begun is when the cluster was ready.
	begun time.Time
	// running is the cluster once it is ready: its disks are complete then. written is
	// the state of them that was written last, looked when they were looked at, in
	// milliseconds of host time.
	running *cluster.Cluster
	written uint64
	looked  float64
	// writers passes on the writer that is to write from now on.
	writers chan *writer

	mu sync.Mutex
	// current takes the commits; nil while nothing is stored. guarded by mu
	current *writer
	// trouble is why nothing is stored, or nil. guarded by mu
	trouble error
}

// repeats is how often a database is opened again after an aborted transaction.
const repeats = 2

// writer is a log and the function that writes to it.
type writer struct {
	log     *indexeddb.Log
	journal *journal.Journal
}

// openStorage opens the storage that the page asked for. If something is wrong
// with it, the page is told and the cluster runs in memory.
//
// With an archive the cluster starts from that, and it replaces the stored data
// once the cluster has been built.
func openStorage(ctx context.Context, host *bridge.Host, options bridge.Options, archive *journal.Archive) *storage {
	s := &storage{host: host, options: options, seed: options.Seed, writers: make(chan *writer, 1)}
	if archive != nil {
		s.stored, s.imported = &archive.Stored, archive
	}
	log := s.open(ctx)
	revision := int64(1)
	if s.stored != nil {
		revision = s.stored.Snapshot.Revision
		if s.stored.Seed != 0 {
			s.seed = s.stored.Seed
		}
		host.Restored(s.stored.Time.UnixMilli(), s.seed, revision)
	}
	s.history = journal.NewHistory(revision)
	if archive != nil {
		s.history.Restore(archive.History)
	}
	if log != nil {
		s.write(s.collect(log))
	}
	return s
}

// open opens the log and reads its content. It returns nil when nothing is to be
// stored.
func (s *storage) open(ctx context.Context) *indexeddb.Log {
	if s.options.Storage != "indexeddb" {
		s.host.Storage(bridge.StorageMemory, "", "")
		return nil
	}
	s.host.Progress(bridge.StageRestore)
	log, err := s.openLog(ctx)
	if err == nil && s.imported == nil {
		s.stored, err = log.Load(ctx)
	}
	if err != nil {
		// Unreadable data are left as they are and not overwritten.
		s.fail(err)
		if log != nil {
			_ = log.Close()
		}
		return nil
	}
	return log
}

func (s *storage) openLog(ctx context.Context) (*indexeddb.Log, error) {
	return indexeddb.Open(ctx, s.options.Cluster, s.logOptions())
}

func (s *storage) logOptions() indexeddb.Options {
	return indexeddb.Options{Owner: s.host.Owner(), Hold: s.host.Hold, Upgrade: s.host.Upgrade(), JSON: apiserver.StoredJSON}
}

// collect directs commits to a log. They are queued until write.
func (s *storage) collect(log *indexeddb.Log) *writer {
	s.mu.Lock()
	defer s.mu.Unlock()
	log.Seed = s.seed
	s.current, s.trouble = &writer{log: log, journal: journal.New(log, s.history)}, nil
	s.current.journal.Disks = s.changedDisks
	return s.current
}

// write has run write through a writer from now on.
func (s *storage) write(writer *writer) {
	s.host.Storage(bridge.StorageOK, "", "")
	s.writers <- writer
}

// fail tells the page why nothing will be stored from now on.
func (s *storage) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current, s.trouble = nil, err
	reason := indexeddb.ReasonOf(err)
	if reason == indexeddb.Taken {
		s.host.Taken()
		return
	}
	s.host.Storage(bridge.StorageFailed, string(reason), err.Error())
}

// snapshot is the snapshot that the cluster starts from, or nil.
func (s *storage) snapshot() *store.Snapshot {
	if s.stored == nil {
		return nil
	}
	return &s.stored.Snapshot
}

// dropDamaged removes from the snapshot the objects that this version cannot
// read, and says whether there were any. If so, the cluster runs in memory, and
// the stored data stay as they are.
func (s *storage) dropDamaged() bool {
	if s.stored == nil || s.imported != nil {
		return false
	}
	var sound []store.Value
	var damage error
	for _, value := range s.stored.Snapshot.Values {
		err := apiserver.CheckStored(value)
		if err == nil {
			sound = append(sound, value)
		} else if damage == nil {
			damage = &indexeddb.Failure{Reason: indexeddb.Corrupted, Err: err}
		}
	}
	if damage == nil {
		return false
	}
	s.stored.Snapshot.Values = sound
	s.fail(damage)
	return true
}

// adopt overwrites the stored data with the archive that the cluster was built
// from. If that fails, the cluster runs in memory.
func (s *storage) adopt(ctx context.Context) {
	writer := s.writer()
	if s.imported == nil || writer == nil {
		return
	}
	if err := writer.log.Replace(ctx, *s.stored, s.history.Changes()); err != nil {
		s.fail(fmt.Errorf("store the cluster file: %w", err))
	}
}

// begin takes the page's options for a new cluster that is ready. Until then the
// options may have been those with which its memory was captured; in that case the
// cluster is stored from here on. Time stands until it is stored, so that nothing
// happens that is not stored.
func (s *storage) begin(ctx context.Context, options bridge.Options, objects *store.Store) {
	s.options, s.seed = options, options.Seed
	s.mu.Lock()
	decided := s.current != nil || s.trouble != nil
	s.mu.Unlock()
	switch {
	case decided:
	case options.Storage != "indexeddb":
		s.host.Storage(bridge.StorageMemory, "", "")
	default:
		defer s.host.Hold()()
		err := s.begins(ctx, objects)
		// A transaction that ended before Go could use it is repeated.
		for range repeats {
			if indexeddb.ReasonOf(err) != indexeddb.Aborted {
				break
			}
			err = s.begins(ctx, objects)
		}
		if err != nil {
			s.fail(err)
		}
	}
}

// begins opens the database of a new cluster and stores everything. A cluster
// that is unexpectedly there is left as it is.
func (s *storage) begins(ctx context.Context, objects *store.Store) error {
	log, err := s.openLog(ctx)
	if err != nil {
		return err
	}
	found, err := log.Load(ctx)
	if err == nil && found != nil {
		err = fmt.Errorf("store a new cluster: there is one of revision %d already", found.Snapshot.Revision)
	}
	if err != nil {
		return errors.Join(err, log.Close())
	}
	return s.store(ctx, log, objects)
}

// ready notes when the cluster is handed to the page.
func (s *storage) ready(running *cluster.Cluster) { s.begun, s.running = time.Now(), running }

// diskSpacing is how many milliseconds of host time are between two looks at the
// disks that are not urgent.
const diskSpacing = 1000

// changedDisks implements journal.Journal's Disks.
func (s *storage) changedDisks(urgent bool) []byte {
	if s.running == nil {
		return nil
	}
	now := js.Global().Get("performance").Call("now").Float()
	if !urgent && now-s.looked < diskSpacing {
		return nil
	}
	s.looked = now
	state := s.running.DiskState()
	if state == s.written {
		return nil
	}
	s.written = state
	return s.disks()
}

// disks returns the contents of the machines' disks: those that the cluster starts
// from, until it is ready.
func (s *storage) disks() []byte {
	if s.running == nil {
		if s.stored == nil {
			return nil
		}
		return s.stored.Disks
	}
	disks, err := s.running.Disks()
	if err != nil {
		return nil // every type in it can be encoded
	}
	return disks
}

// unopened is the file that the cluster was started from, as long as no time
// has passed since: writes by the start itself, such as leases, do not count as
// changes.
func (s *storage) unopened() *journal.Archive {
	if !s.begun.Equal(time.Now()) {
		return nil
	}
	return s.imported
}

func (s *storage) writer() *writer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

func (s *storage) commit(commit store.Commit) {
	s.history.Commit(commit)
	if writer := s.writer(); writer != nil {
		writer.journal.Commit(commit)
	}
}

// run runs the writers until ctx ends, one after the other.
func (s *storage) run(ctx context.Context) {
	for {
		select {
		case writer := <-s.writers:
			if s.writer() != writer {
				continue
			}
			if err := writer.run(ctx); err != nil {
				s.fail(err)
			}
			_ = writer.log.Close()
		case <-ctx.Done():
			return
		}
	}
}

// run writes until ctx ends, a write goes wrong or the log is lost.
func (w *writer) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- w.journal.Run(ctx) }()
	select {
	case err := <-ended:
		return err
	case <-w.log.Connected().Done():
		stop()
		<-ended
		return context.Cause(w.log.Connected())
	}
}

// flush returns when everything is stored, or with the reason why it is not. In
// memory there is nothing to wait for.
func (s *storage) flush(ctx context.Context) error {
	s.mu.Lock()
	writer, trouble := s.current, s.trouble
	s.mu.Unlock()
	if writer == nil {
		return trouble
	}
	return writer.journal.Flush(ctx)
}

// save stores everything again after storing had stopped. Data stored by a
// newer version are not touched.
func (s *storage) save(ctx context.Context, objects *store.Store) error {
	s.mu.Lock()
	stopped, trouble := s.current == nil, s.trouble
	s.mu.Unlock()
	switch {
	case !stopped:
		return s.flush(ctx)
	case s.options.Storage != "indexeddb":
		return errors.New("the page was asked to keep this cluster in memory")
	case indexeddb.ReasonOf(trouble) == indexeddb.Newer:
		return trouble
	}
	log, err := s.openLog(ctx)
	if err != nil {
		return err
	}
	if err := s.store(ctx, log, objects); err != nil {
		s.fail(err)
		return err
	}
	return nil
}

// store overwrites a log with everything there is, followed by later commits. If
// that fails, the log is closed.
func (s *storage) store(ctx context.Context, log *indexeddb.Log, objects *store.Store) error {
	// Commits from here on wait until the snapshot is written; some are contained
	// in both, which does no harm.
	writer := s.collect(log)
	stored := journal.Stored{Snapshot: objects.Snapshot(), Time: time.Now(), Seed: s.seed, Disks: s.disks()}
	if err := log.Replace(ctx, stored, s.history.Changes()); err != nil {
		return errors.Join(err, log.Close())
	}
	s.write(writer)
	return nil
}

// clear removes the stored data.
func (s *storage) clear(ctx context.Context) error {
	if s.options.Storage != "indexeddb" {
		return nil
	}
	log, err := s.openLog(ctx)
	if err != nil {
		// Perhaps only a newer version can open it.
		return indexeddb.Delete(ctx, s.options.Cluster)
	}
	return errors.Join(log.Clear(ctx), log.Close())
}

// clearStorage removes the stored data of a cluster that does not run.
func clearStorage(ctx context.Context, host *bridge.Host, options bridge.Options) error {
	return (&storage{host: host, options: options}).clear(ctx)
}
