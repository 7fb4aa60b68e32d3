package kubectl

import (
	"net/http"
	"strings"
	"sync"
	"testing"
)

// requests notes what it carries.
type requests struct {
	http.RoundTripper
	mu    sync.Mutex
	paths []string // guarded by mu
}

func (r *requests) RoundTrip(request *http.Request) (*http.Response, error) {
	r.mu.Lock()
	r.paths = append(r.paths, request.URL.Path)
	r.mu.Unlock()
	return r.RoundTripper.RoundTrip(request)
}

// count is how often a path was asked for since the last count.
func (r *requests) count(path string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	count := 0
	for _, asked := range r.paths {
		if asked == path {
			count++
		}
	}
	r.paths = nil
	return count
}

func TestCommandsShareDiscovery(t *testing.T) {
	k := newTerminal(t)
	noted := &requests{RoundTripper: k.kubectl.transport}
	shared, err := newDiscovery(noted)
	if err != nil {
		t.Fatal(err)
	}
	previous := k.kubectl.discovery
	k.kubectl.discovery = shared
	t.Cleanup(func() { k.kubectl.discovery = previous })

	k.succeed("get namespaces", "default")
	if got := noted.count("/apis"); got != 1 {
		t.Errorf("the first command discovered %d times, want once", got)
	}
	k.succeed("get deployments,replicasets,pods -o wide", "")
	k.succeed("api-resources --cached", "deployments")
	if got := noted.count("/apis"); got != 0 {
		t.Errorf("later commands discovered %d times", got)
	}
	// A kind that is not found may have come since, so it is looked for again.
	if got := k.run("get", "widgets"); got.status != 1 || !strings.Contains(got.stderr, `the server doesn't have a resource type "widgets"`) {
		t.Errorf("get of an unknown kind: %+v", got)
	}
	if got := noted.count("/apis"); got != 1 {
		t.Errorf("an unknown kind made kubectl discover %d times, want once", got)
	}
	k.succeed("api-resources", "deployments")
	if got := noted.count("/apis"); got != 1 {
		t.Errorf("api-resources discovered %d times, want once", got)
	}

	// Another server is not this one.
	elsewhere := k.run("api-resources", "--cached", "--server", "https://elsewhere.example:6443")
	if elsewhere.status != 1 || !strings.Contains(elsewhere.stderr, "no such host") {
		t.Errorf("another server: %+v", elsewhere)
	}
	if got := noted.count("/apis"); got != 0 {
		t.Errorf("another server: this one was asked %d times", got)
	}
}
