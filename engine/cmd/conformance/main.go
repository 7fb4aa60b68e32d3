// Command conformance runs the Conformance specs of Kubernetes' official end-to-end
// suite against clusters of "tabernetes serve", a cluster for each SIG, and compares
// what failed with a table that has a reason for each failing spec.
//
//	conformance --suite bin/e2e.test --tabernetes bin/tabernetes --ginkgo bin/ginkgo --kubectl bin/kubectl
//
// It prints the counts as JSON. It fails when a spec fails that is not in the table, or
// passes that is. "make conformance" builds the programs and calls it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// sigs are the SIGs whose specs need no more than what a cluster here has.
const sigs = "apps,api-machinery,node,network,cli,storage,auth,instrumentation,scheduling"

type options struct {
	programs programs
	sigs     []string
	focus    string
	table    string
	logs     string
	// atOnce is how many SIGs run at the same time, processes how many specs of one do.
	atOnce    int
	processes int
	limit     time.Duration
}

// programs are the paths of what is run.
type programs struct {
	suite, ginkgo, tabernetes, kubectl string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string, stdout, stderr io.Writer) error {
	options, err := parse(arguments, stderr)
	if err != nil {
		return err
	}
	known, err := readTable(options.table)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(options.logs, 0o750); err != nil {
		return fmt.Errorf("make the directory of the logs: %w", err)
	}
	results := make([]result, len(options.sigs))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(options.atOnce)
	for i, sig := range options.sigs {
		group.Go(func() error {
			specs, err := runGroup(ctx, options, sig)
			if err != nil {
				return fmt.Errorf("sig-%s: %w", sig, err)
			}
			results[i] = summarize("sig-"+sig, specs, known)
			fmt.Fprintf(stderr, "sig-%s: %d of %d passed\n", sig, results[i].Passed, results[i].Passed+results[i].Failed)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	encoder := json.NewEncoder(stdout)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(results); err != nil {
		return fmt.Errorf("print the results: %w", err)
	}
	return differences(results)
}

func parse(arguments []string, stderr io.Writer) (options, error) {
	var options options
	var listed string
	flags := flag.NewFlagSet("conformance", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&options.programs.suite, "suite", "bin/e2e.test", "the suite")
	flags.StringVar(&options.programs.ginkgo, "ginkgo", "bin/ginkgo", "ginkgo, which runs specs at the same time")
	flags.StringVar(&options.programs.tabernetes, "tabernetes", "bin/tabernetes", "what serves the clusters")
	flags.StringVar(&options.programs.kubectl, "kubectl", "bin/kubectl", "the kubectl that specs run")
	flags.StringVar(&listed, "sigs", sigs, "whose specs to run, separated by commas")
	flags.StringVar(&options.focus, "focus", "", "run only specs whose name matches this regular expression")
	flags.StringVar(&options.table, "table", "engine/cmd/conformance/failing.yaml", "the specs that are known to fail, with reasons")
	flags.StringVar(&options.logs, "logs", ".cache/conformance", "directory for the reports and logs of each SIG")
	flags.IntVar(&options.atOnce, "at-once", 3, "SIGs that run at the same time")
	flags.IntVar(&options.processes, "processes", 6, "specs of a SIG that run at the same time")
	flags.DurationVar(&options.limit, "limit", 90*time.Minute, "time for the specs of a SIG")
	if err := flags.Parse(arguments); err != nil {
		return options, err
	}
	if flags.NArg() > 0 {
		return options, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	options.sigs = strings.Split(listed, ",")
	return options, nil
}
