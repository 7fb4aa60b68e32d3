package main

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
)

func TestServeWritesAKubeconfigForItsCertificate(t *testing.T) {
	for _, test := range []struct {
		name, scheme string
		tls          bool
	}{
		{"HTTP", "http://", false},
		{"HTTPS", "https://", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "kubeconfig")
			server := serveForTest(t, serveOptions{instant: true, tls: test.tls, kubeconfig: file})
			if !strings.HasPrefix(server, test.scheme) {
				t.Errorf("the API is on %s, want %s", server, test.scheme)
			}
			config, err := clientcmd.LoadFromFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got := config.Clusters[config.Contexts[config.CurrentContext].Cluster].Server; got != server {
				t.Errorf("the kubeconfig names %s, want %s", got, server)
			}
			if test.tls {
				refuseStranger(t, server)
			}
			if kubectl := os.Getenv("KUBECTL"); kubectl != "" {
				command := exec.CommandContext(t.Context(), kubectl, "--kubeconfig", file, "--cache-dir", t.TempDir(), "get", "nodes", "-o", "name")
				output, err := command.CombinedOutput()
				if err != nil || !strings.HasPrefix(string(output), "node/") {
					t.Errorf("kubectl get nodes: %v\n%s", err, output)
				}
			}
		})
	}
}

// refuseStranger expects that a client which was not given the certificate refuses it.
func refuseStranger(t *testing.T, server string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server+"/version", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err == nil {
		_ = response.Body.Close()
		t.Errorf("a client without the kubeconfig trusts %s", server)
	}
}
