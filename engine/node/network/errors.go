package network

import "syscall"

// Errors of connections. Their texts are those of Linux on every platform; package
// syscall has other texts in WebAssembly.
var (
	// ErrRefused: nothing listens on the port.
	ErrRefused error = &connectionError{text: "connection refused", number: syscall.ECONNREFUSED}
	// ErrNoEndpoints: kube-proxy rejects connections to a Service that has no
	// endpoints. The client sees a refused connection, and errors.Is reports
	// ErrRefused.
	ErrNoEndpoints error = &connectionError{text: "connection refused", number: syscall.ECONNREFUSED, is: ErrRefused}
	// ErrReset: the process at the other end has ended.
	ErrReset error = &connectionError{text: "connection reset by peer", number: syscall.ECONNRESET}
	// ErrTimedOut: no answer within the time that Linux tries.
	ErrTimedOut error = &connectionError{text: "connection timed out", number: syscall.ETIMEDOUT, timeout: true}
	// ErrUnanswered: no answer. Connect returns it; callers that wait return
	// ErrTimedOut or their own deadline's error instead.
	ErrUnanswered error = &connectionError{text: "no answer", number: syscall.ETIMEDOUT}
)

// errPatience is Go's error for a dial whose deadline has passed.
var errPatience error = &connectionError{text: "i/o timeout", timeout: true}

// connectionError is an errno with Linux's text for it.
type connectionError struct {
	text    string
	number  syscall.Errno
	is      error
	timeout bool
}

func (e *connectionError) Error() string { return e.text }

// Timeout implements net.Error.
func (e *connectionError) Timeout() bool { return e.timeout }

// Temporary implements net.Error.
func (e *connectionError) Temporary() bool { return e.timeout }

// Is makes errors.Is find the errno and the wrapped kind of error.
func (e *connectionError) Is(target error) bool {
	if number, ok := target.(syscall.Errno); ok {
		return e.number != 0 && number == e.number
	}
	return e.is != nil && target == e.is
}

// As makes errors.As find the errno.
func (e *connectionError) As(target any) bool {
	number, ok := target.(*syscall.Errno)
	if ok && e.number != 0 {
		*number = e.number
		return true
	}
	return false
}
