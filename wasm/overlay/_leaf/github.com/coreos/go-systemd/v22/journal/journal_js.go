//go:build js && wasm

package journal

import "errors"

// Enabled is false: a browser tab has no systemd journal.
func Enabled() bool {
	return false
}

// Send answers with an error.
func Send(string, Priority, map[string]string) error {
	return errors.New("no systemd journal in a browser")
}

// StderrIsJournalStream is false.
func StderrIsJournalStream() (bool, error) {
	return false, nil
}

// StdoutIsJournalStream is false.
func StdoutIsJournalStream() (bool, error) {
	return false, nil
}
