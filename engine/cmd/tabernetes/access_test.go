package main

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
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

// Who a client is decides what it may do: by its certificate, by a token, by --as.
func TestServeKnowsItsClients(t *testing.T) {
	binary := os.Getenv("KUBECTL")
	if binary == "" {
		t.Skip("KUBECTL names no kubectl binary; make test-go builds one and sets it")
	}
	file := filepath.Join(t.TempDir(), "kubeconfig")
	serveForTest(t, serveOptions{instant: true, tls: true, kubeconfig: file})
	run := func(file, line string) string {
		command := exec.CommandContext(t.Context(), binary, append([]string{"--kubeconfig", file, "--cache-dir", t.TempDir()}, strings.Fields(line)...)...)
		output, _ := command.CombinedOutput() // what it printed says whether it failed
		return string(output)
	}
	with := func(change func(*api.AuthInfo)) string {
		config, err := clientcmd.LoadFromFile(file)
		if err != nil {
			t.Fatal(err)
		}
		user := api.NewAuthInfo()
		change(user)
		config.AuthInfos[config.Contexts[config.CurrentContext].AuthInfo] = user
		changed := filepath.Join(t.TempDir(), "kubeconfig")
		if err := clientcmd.WriteToFile(*config, changed); err != nil {
			t.Fatal(err)
		}
		return changed
	}
	run(file, "create serviceaccount robot")
	run(file, "create rolebinding robot --clusterrole=view --serviceaccount=default:robot")
	token := strings.TrimSpace(run(file, "create token robot"))
	robot := with(func(user *api.AuthInfo) { user.Token = token })
	forged := with(func(user *api.AuthInfo) { user.Token = token[:len(token)-4] + "AAAA" })
	nobody := with(func(*api.AuthInfo) {})
	for _, test := range []struct{ file, line, want string }{
		{file, "auth whoami -o jsonpath={.status.userInfo.username}", `^kubernetes-admin$`},
		{file, "auth can-i --list", `(?m)^\*\.\* +\[\] +\[\] +\[\*\]$`},
		{file, "--as nobody get pods", `^Error from server \(Forbidden\): pods is forbidden: User "nobody" cannot list resource "pods" in API group "" in the namespace "default"`},
		{file, "--as nobody auth can-i get pods", `^no\n`},
		{robot, "auth whoami -o jsonpath={.status.userInfo.username}", `^system:serviceaccount:default:robot$`},
		{robot, "get pods", `^No resources found in default namespace\.`},
		{robot, "auth can-i delete pods", `^no\n`},
		{robot, "auth can-i --list", `(?m)^pods +\[\] +\[\] +\[get list watch\]$`},
		{robot, "--as kubernetes-admin get --raw /api/v1/namespaces/default/pods", `cannot impersonate resource "users"`},
		{forged, "get --raw /api/v1/namespaces/default/pods", `You must be logged in to the server`},
		{nobody, "get --raw /api/v1/namespaces/default/pods --username=a --password=b", `User "system:anonymous" cannot list resource "pods"`},
		{file, "get --raw /", `"/apis/apps/v1"`},
	} {
		if got := run(test.file, test.line); !regexp.MustCompile(test.want).MatchString(got) {
			t.Errorf("kubectl %s: got\n%swant %s", test.line, got, test.want)
		}
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
