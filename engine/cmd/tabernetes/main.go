// Command tabernetes serves a Tabernetes cluster natively: the same control
// plane and the same simulated nodes that the page runs, for a real kubectl and
// for tests. It is also the tool for authors of lessons.
//
//	tabernetes serve --listen 127.0.0.1:8001
//	kubectl --server http://127.0.0.1:8001 get nodes
//
//	tabernetes lesson new my-lesson
//	tabernetes lesson check my-lesson
//	tabernetes lesson test my-lesson
//	tabernetes lesson serve my-lesson
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // for CronJobs with a time zone, as kube-apiserver and kube-controller-manager have it

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := newRoot().ExecuteContext(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "tabernetes: %v\n", err)
		stop()
		os.Exit(1)
	}
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "tabernetes",
		Short:         "The Kubernetes control plane with simulated nodes",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(newServe(), newLesson())
	return root
}
