package kubelet

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"tabernetes/engine/kubelet/image"
)

// errCommandTimedOut is that of k8s.io/cri-client, which is not imported because
// it brings a gRPC client with it.
var errCommandTimedOut = errors.New("command timed out")

// execution is how a command in a container ended. An error says that it could
// not be run or was given up.
type execution struct {
	output string
	code   int32
	err    error
}

// execute runs a command in the container and calls done when it has ended, or
// after timeout if that is not zero.
func (c *container) execute(command []string, timeout time.Duration, done func(execution)) {
	if !c.isRunning() {
		done(execution{err: errors.New("container not running")})
		return
	}
	toolbox := c.image
	toolbox.Shell = true
	outcome := execution{}
	length := time.Duration(0)
	for _, instruction := range toolbox.Process(command, nil).Program {
		switch {
		case instruction.Sleep == image.Forever:
			length = image.Forever
		case length != image.Forever:
			length += instruction.Sleep
		}
		if instruction.Print != nil {
			outcome.output += *instruction.Print + "\n"
		}
		if instruction.Exit != nil {
			outcome.code = *instruction.Exit
		}
	}
	if timeout > 0 && length >= timeout {
		length = timeout
		outcome = execution{err: fmt.Errorf("%w: %q timed out after %s", errCommandTimedOut, strings.Join(command, " "), timeout)}
	}
	if length == 0 {
		done(outcome)
		return
	}
	c.worker.after(length, func() { done(outcome) })
}
