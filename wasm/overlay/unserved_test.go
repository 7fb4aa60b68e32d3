package overlay

import (
	"slices"
	"strings"
	"testing"

	"k8s.io/apiserver/pkg/server/storage"

	"tabernetes/engine/controlplane/apiserver"
)

func TestNothingServedIsLeftOut(t *testing.T) {
	factory, ok := apiserver.NewStorageFactory().(*storage.DefaultStorageFactory)
	if !ok {
		t.Fatal("the storage factory is not upstream's default one")
	}
	config, ok := factory.APIResourceConfigSource.(*storage.ResourceConfig)
	if !ok || len(config.GroupVersionConfigs) == 0 {
		t.Fatal("the storage factory does not say which versions are served")
	}
	unserved := Unserved()
	for version, served := range config.GroupVersionConfigs {
		group, _, _ := strings.Cut(version.Group, ".")
		if served && slices.Contains(unserved, group+"/"+version.Version) {
			t.Errorf("%s is served, and left out of the module", version)
		}
	}
}
