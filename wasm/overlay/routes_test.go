package overlay

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Nothing that the API server asks of go-restful matches by a route's expression.
func TestRoutesAreMatchedByTokens(t *testing.T) {
	vendor := filepath.Join(moduleRoot(t), "vendor")
	library := filepath.Join(vendor, "github.com", "emicklei", "go-restful", "v3")
	container, err := os.ReadFile(filepath.Join(library, "container.go"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(container), "CurlyRouter{},\n") {
		t.Error("a container's router is no longer CurlyRouter by default")
	}
	var matching []string
	err = filepath.WalkDir(vendor, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if filepath.Dir(path) == library {
			if strings.Contains(string(source), ".Matcher") {
				matching = append(matching, entry.Name())
			}
			return nil
		}
		for _, name := range []string{"restful.RouterJSR311", "OPTIONSFilter", "restful.CrossOriginResourceSharing{"} {
			if strings.Contains(string(source), name) {
				t.Errorf("%s uses %s, which matches by regular expressions", path, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// In container.go, computeAllowedMethods, which only the filters above call.
	if want := []string{"container.go", "jsr311.go"}; !slices.Equal(matching, want) {
		t.Errorf("files of go-restful that match by a route's expression: got %v, want %v", matching, want)
	}
}
