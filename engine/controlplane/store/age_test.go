package store

import (
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// As with etcd, a list of an earlier revision works for five minutes at least and ten
// at most, and one of the current revision always.
func TestListsExpireByAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newStore(t, Options{})
		e.create(t, pod("ns", "first"))
		start := e.store.Revision()
		listed := func(revision int64) bool {
			t.Helper()
			_, _, err := e.list(t, "/pods/", exactly(revision))
			if err != nil && !apierrors.IsResourceExpired(err) {
				t.Fatal(err)
			}
			return err == nil
		}
		time.Sleep(11 * time.Minute)
		if !listed(start) {
			t.Error("the current revision has expired")
		}
		e.create(t, pod("ns", "second"))
		for waited := time.Duration(0); waited <= 12*time.Minute; waited += time.Minute {
			switch there := listed(start); {
			case waited < 5*time.Minute && !there:
				t.Errorf("a revision has expired %s after the next", waited)
			case waited >= 10*time.Minute && there:
				t.Errorf("a revision can be listed %s after the next", waited)
			}
			time.Sleep(time.Minute)
		}
		if !listed(e.store.Revision()) {
			t.Error("the current revision has expired")
		}
		e.store.Close()
	})
}
