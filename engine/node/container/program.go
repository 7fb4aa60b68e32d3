package container

import (
	"strconv"
	"strings"
	"time"

	"tabernetes/engine/node/syncloop"
)

// program is the image's own program while it runs in a container: the sync loop
// simulates it from its description in the catalogue. It is process 1, or a
// command that the container's shell runs. It belongs to the loop.
type program struct {
	of        *Container
	running   bool
	since     time.Time
	stopping  bool // SIGTERM was sent
	stoppedAt time.Time
	ending    *syncloop.Timer // the end of the program by itself
	reaction  *syncloop.Timer // the end caused by SIGTERM
	ended     func(code int32)
}

// begin starts the program; ended is called with its exit code when it ends by
// itself or after SIGTERM.
func (p *program) begin(ended func(code int32)) {
	c := p.of
	p.running, p.since, p.stopping, p.ended = true, c.scope.Now(), false, ended
	for _, line := range c.image.Log.Start {
		p.print(line)
	}
	if c.image.Exit != nil {
		p.ending = c.scope.After(c.image.Exit.After.Duration, p.exitByItself)
	}
}

// resume is begin for an adopted program that has already run for a while. Its
// earlier output is lost.
func (p *program) resume(since time.Time, ended func(code int32)) {
	c := p.of
	p.running, p.since, p.ended = true, since, ended
	if c.image.Exit != nil {
		p.ending = c.scope.After(max(0, c.image.Exit.After.Duration-c.scope.Now().Sub(since)), p.exitByItself)
	}
}

func (p *program) exitByItself() {
	if line := p.of.image.Exit.Log; line != "" {
		p.print(line)
	}
	p.end(p.of.image.Exit.Code)
}

func (p *program) end(code int32) {
	if !p.running {
		return
	}
	p.stopTimers()
	p.running = false
	p.ended(code)
}

func (p *program) stopTimers() {
	p.of.scope.Stop(p.ending)
	p.of.scope.Stop(p.reaction)
}

// terminate sends SIGTERM to the program: it resets its connections, or answers
// the open requests, and ends.
func (p *program) terminate() {
	c := p.of
	if !p.running || p.stopping {
		return
	}
	p.stopping, p.stoppedAt = true, c.scope.Now()
	if p.serves() {
		for _, line := range c.image.Log.Stop {
			p.print(line)
		}
	}
	stop := c.image.Stop
	if stop.Ignored {
		return
	}
	if stop.Abrupt {
		c.sockets.Reset(p.stoppedAt)
	}
	var leave func()
	leave = func() {
		if left := c.sockets.BusyUntil().Sub(c.scope.Now()); left > 0 && !stop.Abrupt {
			p.reaction = c.scope.After(left, leave)
			return
		}
		p.end(stop.Code)
	}
	reaction := stop.After.Duration
	if c.scope.Instant {
		reaction = 0
	}
	p.reaction = c.scope.After(reaction, leave)
}

// serves reports whether the program listens on a port.
func (p *program) serves() bool {
	return p.running && (len(p.of.image.Ports) > 0 || !p.of.image.Known)
}

func (p *program) print(line string) {
	c := p.of
	line = strings.NewReplacer("${hostname}", c.pod.Object().Name, "${tag}", c.image.Tag, "${uid}", strconv.FormatInt(c.effectiveUser(), 10)).Replace(line)
	c.output.stream(streamStdout).writeAt(c.scope.Now(), line+"\n")
}
