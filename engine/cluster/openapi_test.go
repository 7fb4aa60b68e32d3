package cluster_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"testing"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/inprocess"
)

// A group's document is built on its own when it is requested, and must be the one
// whose hash the index of all groups has.
func TestOpenAPIDocuments(t *testing.T) {
	running := clustertest.Start(t, cluster.Options{})
	get := func(path string) (*http.Response, []byte) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://cluster"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept", "application/json")
		response, err := (&inprocess.Transport{Handler: running.Handler()}).RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("%s: got %d, %v", path, response.StatusCode, err)
		}
		return response, body
	}

	alone := map[string][]byte{}
	for _, group := range []string{"api/v1", "apis/apps/v1", "apis/autoscaling/v2"} {
		response, body := get("/openapi/v3/" + group)
		if !json.Valid(body) || response.Header.Get("Etag") == "" {
			t.Errorf("%s: no document with an Etag", group)
		}
		alone[group] = body
	}
	// Upstream's service answers like this for a group that does not exist.
	if _, body := get("/openapi/v3/apis/absent/v1"); len(body) != 0 {
		t.Errorf("a group that is not served has the document %.80q", body)
	}

	_, body := get("/openapi/v3")
	var index struct {
		Paths map[string]struct {
			ServerRelativeURL string `json:"serverRelativeURL"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(body, &index); err != nil {
		t.Fatal(err)
	}
	for group, document := range alone {
		reference, err := url.Parse(index.Paths[group].ServerRelativeURL)
		if err != nil || reference.Query().Get("hash") == "" {
			t.Fatalf("%s: the index says %q, %v", group, index.Paths[group].ServerRelativeURL, err)
		}
		response, again := get(reference.String())
		if response.Header.Get("Etag") != `"`+reference.Query().Get("hash")+`"` || !bytes.Equal(again, document) {
			t.Errorf("%s: the document is not the one that the index means", group)
		}
	}
	// The metrics of pods and nodes are a group that another component serves.
	if _, served := index.Paths["apis/metrics.k8s.io/v1beta1"]; !served {
		t.Error("the index has no metrics.k8s.io/v1beta1")
	}

	_, body = get("/openapi/v2")
	var swagger struct {
		Definitions map[string]json.RawMessage `json:"definitions"`
		Info        struct{ Version string }   `json:"info"`
	}
	if err := json.Unmarshal(body, &swagger); err != nil || swagger.Definitions["io.k8s.api.apps.v1.Deployment"] == nil || swagger.Info.Version == "" {
		t.Errorf("/openapi/v2: no definition of a Deployment, or no version (%v)", err)
	}
}
