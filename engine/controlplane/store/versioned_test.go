package store

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/apiserver/pkg/storage"
)

// wantEvents reads as many events as are wanted, in a bubble.
func wantEvents(t testing.TB, w watch.Interface, what string, want ...string) {
	t.Helper()
	for i, next := range want {
		select {
		case event, open := <-w.ResultChan():
			if !open {
				t.Errorf("%s: event %d: the watch has ended, want %s", what, i, next)
				return
			}
			if got := said(t, event); got != next {
				t.Errorf("%s: event %d: got %s, want %s", what, i, got, next)
			}
		case <-time.After(10 * time.Minute):
			t.Errorf("%s: event %d: got none, want %s", what, i, next)
			return
		}
	}
}

// silent checks that no event waits, in a bubble.
func silent(t testing.TB, w watch.Interface, what string) {
	t.Helper()
	synctest.Wait()
	select {
	case event := <-w.ResultChan():
		t.Errorf("%s: got %v, want nothing more", what, event)
	default:
	}
}

// TestWatchByFieldsOfAVersion watches boats by fields that one version has, whichever
// version they are written through, and compares watches that are there from the
// beginning with those that begin at an old revision.
func TestWatchByFieldsOfAVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarbour(t, Options{})
		follow := func(version, selector string) func() watch.Interface {
			return func() watch.Interface {
				return h.watch(t, version, selector, storage.ListOptions{ResourceVersion: "1"})
			}
		}
		views := map[string]struct {
			open func() watch.Interface
			want []string
		}{
			"v2, a pier": {follow("v2", "pier=east"), []string{
				"ADDED 2 one pier east place 7",
				"ADDED 3 two pier east place 8",
				"MODIFIED 5 one pier east place 9",
				"DELETED 6 two pier east place 8",
				"ADDED 7 two pier east place 1",
				"DELETED 8 one pier east place 9",
			}},
			"v2, a pier and a place": {follow("v2", "pier=east,place=7"), []string{
				"ADDED 2 one pier east place 7",
				"DELETED 5 one pier east place 7",
			}},
			"v2, not a pier": {follow("v2", "pier!=east"), []string{
				"ADDED 4 three pier west place 7",
				"ADDED 6 two pier west place 8",
				"DELETED 7 two pier west place 8",
			}},
			"v2, all": {follow("v2", ""), []string{
				"ADDED 2 one pier east place 7",
				"ADDED 3 two pier east place 8",
				"ADDED 4 three pier west place 7",
				"MODIFIED 5 one pier east place 9",
				"MODIFIED 6 two pier west place 8",
				"MODIFIED 7 two pier east place 1",
				"DELETED 8 one pier east place 9",
			}},
			"v1, a berth": {follow("v1", "berth=east/7"), []string{
				"ADDED 2 one berth east/7",
				"DELETED 5 one berth east/7",
			}},
			"v1, a field that it has not": {follow("v1", "pier=east"), nil},
		}
		early := map[string]watch.Interface{}
		for name, view := range views {
			early[name] = view.open()
		}
		h.create(t, "v1", "one", "east", "7")
		h.create(t, "v2", "two", "east", "8")
		h.create(t, "v2", "three", "west", "7")
		if got := h.move(t, "v1", "one", "east", "9"); describe(got) != "one berth east/9" || got.GetResourceVersion() != "5" {
			t.Errorf("moved: got %s at %s", describe(got), got.GetResourceVersion())
		}
		h.move(t, "v1", "two", "west", "8")
		h.move(t, "v2", "two", "east", "1")
		h.remove(t, "v1", "one")
		for name, view := range views {
			wantEvents(t, early[name], name, view.want...)
			silent(t, early[name], name)
			late := view.open()
			wantEvents(t, late, name+", from an old revision", view.want...)
			silent(t, late, name+", from an old revision")
		}

		initial := h.watch(t, "v2", "pier=east", storage.ListOptions{ResourceVersion: "0"})
		wantEvents(t, initial, "from the current objects", "ADDED 7 two pier east place 1")
		opts := storage.ListOptions{SendInitialEvents: new(true)}
		opts.Predicate.AllowWatchBookmarks = true
		streamed := h.watch(t, "v2", "pier=west", opts)
		wantEvents(t, streamed, "a streamed list", "ADDED 4 three pier west place 7", "BOOKMARK 8")
		now := h.watch(t, "v1", "berth=east/2", storage.ListOptions{})
		h.move(t, "v2", "two", "east", "2")
		wantEvents(t, initial, "from the current objects", "MODIFIED 9 two pier east place 2")
		wantEvents(t, now, "from now", "ADDED 9 two berth east/2")
		silent(t, streamed, "a streamed list")

		for selector, want := range map[string][]string{
			"pier=east": {"two pier east place 2"}, "place=7": {"three pier west place 7"}, "berth=west/7": {}, "": {"three pier west place 7", "two pier east place 2"},
		} {
			if got := h.list(t, "v2", selector); !reflect.DeepEqual(got, want) {
				t.Errorf("list of %q in v2: got %q, want %q", selector, got, want)
			}
		}
	})
}

