package traffic

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"

	"tabernetes/engine/node/network"
)

// site is a node with one pod that the tests make fail in every possible way.
type site struct {
	sockets network.Sockets
	answer  network.Answer
	silent  bool
	err     error

	mu    sync.Mutex
	image string // guarded by mu
}

func (s *site) setImage(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.image = name
}

var podAddress = netip.MustParseAddrPort("10.244.1.5:80")

func (s *site) Name() string          { return "node-1" }
func (s *site) Address() netip.Addr   { return netip.MustParseAddr("172.18.0.2") }
func (s *site) PodCIDR() netip.Prefix { return netip.MustParsePrefix("10.244.1.0/24") }
func (s *site) Up() bool              { return true }

func (s *site) Accept(to netip.AddrPort) (*network.Conn, error) {
	if s.err != nil {
		return nil, s.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sockets.Open(s, network.Peer{Address: to, Pod: "web-1", Image: s.image}), nil
}

func (s *site) Answer(*http.Request) (network.Answer, bool) { return s.answer, !s.silent }

// withTraffic runs a test with a Service "web" of one pod, on the virtual clock.
func withTraffic(t *testing.T, seed uint64, test func(t *testing.T, traffic *Traffic, site *site)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		name, port, protocol, node, ready := "", int32(80), corev1.ProtocolTCP, "node-1", true
		client := fake.NewClientset(
			&corev1.Service{
				ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "web"},
				Spec: corev1.ServiceSpec{
					ClusterIP: "10.96.0.50", ClusterIPs: []string{"10.96.0.50"}, IPFamilies: []corev1.IPFamily{corev1.IPv4Protocol},
					Ports: []corev1.ServicePort{{Protocol: protocol, Port: 80}},
				},
			},
			&corev1.Service{
				ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "empty"},
				Spec: corev1.ServiceSpec{
					ClusterIP: "10.96.0.51", ClusterIPs: []string{"10.96.0.51"}, IPFamilies: []corev1.IPFamily{corev1.IPv4Protocol},
					Ports: []corev1.ServicePort{{Protocol: protocol, Port: 80}},
				},
			},
			&discoveryv1.EndpointSlice{
				ObjectMeta: metav1.ObjectMeta{
					Namespace: "default", Name: "web-1", Labels: map[string]string{discoveryv1.LabelServiceName: "web"},
				},
				AddressType: discoveryv1.AddressTypeIPv4,
				Ports:       []discoveryv1.EndpointPort{{Name: &name, Port: &port, Protocol: &protocol}},
				Endpoints: []discoveryv1.Endpoint{{
					Addresses: []string{podAddress.Addr().String()}, NodeName: &node,
					Conditions: discoveryv1.EndpointConditions{Ready: &ready},
				}},
			},
		)
		factory := informers.NewSharedInformerFactory(client, 0)
		on, err := network.New(network.Options{Informers: factory, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		one := &site{answer: network.Answer{Status: http.StatusOK, Takes: 20 * time.Millisecond}, image: "docker.io/library/web:v1"}
		on.Attach(one)
		ctx, cancel := context.WithCancel(context.Background())
		factory.StartWithContext(ctx)
		factory.WaitForCacheSync(ctx.Done())
		made := New(on, seed)
		ended := make(chan error, 2)
		go func() { ended <- on.Run(ctx) }()
		go func() { ended <- made.Run(ctx) }()
		defer func() {
			cancel()
			if err := errors.Join(<-ended, <-ended); err != nil {
				t.Error(err)
			}
			factory.Shutdown()
		}()
		synctest.Wait()
		test(t, made, one)
	})
}

func mustStart(t *testing.T, traffic *Traffic, service string, perSecond int) {
	t.Helper()
	if err := traffic.Start(service, perSecond, Options{}); err != nil {
		t.Fatal(err)
	}
}

func statsOf(t *testing.T, traffic *Traffic, service string) Stats {
	t.Helper()
	stats, err := traffic.Stats(service)
	if err != nil {
		t.Fatal(err)
	}
	return stats
}

