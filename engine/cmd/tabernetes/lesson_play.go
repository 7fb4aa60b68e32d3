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

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	"k8s.io/klog/v2"

	"tabernetes/lessons/plan"
	"tabernetes/lessons/play"
)

func newLessonTest() *cobra.Command {
	var variant string
	command := &cobra.Command{
		Use:   "test DIR...",
		Short: "Play start, solution and wrong ways of lessons on the virtual clock, twice",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			return testLessons(command.Context(), command.OutOrStdout(), arguments, variant)
		},
	}
	command.Flags().StringVar(&variant, "variant", "", "the variant to play of a lesson that has some; all without it")
	return command
}

// played is a lesson, or one of its variants, that a process plays.
type played struct {
	directory, variant string

	output bytes.Buffer
	err    error
	done   chan struct{}
}

// testLessons plays lessons. Several are played side by side, each in a process of
// its own: kubectl sets globals of its process (see package play). So are variants.
func testLessons(ctx context.Context, out io.Writer, directories []string, variant string) error {
	var all []*played
	for _, directory := range directories {
		content, id, err := locate(directory)
		if err != nil {
			return err
		}
		variants := plan.Variants(content, id)
		if variant != "" {
			variants = []string{variant}
		}
		for _, one := range variants {
			all = append(all, &played{directory: directory, variant: one, done: make(chan struct{})})
		}
	}
	if len(all) == 1 {
		return testLesson(ctx, out, all[0].directory, all[0].variant)
	}
	began := time.Now()
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("play lessons side by side: %w", err)
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	go func() {
		for _, one := range all {
			group.Go(func() error {
				defer close(one.done)
				command := exec.CommandContext(ctx, program, "lesson", "test", "--variant", one.variant, one.directory)
				command.Stdout, command.Stderr = &one.output, &one.output
				one.err = command.Run()
				return nil
			})
		}
	}()
	// In the order in which they were named, each as soon as it is known.
	failed := 0
	for _, one := range all {
		<-one.done
		if _, err := one.output.WriteTo(out); err != nil {
			return err
		}
		if one.err != nil {
			failed++
		}
	}
	fmt.Fprintf(out, "%d lessons and variants in %.1f s\n", len(all), time.Since(began).Seconds())
	if failed > 0 {
		return fmt.Errorf("%d of %d lessons and variants do not work", failed, len(all))
	}
	return nil
}

func testLesson(ctx context.Context, out io.Writer, directory, variant string) error {
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
	lesson, problems := play.Open(content, id, variant)
	if len(problems) > 0 {
		fmt.Fprintln(out, problems)
		return errProblems
	}
	plays, err := play.All(ctx, lesson)
	fmt.Fprintln(out, plays)
	if err != nil {
		// Lines of their own, that editors can jump from.
		fmt.Fprintln(out, err)
		return errProblems
	}
	return nil
}

// silenceLog drops what the control plane logs: it is not about the lesson.
func silenceLog() error {
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	klog.SetOutput(io.Discard)
	return errors.Join(flags.Set("logtostderr", "false"), flags.Set("stderrthreshold", "FATAL"))
}
