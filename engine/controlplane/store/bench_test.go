package store

import (
	"context"
	"fmt"
	"io"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/apiserver/pkg/apis/example"
	"k8s.io/apiserver/pkg/storage"
	storagetesting "k8s.io/apiserver/pkg/storage/testing"
	"k8s.io/utils/clock"
)

// benchmarkPods are the objects of upstream's benchmarks: as many as a page holds
// at its largest.
func benchmarkPods() storagetesting.BenchmarkData {
	return storagetesting.PrepareBenchmarkData(10, 100, 10)
}

func BenchmarkUpstreamWriteThroughput(b *testing.B) {
	e := newStore(b, Options{WatchBacklog: 1 << 20})
	data := benchmarkPods()
	if err := storagetesting.PrecreateBenchmarkPods(b.Context(), e.pods, data); err != nil {
		b.Fatal(err)
	}
	storagetesting.RunBenchmarkWriteThroughput(b.Context(), b, e.pods, data, false,
		storagetesting.NewWatchLatencyTracker(clock.RealClock{}))
}

func BenchmarkUpstreamStoreList(b *testing.B) {
	e := newStore(b, Options{})
	data := benchmarkPods()
	if err := storagetesting.PrecreateBenchmarkPods(b.Context(), e.pods, data); err != nil {
		b.Fatal(err)
	}
	storagetesting.RunBenchmarkStoreList(b.Context(), b, e.pods, data, false)
}

func BenchmarkUpstreamStoreStats(b *testing.B) {
	e := newStore(b, Options{})
	if err := storagetesting.PrecreateBenchmarkPods(b.Context(), e.pods, benchmarkPods()); err != nil {
		b.Fatal(err)
	}
	storagetesting.RunBenchmarkStoreStats(b.Context(), b, e.pods)
}

// BenchmarkWatchFanout is one update and its delivery to all watchers, each of
// which encodes the event as the API server's watch handler does.
func BenchmarkWatchFanout(b *testing.B) {
	for _, watchers := range []int{1, 10, 40} {
		b.Run(fmt.Sprintf("watchers=%d", watchers), func(b *testing.B) {
			e := newStore(b, Options{})
			encoder := newCodec(b, runtime.ContentTypeJSON)
			e.create(b, pod("ns", "updated"))
			delivered := make(chan struct{}, watchers)
			for range watchers {
				w, err := e.pods.Watch(b.Context(), "/pods/", storage.ListOptions{
					ResourceVersion: fmt.Sprint(e.store.Revision()), Predicate: storage.Everything, Recursive: true,
				})
				if err != nil {
					b.Fatal(err)
				}
				b.Cleanup(w.Stop)
				go consume(encoder, w, delivered)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				e.label(b, "ns", "updated", "i", fmt.Sprint(i))
				for range watchers {
					<-delivered
				}
			}
		})
	}
}

func consume(encoder runtime.Encoder, w watch.Interface, delivered chan<- struct{}) {
	for event := range w.ResultChan() {
		if err := encoder.Encode(event.Object, io.Discard); err != nil {
			panic(err)
		}
		delivered <- struct{}{}
	}
}

// BenchmarkUpdate is one GuaranteedUpdate that changes an object of a store with
// 1000 of them.
func BenchmarkUpdate(b *testing.B) {
	for _, mediaType := range mediaTypes {
		b.Run(mediaType, func(b *testing.B) {
			e := newEnvironment(b, Options{}, newCodec(b, mediaType))
			if err := storagetesting.PrecreateBenchmarkPods(b.Context(), e.pods, benchmarkPods()); err != nil {
				b.Fatal(err)
			}
			e.create(b, pod("ns", "updated"))
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				e.label(b, "ns", "updated", "i", fmt.Sprint(i))
			}
		})
	}
}

// BenchmarkList is a list of 1000 objects.
func BenchmarkList(b *testing.B) {
	e := newStore(b, Options{})
	if err := storagetesting.PrecreateBenchmarkPods(b.Context(), e.pods, benchmarkPods()); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		var list example.PodList
		if err := e.pods.GetList(context.Background(), "/pods/", storage.ListOptions{Predicate: storage.Everything, Recursive: true}, &list); err != nil {
			b.Fatal(err)
		}
		if len(list.Items) != 1000 {
			b.Fatalf("listed %d pods, want 1000", len(list.Items))
		}
	}
}

// BenchmarkSnapshot is a snapshot of 1000 objects.
func BenchmarkSnapshot(b *testing.B) {
	e := newStore(b, Options{})
	if err := storagetesting.PrecreateBenchmarkPods(b.Context(), e.pods, benchmarkPods()); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if values := e.store.Snapshot().Values; len(values) != 1000 {
			b.Fatalf("snapshot of %d values, want 1000", len(values))
		}
	}
}
