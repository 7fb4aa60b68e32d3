package container

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"

	"k8s.io/utils/ptr"

	"tabernetes/engine/node/image"
	"tabernetes/engine/node/network"
	"tabernetes/engine/node/variation"
	"tabernetes/engine/userland/commands"
	"tabernetes/engine/userland/process"
)

// system returns the state that the processes of the container share. It is made
// when the first of them needs it: most containers run nothing but their image's
// own program.
func (c *Container) system() *process.System {
	if c.processes != nil {
		return c.processes
	}
	system := &process.System{
		FileSystem: c.files,
		User:       c.credentials(),
		Privileged: c.spec.SecurityContext != nil && ptr.Deref(c.spec.SecurityContext.Privileged, false),
		Hostname:   hostname(c.pod.Object()),
		Processors: c.processors(),
		Random:     rand.New(rand.NewPCG(c.host.Seed(), variation.Hash(c.status.ID.ID))),
		Commands:   map[string]process.Command{},
		Listener:   c,
	}
	if !c.image.Programs.Bare {
		system.Commands = commands.Table()
	}
	for _, name := range c.image.Programs.Names {
		system.Commands[name] = c.programCommand(name)
	}
	if c.image.Programs.Runs != "" {
		system.Commands[c.image.Programs.Runs] = c.programNamed(c.image.Programs.Runs)
	}
	if c.configured() {
		for _, name := range append(c.image.Programs.Names, c.image.Programs.Configured.Runs) {
			system.Commands[name] = c.programNamed(c.image.Programs.Configured.Runs)
		}
	}
	for name, program := range c.image.Programs.Commands {
		system.Commands[name] = c.programNamed(program)
	}
	for _, tool := range c.image.Programs.Tools {
		system.Commands[tool.Name] = c.toolCommand(tool)
	}
	if cluster := c.host.Network(); cluster != nil {
		system.Network = cluster.NewTransport(c.place())
	}
	if c.program.running {
		// The image's own program is process 1 without being in the table.
		system.FirstProcess = firstExecuted
	}
	c.processes = system
	return system
}

// place is the network place that the container's connections begin at.
func (c *Container) place() network.Place {
	pod := c.pod.Object()
	place := network.Place{Node: c.host.Name(), Namespace: pod.Namespace, ClusterDNS: usesClusterDNS(pod), Hosts: c.hostOf}
	if addresses := c.pod.Addresses(); len(addresses) > 0 {
		// An address that does not parse stays invalid, and reaches nothing.
		place.Address, _ = netip.ParseAddr(addresses[0])
	}
	return place
}

// hostOf finds a name in the container's /etc/hosts.
func (c *Container) hostOf(name string) (netip.Addr, bool) {
	if c.files == nil {
		return netip.Addr{}, false
	}
	return process.HostOf(c.files, name)
}

// firstExecuted is the process ID of the first command executed in a container
// whose process 1 is not run by the shell.
const firstExecuted = 7

// processors returns what nproc prints: the node's number of processors.
func (c *Container) processors() int {
	return c.host.Processors()
}

// onLoop runs a function on the sync loop, called from a command's goroutine, and
// waits for it. It reports false if ctx ended first.
func (c *Container) onLoop(ctx context.Context, run func()) bool {
	done := make(chan struct{})
	c.scope.Lock()
	place := c.scope.Reserve()
	c.scope.Unlock()
	c.scope.Report(place, func() {
		run()
		close(done)
	})
	select {
	case <-done:
		return true
	case <-ctx.Done():
		return false
	}
}

// programCommand is the image's own program as a command of the container's
// shell, such as the nginx of `sh -c "...; exec nginx"`.
func (c *Container) programCommand(name string) process.Command {
	return func(ctx context.Context, invocation *process.Invocation) int {
		if signal, ok := controlSignal(name, invocation.Args[1:]); ok {
			return c.control(ctx, name, signal, invocation)
		}
		ended := make(chan int32, 1)
		taken := false
		if !c.onLoop(ctx, func() {
			if taken = c.program.running; !taken {
				c.program.begin(func(code int32) { ended <- code })
			}
		}) {
			return ExitKilled
		}
		if taken {
			fmt.Fprintf(invocation.Stderr, "%s: address already in use\n", name)
			return 1
		}
		// A signal can come from the loop, so its handler must not wait.
		signals := make(chan struct{}, 1)
		for _, signal := range []process.Signal{process.SIGTERM, process.SIGQUIT, process.SIGINT} {
			invocation.Notify(signal, func() {
				select {
				case signals <- struct{}{}:
				default:
				}
			})
		}
		for {
			select {
			case <-signals:
				c.signalProgram(process.SIGTERM)
			case code := <-ended:
				return int(code)
			case <-ctx.Done():
				c.signalProgram(process.SIGKILL)
				return ExitKilled
			}
		}
	}
}

// signalProgram has the loop send a signal to the image's own program. It does not
// wait for the loop.
func (c *Container) signalProgram(signal process.Signal) {
	c.scope.Lock()
	place := c.scope.Reserve()
	c.scope.Unlock()
	c.scope.Report(place, func() {
		if signal == process.SIGKILL {
			c.program.end(ExitKilled)
			return
		}
		c.program.terminate()
	})
}

// controlSignal returns the signal that a server's control command sends to the
// running server: `nginx -s quit`, `apachectl -k graceful-stop`. Signal 0 only
// tests whether the server runs.
func controlSignal(name string, args []string) (signal process.Signal, ok bool) {
	for n, argument := range args {
		switch {
		case argument == "-t" || argument == "-v" || argument == "-V":
			return 0, true
		case (argument == "-s" || argument == "-k") && n+1 < len(args):
			switch args[n+1] {
			case "quit", "stop", "graceful-stop":
				return process.SIGTERM, true
			case "reload", "reopen", "graceful", "restart":
				return 0, true
			}
		}
	}
	return 0, false
}

// control sends a control command's signal to the running program.
func (c *Container) control(ctx context.Context, name string, signal process.Signal, invocation *process.Invocation) int {
	test := slices.Contains(invocation.Args, "-t") || slices.Contains(invocation.Args, "-v") || slices.Contains(invocation.Args, "-V")
	running := false
	if !c.onLoop(ctx, func() {
		running = c.program.running
		if running && signal != 0 {
			c.program.terminate()
		}
	}) {
		return ExitKilled
	}
	switch {
	case test:
		fmt.Fprintf(invocation.Stderr, "%s version: %s/%s\n", name, name, c.image.Tag)
	case !running:
		fmt.Fprintf(invocation.Stderr, "%s: not running\n", name)
		return 1
	}
	return 0
}

// toolCommand returns a command that checks whether the program listens, such as
// pg_isready.
func (c *Container) toolCommand(tool image.Tool) process.Command {
	return func(ctx context.Context, invocation *process.Invocation) int {
		result := tool.Otherwise
		if !c.onLoop(ctx, func() {
			if slices.ContainsFunc(c.ports(), c.Listens) {
				result = tool.Listening
			}
		}) {
			return ExitKilled
		}
		fmt.Fprint(invocation.Stdout, result.Output)
		return int(result.Code)
	}
}
