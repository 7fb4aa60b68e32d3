package journal

import "fmt"

// ArchiveFault says what is wrong with a file from which no cluster can start.
// The page words it, so the values are those of ArchiveFault in
// web/src/protocol/storage.ts.
type ArchiveFault string

// The faults.
const (
	// TooLarge: it has more than MaxArchiveBytes.
	TooLarge ArchiveFault = "large"
	// CutOff: it ends too early.
	CutOff ArchiveFault = "cutOff"
	// Foreign: it is something else than a cluster file.
	Foreign ArchiveFault = "foreign"
	// Newer: a newer version of this program has made it.
	Newer ArchiveFault = "newer"
	// Altered: its contents are not those that were written.
	Altered ArchiveFault = "altered"
	// Invalid: no store could have held its contents.
	Invalid ArchiveFault = "invalid"
	// Unreadable: an object in it is none that this version of Kubernetes reads.
	Unreadable ArchiveFault = "unreadable"
)

// ArchiveError is what is wrong with a file from which no cluster can start.
type ArchiveError struct {
	Fault ArchiveFault
	// At is where: of invalid contents a path such as `history[3]`, of an
	// unreadable object its key. Else it is empty.
	At  string
	Err error
}

// Error implements error.
func (e *ArchiveError) Error() string { return e.Err.Error() }

// Unwrap returns the error that the fault was made of.
func (e *ArchiveError) Unwrap() error { return e.Err }

func refused(fault ArchiveFault, format string, arguments ...any) error {
	return &ArchiveError{Fault: fault, Err: fmt.Errorf(format, arguments...)}
}

func invalid(at, format string, arguments ...any) error {
	return &ArchiveError{Fault: Invalid, At: at, Err: fmt.Errorf("%s: %w", at, fmt.Errorf(format, arguments...))}
}
