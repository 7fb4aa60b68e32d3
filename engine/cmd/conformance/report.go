package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// spec is one spec of a report that ginkgo writes
// (github.com/onsi/ginkgo/v2/types.SpecReport, as JSON).
type spec struct {
	ContainerHierarchyTexts []string
	LeafNodeType            string
	LeafNodeText            string
	// State is "passed", "skipped", "pending", or why it failed: "failed", "panicked",
	// "timedout", "interrupted", "aborted".
	State   string
	Failure struct{ Message string }
}

func (s *spec) name() string {
	return strings.Join(append(slices.Clone(s.ContainerHierarchyTexts), s.LeafNodeText), " ")
}

// readReport reads the specs of a report. Those that a filter left out are not among
// them; steps of the suite that are no specs are, if they failed.
func readReport(file string) ([]spec, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the report: %w", err)
	}
	var reports []struct{ SpecReports []spec }
	if err := json.Unmarshal(data, &reports); err != nil {
		return nil, fmt.Errorf("read the report %s: %w", file, err)
	}
	var specs []spec
	for _, report := range reports {
		for _, one := range report.SpecReports {
			isSpec := one.LeafNodeType == "It"
			filtered := one.State == "skipped" && one.Failure.Message == ""
			if isSpec && !filtered || !isSpec && one.State != "passed" {
				specs = append(specs, one)
			}
		}
	}
	return specs, nil
}

// result is what became of the specs of one SIG.
type result struct {
	SIG     string `json:"sig"`
	Passed  int    `json:"passed"`
	Failed  int    `json:"failed"`
	Skipped int    `json:"skipped"`
	// Unexpected are specs that failed and are not in the table, with their messages.
	Unexpected map[string]string `json:"unexpected,omitempty"`
	// Mended are specs that are in the table and passed.
	Mended []string `json:"mended,omitempty"`
}

func summarize(sig string, specs []spec, known map[string]string) result {
	summary := result{SIG: sig, Unexpected: map[string]string{}}
	for i := range specs {
		name := specs[i].name()
		_, expected := known[name]
		switch specs[i].State {
		case "passed":
			summary.Passed++
			if expected {
				summary.Mended = append(summary.Mended, name)
			}
		case "skipped", "pending":
			summary.Skipped++
		default:
			summary.Failed++
			if !expected {
				summary.Unexpected[name] = specs[i].Failure.Message
			}
		}
	}
	return summary
}

// differences says how the results differ from the table.
func differences(results []result) error {
	var unexpected, mended int
	for _, one := range results {
		unexpected += len(one.Unexpected)
		mended += len(one.Mended)
	}
	if unexpected > 0 || mended > 0 {
		return fmt.Errorf("%d specs failed that are not in the table, %d are in it and passed", unexpected, mended)
	}
	return nil
}

// readTable reads the specs that are known to fail: names with their reasons.
func readTable(file string) (map[string]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the table: %w", err)
	}
	var table map[string]string
	if err := yaml.UnmarshalStrict(data, &table); err != nil {
		return nil, fmt.Errorf("read the table %s: %w", file, err)
	}
	for name, reason := range table {
		if strings.TrimSpace(reason) == "" {
			return nil, fmt.Errorf("the table %s has no reason for %q", file, name)
		}
	}
	return table, nil
}
