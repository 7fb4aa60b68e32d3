package apiserver

import (
	goruntime "runtime"
	"strings"

	apimachineryversion "k8s.io/apimachinery/pkg/version"
	"k8s.io/apiserver/pkg/util/compatibility"
	basecompatibility "k8s.io/component-base/compatibility"
)

// KubernetesVersion is the release of k8s.io/kubernetes in go.mod, as /version
// and the nodes report it. A test compares the two.
const KubernetesVersion = "v1.37.2"

// release is the effective version of the linked upstream code, with the
// release that a Kubernetes build stamps in through the linker.
type release struct {
	basecompatibility.EffectiveVersion
}

func newRelease() release {
	return release{compatibility.DefaultBuildEffectiveVersion()}
}

// Info returns the answer to /version.
func (r release) Info() *apimachineryversion.Info {
	info := *r.EffectiveVersion.Info()
	parts := strings.SplitN(strings.TrimPrefix(KubernetesVersion, "v"), ".", 3)
	info.Major, info.Minor = parts[0], parts[1]
	info.GitVersion = KubernetesVersion
	info.GitCommit = ""
	info.GitTreeState = "clean"
	info.BuildDate = "1970-01-01T00:00:00Z"
	info.Platform = goruntime.GOOS + "/" + goruntime.GOARCH
	return &info
}