// TestConversionsAreShared checks that an object is converted once for all watchers of
// a version, and not at all for those of the version that it was written through.
func TestConversionsAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarbour(t, Options{})
		var watchers []watch.Interface
		for _, selector := range []string{"", "pier=east", "pier=east", "", "place=7"} {
			watchers = append(watchers, h.watch(t, "v2", selector, storage.ListOptions{ResourceVersion: "1"}))
		}
		h.create(t, "v1", "one", "east", "7")
		for i, w := range watchers {
			wantEvents(t, w, fmt.Sprint(i), "ADDED 2 one pier east place 7")
		}
		if got := h.converted("v2"); got != 1 {
			t.Errorf("a creation was converted %d times for five watchers, want once", got)
		}
		h.move(t, "v1", "one", "east", "8")
		for i, want := range []string{"MODIFIED 3", "MODIFIED 3", "MODIFIED 3", "MODIFIED 3"} {
			wantEvents(t, watchers[i], fmt.Sprint(i), want+" one pier east place 8")
		}
		wantEvents(t, watchers[4], "4", "DELETED 3 one pier east place 7")
		if got := h.converted("v2"); got != 2 {
			t.Errorf("an update was converted %d times, want twice: what it was and what it is", got)
		}
		h.create(t, "v2", "two", "east", "7") // is decoded once, as what was written
		wantEvents(t, watchers[0], "0", "ADDED 4 two pier east place 7")
		synctest.Wait()
		if got := h.converted("v2"); got != 1 {
			t.Errorf("a creation through v2 was converted %d times to it, want once, by the writer", got)
		}
		if h.converted("v1"); len(watchers[4].ResultChan()) != 1 {
			t.Error("the last watcher did not get its event")
		}
	})
}

// TestConversionsHoldNoLock checks that a conversion may take its time, and use the
// store that it converts for, as what a webhook's request does.
func TestConversionsHoldNoLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarbour(t, Options{BookmarkInterval: 2 * time.Second})
		opts := storage.ListOptions{ResourceVersion: "1"}
		opts.Predicate.AllowWatchBookmarks = true
		start := time.Now()
		slow := h.watch(t, "v2", "pier=east", opts)
		quick := h.watch(t, "v1", "", storage.ListOptions{ResourceVersion: "1"})
		h.asked(func(name string) error {
			if !strings.HasPrefix(name, "logged") {
				h.create(t, "v1", "logged-"+strconv.FormatInt(h.store.Revision(), 10), "west", "0")
			}
			time.Sleep(5 * time.Second)
			return nil
		})
		h.create(t, "v1", "one", "east", "7")
		wantEvents(t, quick, "the version that needs no conversion", "ADDED 2 one berth east/7", "ADDED 3 logged-2 berth west/0")
		if passed := time.Since(start); passed != 0 {
			t.Errorf("its events came after %s, want at once", passed)
		}
		// What was sent meanwhile waits behind the event.
		wantEvents(t, slow, "the version that is converted to", "ADDED 2 one pier east place 7", "BOOKMARK 3")
		if passed := time.Since(start); passed != 10*time.Second {
			t.Errorf("both were converted after %s, want 10s", passed)
		}
	})
}

// TestConversionFails checks that a watch ends with the error of a conversion, after
// the events before it, as etcd3's does, and that the other version does not notice.
func TestConversionFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarbour(t, Options{})
		h.asked(func(name string) error {
			if name == "wreck" {
				return errors.New("conversion webhook for example.com/v1, Kind=Boat failed: it has sunk")
			}
			return nil
		})
		failing := func(w watch.Interface, what string, before ...string) {
			t.Helper()
			wantEvents(t, w, what, before...)
			event := <-w.ResultChan()
			err := apierrors.FromObject(event.Object)
			want := "Internal error occurred: conversion webhook for example.com/v1, Kind=Boat failed: it has sunk"
			if event.Type != watch.Error || !apierrors.IsInternalError(err) || err.Error() != want {
				t.Errorf("%s: got %v, want the error %s", what, event, want)
			}
			if event, open := <-w.ResultChan(); open {
				t.Errorf("%s: got %v after the error, want the end", what, event)
			}
		}
		all := h.watch(t, "v2", "", storage.ListOptions{ResourceVersion: "1"})
		selected := h.watch(t, "v2", "pier=east", storage.ListOptions{ResourceVersion: "1"})
		stored := h.watch(t, "v1", "", storage.ListOptions{ResourceVersion: "1"})
		h.create(t, "v1", "one", "east", "7")
		h.create(t, "v1", "wreck", "west", "8")
		h.create(t, "v1", "three", "east", "9")
		failing(all, "all", "ADDED 2 one pier east place 7")
		failing(selected, "selected", "ADDED 2 one pier east place 7")
		failing(h.watch(t, "v2", "pier=east", storage.ListOptions{ResourceVersion: "1"}), "from an old revision", "ADDED 2 one pier east place 7")
		failing(h.watch(t, "v2", "pier=east", storage.ListOptions{ResourceVersion: "0"}), "from the current objects", "ADDED 2 one pier east place 7", "ADDED 4 three pier east place 9")
		wantEvents(t, stored, "the stored version", "ADDED 2 one berth east/7", "ADDED 3 wreck berth west/8", "ADDED 4 three berth east/9")

		// What it was does not matter for one that sees everything, unless it is gone.
		later := h.watch(t, "v2", "", storage.ListOptions{ResourceVersion: "4"})
		h.asked(nil)
		h.move(t, "v1", "wreck", "east", "1")
		wantEvents(t, later, "later", "MODIFIED 5 wreck pier east place 1")
		h.asked(func(string) error { return apierrors.NewServiceUnavailable("nobody is there") })
		h.remove(t, "v1", "wreck")
		if event := <-later.ResultChan(); !apierrors.IsServiceUnavailable(apierrors.FromObject(event.Object)) {
			t.Errorf("a deletion that cannot be converted: got %v, want the status that the conversion returned", event)
		}
	})
}

