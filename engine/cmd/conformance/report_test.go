package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const report = `[{"SpecReports": [
  {"LeafNodeType": "SynchronizedBeforeSuite", "State": "passed"},
  {"ContainerHierarchyTexts": ["[sig-apps] Deployment"], "LeafNodeType": "It", "LeafNodeText": "rolls [Conformance]", "State": "passed"},
  {"ContainerHierarchyTexts": ["[sig-apps] Deployment"], "LeafNodeType": "It", "LeafNodeText": "pauses [Conformance]", "State": "passed"},
  {"ContainerHierarchyTexts": ["[sig-apps] Job"], "LeafNodeType": "It", "LeafNodeText": "ends [Conformance]", "State": "failed", "Failure": {"Message": "it did not"}},
  {"ContainerHierarchyTexts": ["[sig-apps] Job"], "LeafNodeType": "It", "LeafNodeText": "hangs [Conformance]", "State": "timedout", "Failure": {"Message": "too long"}},
  {"ContainerHierarchyTexts": ["[sig-apps] Job"], "LeafNodeType": "It", "LeafNodeText": "needs Windows", "State": "skipped", "Failure": {"Message": "no Windows"}},
  {"ContainerHierarchyTexts": ["[sig-node] Pods"], "LeafNodeType": "It", "LeafNodeText": "start [Conformance]", "State": "skipped"}
]}]`

func write(t *testing.T, name, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestSummaryComparesAReportWithTheTable(t *testing.T) {
	known, err := readTable(write(t, "failing.yaml", `
"[sig-apps] Deployment pauses [Conformance]": was not implemented
"[sig-apps] Job hangs [Conformance]": needs a real kernel
`))
	if err != nil {
		t.Fatal(err)
	}
	specs, err := readReport(write(t, "report.json", report))
	if err != nil {
		t.Fatal(err)
	}
	got := summarize("sig-apps", specs, known)
	want := result{
		SIG: "sig-apps", Passed: 2, Failed: 2, Skipped: 1,
		Unexpected: map[string]string{"[sig-apps] Job ends [Conformance]": "it did not"},
		Mended:     []string{"[sig-apps] Deployment pauses [Conformance]"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if differences([]result{got}) == nil {
		t.Error("neither the failing spec nor the mended one is an error")
	}
	if err := differences([]result{{SIG: "sig-cli", Passed: 17, Failed: 1}}); err != nil {
		t.Errorf("a spec that is known to fail is an error: %v", err)
	}
}

func TestEachFailingSpecNeedsAReason(t *testing.T) {
	for _, table := range []string{`"[sig-apps] Job ends": ""`, `"[sig-apps] Job ends": {}`, `- "[sig-apps] Job ends"`} {
		if _, err := readTable(write(t, "failing.yaml", table)); err == nil {
			t.Errorf("the table %s was accepted", table)
		}
	}
}

func TestAReportThatIsCutOffIsAnError(t *testing.T) {
	if _, err := readReport(write(t, "report.json", report[:200])); err == nil {
		t.Error("half a report was accepted")
	}
}
