package hardware

import "testing"

func TestRegistry(t *testing.T) {
	for _, test := range []struct {
		value      string
		has, lacks []string
	}{
		{"", []string{"ghcr.io/acme/shop"}, nil},
		{"open", []string{"ghcr.io/acme/shop"}, nil},
		{"strict", nil, []string{"ghcr.io/acme/shop"}},
		{"strict, ghcr.io/acme/shop,quay.io/team/", []string{"ghcr.io/acme/shop", "quay.io/team/a/b"}, []string{"ghcr.io/acme/shops", "quay.io/teams", "quay.io/team"}},
	} {
		annotations := map[string]string{}
		if test.value != "" {
			annotations["sim.tabernetes.dev/registry"] = test.value
		}
		settings, problems := Read(annotations)
		if len(problems) > 0 {
			t.Errorf("%q: %v", test.value, problems)
		}
		for _, name := range test.has {
			if !settings.Registry.Has(name) {
				t.Errorf("%q: %s does not exist", test.value, name)
			}
		}
		for _, name := range test.lacks {
			if settings.Registry.Has(name) {
				t.Errorf("%q: %s exists", test.value, name)
			}
		}
	}
	for _, value := range []string{"closed", "strict,", "ghcr.io/acme/shop"} {
		if _, problems := Read(map[string]string{"sim.tabernetes.dev/registry": value}); len(problems) != 1 {
			t.Errorf("%q: got problems %v, want one", value, problems)
		}
	}
}
