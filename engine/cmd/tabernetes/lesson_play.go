package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/klog/v2"

	"tabernetes/lessons/play"
)

// testLessons plays lessons. Several are played side by side, each in a process of
// its own: kubectl sets globals of its process (see package play).
func testLessons(ctx context.Context, out io.Writer, directories []string) error {
	if len(directories) == 1 {
		return testLesson(ctx, out, directories[0])
	}
	began := time.Now()
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("play lessons side by side: %w", err)
	}
	played := make([]struct {
		output bytes.Buffer
		err    error
		done   chan struct{}
	}, len(directories))
	for i := range played {
		played[i].done = make(chan struct{})
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	go func() {
		for i, directory := range directories {
			group.Go(func() error {
				one := &played[i]
				defer close(one.done)
				command := exec.CommandContext(ctx, program, "lesson", "test", directory)
				command.Stdout, command.Stderr = &one.output, &one.output
				one.err = command.Run()
				return nil
			})
		}
	}()
	// In the order in which they were named, each as soon as it is known.
	failed := 0
	for i := range played {
		<-played[i].done
		if _, err := played[i].output.WriteTo(out); err != nil {
			return err
		}
		if played[i].err != nil {
			failed++
		}
	}
	fmt.Fprintf(out, "%d lessons in %.1f s\n", len(directories), time.Since(began).Seconds())
	if failed > 0 {
		return fmt.Errorf("%d of %d lessons do not work", failed, len(directories))
	}
	return nil
}

func testLesson(ctx context.Context, out io.Writer, directory string) error {
	if err := checkLessons(out, []string{directory}); err != nil {
		return err
	}
	if err := silenceLog(); err != nil {
		return err
	}
	content, id, err := locate(directory)
	if err != nil {
		return err
	}
	lesson, problems := play.Open(content, id)
	if len(problems) > 0 {
		return problems
	}
	plays, err := play.All(ctx, lesson)
	fmt.Fprintln(out, plays)
	return err
}

// silenceLog drops what the control plane logs: it is not about the lesson.
func silenceLog() error {
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	klog.SetOutput(io.Discard)
	return errors.Join(flags.Set("logtostderr", "false"), flags.Set("stderrthreshold", "FATAL"))
}
