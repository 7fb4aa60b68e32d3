//go:build js && wasm

package main

import (
	"bytes"
	"flag"

	"k8s.io/klog/v2"

	"tabernetes/wasm/bridge"
)

// sendLog sends klog's warnings and errors to the worker and drops the rest.
func sendLog(host *bridge.Host) {
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	// The flags exist and take these values.
	_ = flags.Set("logtostderr", "false")
	_ = flags.Set("one_output", "true")
	_ = flags.Set("stderrthreshold", "FATAL")
	klog.SetOutput(logWriter{host: host})
}

// logWriter takes klog's lines: a letter for the severity, date, time, thread,
// file and line, "] ", the message. Informational lines stay in Go.
type logWriter struct {
	host *bridge.Host
}

// Write implements io.Writer. klog calls it with one whole entry.
func (w logWriter) Write(entry []byte) (int, error) {
	level := bridge.LevelError
	switch {
	case bytes.HasPrefix(entry, []byte("I")):
		return len(entry), nil
	case bytes.HasPrefix(entry, []byte("W")):
		level = bridge.LevelWarning
	}
	message := entry
	if _, after, found := bytes.Cut(entry, []byte("] ")); found {
		message = after
	}
	w.host.Log(level, string(bytes.TrimSpace(message)))
	return len(entry), nil
}
