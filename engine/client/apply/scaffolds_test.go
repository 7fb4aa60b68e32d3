package apply_test

import (
	"os"
	"path/filepath"
	"testing"

	"tabernetes/engine/client/apply"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

// TestScaffolds: the manifests that the page's editor inserts are accepted as
// they are, without a warning.
func TestScaffolds(t *testing.T) {
	files, err := filepath.Glob("../../../web/src/editor/scaffolds/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scaffolds: %v", err)
	}
	built := clustertest.Start(t, cluster.Options{InstantKubelet: true})
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, result := range apply.Apply(t.Context(), built.RESTConfig(), text, apply.Options{DryRun: true}) {
				if result.Error != nil || result.Outcome != apply.Created || len(result.Warnings) > 0 {
					t.Errorf("got %s, warnings %q, want it created without any", show(result), result.Warnings)
				}
			}
		})
	}
}