func TestResults(t *testing.T) {
	for name, test := range map[string]struct {
		service string
		change  func(*site)
		want    Result
	}{
		"ok":           {"web", func(*site) {}, OK},
		"not found":    {"web", func(s *site) { s.answer.Status = http.StatusNotFound }, ClientError},
		"unavailable":  {"web:80", func(s *site) { s.answer.Status = http.StatusServiceUnavailable }, ServerError},
		"refused":      {"web", func(s *site) { s.err = network.ErrRefused }, Refused},
		"unanswered":   {"web", func(s *site) { s.err = network.ErrUnanswered }, TimedOut},
		"slow":         {"web", func(s *site) { s.answer.Takes = 6 * time.Second }, TimedOut},
		"closed":       {"web", func(s *site) { s.silent = true }, Closed},
		"no endpoints": {"default/empty", func(*site) {}, NoEndpoints},
		"no service":   {"nothing", func(*site) {}, Unresolved},
		"no port":      {"web:81", func(*site) {}, Unresolved},
	} {
		t.Run(name, func(t *testing.T) {
			withTraffic(t, 1, func(t *testing.T, traffic *Traffic, site *site) {
				test.change(site)
				mustStart(t, traffic, test.service, 10)
				time.Sleep(10 * time.Second)
				if err := traffic.Stop(test.service); err != nil {
					t.Fatal(err)
				}
				time.Sleep(10 * time.Second)
				stats := statsOf(t, traffic, test.service)
				want := map[Result]int64{test.want: 100}
				if !reflect.DeepEqual(stats.ByResult, want) || stats.Sent != 100 || stats.InFlight != 0 || stats.PerSecond != 0 {
					t.Errorf("got %+v, want the results %v", stats, want)
				}
				versions := map[string]int64{}
				if test.want == OK {
					versions["v1"] = 100
				}
				if !reflect.DeepEqual(stats.ByVersion, versions) {
					t.Errorf("got versions %v, want %v", stats.ByVersion, versions)
				}
			})
		})
	}
}

func TestResetCountsWhenTheProcessEnds(t *testing.T) {
	withTraffic(t, 1, func(t *testing.T, traffic *Traffic, site *site) {
		site.answer.Takes = 2 * time.Second
		mustStart(t, traffic, "web", 10)
		time.Sleep(10 * time.Second)
		if got := statsOf(t, traffic, "web"); got.InFlight < 18 || got.InFlight > 22 {
			t.Errorf("got %d requests in flight, want about 20", got.InFlight)
		}
		site.sockets.Reset(time.Now())
		time.Sleep(2 * time.Second)
		got := statsOf(t, traffic, "web").ByResult
		if got[Reset] < 18 || got[Reset] > 22 || got[OK] < 70 {
			t.Errorf("got %v, want about 20 resets and 80 answers", got)
		}
	})
}

func TestSeriesIsBoundedAndAddsUp(t *testing.T) {
	withTraffic(t, 1, func(t *testing.T, traffic *Traffic, site *site) {
		mustStart(t, traffic, "web", 5)
		time.Sleep(time.Hour)
		site.setImage("docker.io/library/web@sha256:0123456789abcdef0123")
		time.Sleep(5 * time.Minute)
		stats := statsOf(t, traffic, "web")
		if len(stats.Seconds) != maxSeconds {
			t.Errorf("got %d seconds, want %d", len(stats.Seconds), maxSeconds)
		}
		versions := map[string]int64{}
		for i, second := range stats.Seconds {
			if i > 0 && second.Time <= stats.Seconds[i-1].Time {
				t.Fatalf("second %d is not later than the one before", i)
			}
			for version, number := range second.ByVersion {
				versions[version] += number
			}
		}
		if versions["0123456789ab"] < 1495 || versions["v1"] < 1495 {
			t.Errorf("got versions %v in the last ten minutes, want half of each", versions)
		}
		if stats.OK != stats.ByVersion["v1"]+stats.ByVersion["0123456789ab"] || stats.Sent != stats.OK+int64(stats.InFlight) || stats.Failed != 0 {
			t.Errorf("the counts do not add up: %+v", stats.ByVersion)
		}
		if want := int64(65 * 60 * 5); stats.Sent < want-1 || stats.Sent > want+1 {
			t.Errorf("got %d requests sent, want %d", stats.Sent, want)
		}
	})
}

