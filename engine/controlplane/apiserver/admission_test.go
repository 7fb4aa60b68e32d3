package apiserver

import (
	"slices"
	"testing"

	kubeoptions "k8s.io/kubernetes/pkg/kubeapiserver/options"
)

func TestAdmissionPluginsAreUpstreamsDefaultSet(t *testing.T) {
	want := slices.DeleteFunc(slices.Clone(kubeoptions.AllOrderedPlugins), kubeoptions.DefaultOffAdmissionPlugins().Has)
	var got []string
	for _, plugin := range admissionPlugins {
		if plugin.name != notEnforcedName {
			got = append(got, plugin.name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
