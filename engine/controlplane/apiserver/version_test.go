package apiserver

import (
	"os"
	"regexp"
	"testing"
)

func TestKubernetesVersionIsTheOneInGoMod(t *testing.T) {
	module, err := os.ReadFile("../../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^\s*k8s\.io/kubernetes (v\S+)`).FindSubmatch(module)
	if found == nil {
		t.Fatal("go.mod does not require k8s.io/kubernetes")
	}
	if required := string(found[1]); KubernetesVersion != required {
		t.Errorf("KubernetesVersion is %s, go.mod requires %s", KubernetesVersion, required)
	}
	if info := newRelease().Info(); info.GitVersion != KubernetesVersion || info.Major != "1" {
		t.Errorf("/version answers %+v", info)
	}
}
