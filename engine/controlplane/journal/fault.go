package journal

import "fmt"

// ArchiveFault says what is wrong with a file from which no cluster can start.
// The page words it, so the values are those of ArchiveFault in
// web/src/protocol/storage.ts.
type ArchiveFault string

// The faults.
const (
	// TooLarge: it is larger than MaxArchiveBytes.
	TooLarge ArchiveFault = "large"
	// CutOff: it ends too early.
	CutOff ArchiveFault = "cutOff"
	// Foreign: it is not a cluster file.
	Foreign ArchiveFault = "foreign"
	// Newer: it was made by a newer version of this program.
	Newer ArchiveFault = "newer"
	// Altered: its contents have changed since they were written.
	Altered ArchiveFault = "altered"
	// Invalid: no store could have held its contents.
	Invalid ArchiveFault = "invalid"
	// Unreadable: it contains an object that this version of Kubernetes cannot
	// read.
	Unreadable ArchiveFault = "unreadable"
)

// ArchiveError is what is wrong with a file from which no cluster can start.
type ArchiveError struct {
	Fault ArchiveFault
	// At is the place of the fault: a path such as `history[3]` for invalid
	// contents, a key for an unreadable object. Otherwise it is empty.
	At  string
	Err error
}

// Error implements error.
func (e *ArchiveError) Error() string { return e.Err.Error() }

// Unwrap returns the underlying error.
func (e *ArchiveError) Unwrap() error { return e.Err }

func refused(fault ArchiveFault, format string, arguments ...any) error {
	return &ArchiveError{Fault: fault, Err: fmt.Errorf(format, arguments...)}
}

func invalid(at, format string, arguments ...any) error {
	return &ArchiveError{Fault: Invalid, At: at, Err: fmt.Errorf("%s: %w", at, fmt.Errorf(format, arguments...))}
}
