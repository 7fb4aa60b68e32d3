package network

import "syscall"

// Errors of connections. Their texts are those of Linux on every platform:
// package syscall spells them differently in WebAssembly.
var (
	// ErrRefused: nothing listens on the port.
	ErrRefused error = &connectionError{text: "connection refused", number: syscall.ECONNREFUSED}
	// ErrNoEndpoints: kube-proxy rejects connections to a Service that has no
	// endpoints. For the client that is a refusal, and errors.Is says so.
	ErrNoEndpoints error = &connectionError{text: "connection refused", number: syscall.ECONNREFUSED, is: ErrRefused}
	// ErrReset: the process at the other end has ended.
	ErrReset error = &connectionError{text: "connection reset by peer", number: syscall.ECONNRESET}
	// ErrTimedOut: nobody answered for as long as Linux tries.
	ErrTimedOut error = &connectionError{text: "connection timed out", number: syscall.ETIMEDOUT, timeout: true}
	// ErrUnanswered: nobody answers. It is what Connect returns; callers that
	// wait return ErrTimedOut or the end of their own patience in its place.
	ErrUnanswered error = &connectionError{text: "no answer", number: syscall.ETIMEDOUT}
)

// errPatience is Go's error for a dial whose deadline has passed.
var errPatience error = &connectionError{text: "i/o timeout", timeout: true}

// connectionError is an error number with Linux's text for it.
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

// Is makes errors.Is find the error number, and a kind of error that this is.
func (e *connectionError) Is(target error) bool {
	if number, ok := target.(syscall.Errno); ok {
		return e.number != 0 && number == e.number
	}
	return e.is != nil && target == e.is
}

// As makes errors.As find the error number.
func (e *connectionError) As(target any) bool {
	number, ok := target.(*syscall.Errno)
	if ok && e.number != 0 {
		*number = e.number
		return true
	}
	return false
}
