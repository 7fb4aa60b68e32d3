package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// stopTimeout is how long a program may take to end after a signal.
const stopTimeout = 10 * time.Second

// runGroup runs the specs of one SIG against a cluster of their own.
func runGroup(ctx context.Context, options options, sig string) (specs []spec, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	directory, err := filepath.Abs(filepath.Join(options.logs, "sig-"+sig))
	if err != nil {
		return nil, err
	}
	if err := os.RemoveAll(directory); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(directory, 0o750); err != nil {
		return nil, err
	}
	kubeconfig := filepath.Join(directory, "kubeconfig")
	ended, err := serve(ctx, options.programs.tabernetes, kubeconfig, filepath.Join(directory, "serve.log"))
	if err != nil {
		return nil, err
	}
	defer func() {
		stop()
		err = errors.Join(err, <-ended)
	}()
	return runSuite(ctx, options, sig, directory, kubeconfig)
}

// serve starts a cluster and returns when it is ready. The channel has what became of it
// once the context has ended.
func serve(ctx context.Context, program, kubeconfig, log string) (<-chan error, error) {
	file, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	command := interruptible(ctx, program, "serve", "--listen", "127.0.0.1:0", "--tls", "--kubeconfig", kubeconfig)
	command.Stderr = file
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if err := command.Start(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	_, readErr := bufio.NewReader(output).ReadString('\n')
	ended := make(chan error, 1)
	go func() {
		_, _ = io.Copy(io.Discard, output)
		err := command.Wait()
		if ctx.Err() != nil {
			err = nil
		}
		ended <- errors.Join(err, file.Close())
	}()
	if readErr != nil {
		return nil, fmt.Errorf("the cluster did not start, see %s: %w", log, errors.Join(readErr, <-ended))
	}
	return ended, nil
}

// runSuite runs the specs and reads their report. Specs that fail are no error.
func runSuite(ctx context.Context, options options, sig, directory, kubeconfig string) ([]spec, error) {
	log := filepath.Join(directory, "suite.log")
	file, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	kubectl, err := filepath.Abs(options.programs.kubectl)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	command := interruptible(ctx, options.programs.ginkgo,
		"--procs", strconv.Itoa(options.processes),
		"--label-filter", "Conformance && sig-"+sig,
		"--focus", options.focus,
		"--timeout", options.limit.String(),
		"--json-report", "report.json", "--output-dir", directory,
		"--no-color", "--silence-skips",
		options.programs.suite, "--",
		"--kubeconfig", kubeconfig,
		"--kubectl-path", kubectl,
		"--provider", "skeleton",
		"--dump-logs-on-failure=false",
		"--report-dir", directory,
	)
	command.Stdout, command.Stderr = file, file
	runErr := errors.Join(command.Run(), file.Close())
	specs, err := readReport(filepath.Join(directory, "report.json"))
	if ctx.Err() != nil || err != nil {
		return nil, fmt.Errorf("run the suite, see %s: %w", log, errors.Join(ctx.Err(), runErr, err))
	}
	return specs, nil
}

// interruptible is a command that gets SIGINT when the context ends.
func interruptible(ctx context.Context, program string, arguments ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, program, arguments...)
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGINT) }
	command.WaitDelay = stopTimeout
	return command
}