// TestSlowConversion checks that the changes that wait for a conversion are bounded.
func TestSlowConversion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarbour(t, Options{WatchBacklog: 10})
		h.asked(func(string) error { time.Sleep(time.Minute); return nil })
		w := h.watch(t, "v2", "pier=east", storage.ListOptions{ResourceVersion: "1"})
		for i := range 12 {
			h.create(t, "v1", strconv.Itoa(i), "east", "1")
			synctest.Wait()
		}
		wantEvents(t, w, "under way", "ADDED 2 0 pier east place 1")
		event := <-w.ResultChan()
		if err := apierrors.FromObject(event.Object); event.Type != watch.Error || !apierrors.IsResourceExpired(err) {
			t.Errorf("got %v, want 410 Gone", event)
		}
		if event, open := <-w.ResultChan(); open {
			t.Errorf("got %v after the error, want the end", event)
		}
	})
}

// TestWatchesEndDuringConversions ends watches and the store while objects are being
// converted. The bubble fails when a goroutine is left.
func TestWatchesEndDuringConversions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarbour(t, Options{})
		h.asked(func(string) error { time.Sleep(time.Minute); return nil })
		stopped := h.watch(t, "v2", "pier=east", storage.ListOptions{ResourceVersion: "1"})
		destroyed := h.watch(t, "v2", "", storage.ListOptions{ResourceVersion: "1"})
		h.create(t, "v1", "one", "east", "7")
		synctest.Wait()
		stopped.Stop()
		h.versions["v2"].destroy()
		for _, w := range []watch.Interface{stopped, destroyed} {
			if event, open := <-w.ResultChan(); open {
				t.Errorf("got %v, want the end", event)
			}
		}
		h.register(t, "v2")
		closed := h.watch(t, "v2", "place=7", storage.ListOptions{ResourceVersion: "0"})
		synctest.Wait()
		h.store.Close()
		if event, open := <-closed.ResultChan(); open {
			t.Errorf("got %v, want the end", event)
		}
	})
}

// TestRestoreConvertsNothing checks that restored custom resources are converted for
// their readers only, when whatever converts them runs.
func TestRestoreConvertsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := newHarbour(t, Options{})
		before.create(t, "v2", "one", "east", "7")
		before.create(t, "v1", "two", "west", "7")
		before.create(t, "v1", "three", "east", "8")

		h := newHarbour(t, Options{})
		h.versions["v1"].destroy()
		h.versions["v2"].destroy()
		h.asked(func(string) error { return errors.New("nothing runs yet") })
		h.register(t, "v2")
		if err := h.store.Restore(before.store.Snapshot()); err != nil {
			t.Fatal(err)
		}
		h.register(t, "v1")
		h.asked(nil)
		if got := h.converted("v2"); got != 0 {
			t.Errorf("%d conversions, want none", got)
		}
		w := h.watch(t, "v2", "pier=east", storage.ListOptions{ResourceVersion: "0"})
		wantEvents(t, w, "the restored ones", "ADDED 2 one pier east place 7", "ADDED 4 three pier east place 8")
		h.move(t, "v2", "one", "east", "7")
		if got := h.store.Revision(); got != 4 {
			t.Errorf("an update without a change makes revision %d, want none after 4", got)
		}
		h.move(t, "v1", "two", "east", "1")
		h.move(t, "v1", "one", "west", "1")
		h.remove(t, "v2", "three")
		wantEvents(t, w, "afterwards", "ADDED 5 two pier east place 1", "DELETED 6 one pier east place 7", "DELETED 7 three pier east place 8")
		if got, want := h.list(t, "v1", "berth=west/1"), []string{"one berth west/1"}; !reflect.DeepEqual(got, want) {
			t.Errorf("list: got %q, want %q", got, want)
		}
	})
}
