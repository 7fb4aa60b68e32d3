package traffic

import (
	"errors"
	"strings"

	"tabernetes/engine/node/network"
)

// Result is the outcome of a request.
type Result string

// The results.
const (
	// OK: an answer with a status below 400.
	OK Result = "ok"
	// ClientError and ServerError: an answer with a status of 4xx or 5xx.
	ClientError Result = "http4xx"
	ServerError Result = "http5xx"
	// Refused: nothing listens on the port of the chosen pod.
	Refused Result = "refused"
	// Reset: the process ended before it had answered.
	Reset Result = "reset"
	// Closed: the server closed the connection without an answer.
	Closed Result = "closed"
	// TimedOut: no answer within the timeout.
	TimedOut Result = "timedOut"
	// NoEndpoints: the Service has none, so kube-proxy rejects the connection.
	NoEndpoints Result = "noEndpoints"
	// Unresolved: there is no such Service, or it has no such port.
	Unresolved Result = "unresolved"
)

// resultOf returns the result of a connection that failed.
func resultOf(err error) Result {
	switch {
	case errors.Is(err, network.ErrNoEndpoints):
		return NoEndpoints
	case errors.Is(err, network.ErrRefused):
		return Refused
	}
	return TimedOut
}

func resultOfStatus(status int) Result {
	switch {
	case status >= 500:
		return ServerError
	case status >= 400:
		return ClientError
	}
	return OK
}

// versionOf returns the version of an image: its tag, or the beginning of its
// digest.
func versionOf(image string) string {
	if _, digest, ok := strings.Cut(image, "@sha256:"); ok {
		return digest[:min(12, len(digest))]
	}
	if colon := strings.LastIndexByte(image, ':'); colon > strings.LastIndexByte(image, '/') {
		return image[colon+1:]
	}
	return image
}