func TestTheSameSeedGivesTheSameRequests(t *testing.T) {
	run := func(seed uint64) (arrivals []time.Duration) {
		withTraffic(t, seed, func(t *testing.T, traffic *Traffic, _ *site) {
			begin := time.Now()
			mustStart(t, traffic, "web", 50)
			for seen := int64(0); seen < 200; time.Sleep(time.Millisecond) {
				if stats := statsOf(t, traffic, "web"); stats.Sent > seen {
					seen = stats.Sent
					arrivals = append(arrivals, time.Since(begin))
				}
			}
		})
		return arrivals
	}
	first := run(1)
	if !reflect.DeepEqual(first, run(1)) {
		t.Error("two runs with one seed differ")
	}
	if reflect.DeepEqual(first, run(2)) {
		t.Error("another seed changes nothing")
	}
}

func TestStartAgainBeginsAnew(t *testing.T) {
	withTraffic(t, 1, func(t *testing.T, traffic *Traffic, _ *site) {
		mustStart(t, traffic, "web", 10)
		time.Sleep(10 * time.Second)
		mustStart(t, traffic, "default/web", 20)
		time.Sleep(time.Second)
		stats := statsOf(t, traffic, "web")
		if stats.Sent != 20 || stats.PerSecond != 20 || stats.Started != time.Now().Add(-time.Second).UnixMilli() {
			t.Errorf("got %d sent at %d a second, want 20 at 20", stats.Sent, stats.PerSecond)
		}
		if got := len(traffic.All()); got != 1 {
			t.Errorf("got %d clients, want 1", got)
		}
	})
}

func TestStartRefuses(t *testing.T) {
	withTraffic(t, 1, func(t *testing.T, traffic *Traffic, _ *site) {
		for _, test := range []struct {
			service   string
			perSecond int
			options   Options
			want      string
		}{
			{"web", 0, Options{}, `send requests to service "web": 0 a second, want 1 to 1000`},
			{"web", 1001, Options{}, `send requests to service "web": 1001 a second, want 1 to 1000`},
			{"web", 1, Options{Timeout: time.Hour}, `send requests to service "web": time-out of 1h0m0s, want at most 1m0s`},
			{"a/b/c", 1, Options{}, `read service "a/b/c": want name or namespace/name`},
			{"", 1, Options{}, `read service "": want name or namespace/name`},
		} {
			if err := traffic.Start(test.service, test.perSecond, test.options); err == nil || err.Error() != test.want {
				t.Errorf("start %q: got %v, want %s", test.service, err, test.want)
			}
		}
		if _, err := traffic.Stats("web"); !errors.Is(err, ErrNoTraffic) {
			t.Errorf("stats without a start: got %v", err)
		}
		for i := range MaxClients {
			mustStart(t, traffic, fmt.Sprint("service-", i), 1)
		}
		if err := traffic.Start("web", 1, Options{}); err == nil || !strings.HasSuffix(err.Error(), "16 clients are the most") {
			t.Errorf("one client too many: got %v", err)
		}
		if err := traffic.Stop("service-3"); err != nil {
			t.Fatal(err)
		}
		mustStart(t, traffic, "web", 1)
		if _, err := traffic.Stats("service-3"); !errors.Is(err, ErrNoTraffic) {
			t.Errorf("the client that was stopped is still there: %v", err)
		}
	})
}

func TestVersionOf(t *testing.T) {
	for image, want := range map[string]string{
		"docker.io/library/nginx:1.27":            "1.27",
		"localhost:5000/web":                      "localhost:5000/web",
		"localhost:5000/web:v2":                   "v2",
		"quay.io/web@sha256:0123456789abcdef0123": "0123456789ab",
		"": "",
	} {
		if got := versionOf(image); got != want {
			t.Errorf("version of %q: got %q, want %q", image, got, want)
		}
	}
}
