package terminal

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tabernetes/engine/userland/process"
)

// runOptions are the flags of docker run.
type runOptions struct {
	detach, remove bool
	name           string
	published      []published
}

func (d *docker) run(ctx context.Context, i *process.Invocation, args []string) int {
	var options runOptions
	n := 0
	for ; n < len(args) && strings.HasPrefix(args[n], "-"); n++ {
		word := args[n]
		flag, value, given := strings.Cut(word, "=")
		needs := slices.Contains([]string{"-p", "--publish", "--name", "-e", "--env", "-h", "--hostname", "-v", "--volume", "--network", "--restart", "-w", "-u", "-m", "--memory", "--cpus", "-l"}, flag)
		if text, ok := strings.CutPrefix(word, "-p"); ok && text != "" && !strings.HasPrefix(text, "=") {
			flag, value, given, needs = "-p", text, true, true
		}
		if needs && !given {
			if n++; n >= len(args) {
				fmt.Fprintf(i.Stderr, "flag needs an argument: %s\n\nRun 'docker run --help' for more information\n", describeFlag(word))
				return 125
			}
			value = args[n]
		}
		switch flag {
		case "-d", "--detach":
			options.detach = true
		case "--rm":
			options.remove = true
		case "-it", "-i", "-t", "-ti", "-P", "-dit", "-itd":
			options.detach = options.detach || strings.Contains(flag, "d")
		case "--name":
			options.name = value
		case "-p", "--publish":
			one, err := parsePublished(value)
			if err != nil {
				fmt.Fprintf(i.Stderr, "docker: %v\n\nRun 'docker run --help' for more information\n", err)
				return 125
			}
			options.published = append(options.published, one)
		default:
			if !needs {
				d.unknownFlag(i, "run", word)
				return 125
			}
		}
	}
	if n >= len(args) {
		return d.arguments(i, "run", "requires at least 1 argument")
	}
	image, code := d.imageToRun(ctx, i, args[n])
	if code != 0 {
		return code
	}
	return d.start(ctx, i, image, args[n], args[n+1:], options)
}

func describeFlag(word string) string {
	if strings.HasPrefix(word, "--") {
		return word
	}
	return "'" + strings.TrimPrefix(word, "-") + "' in " + word
}

// imageToRun returns a local image, or one that it pulls.
func (d *docker) imageToRun(ctx context.Context, i *process.Invocation, name string) (Image, int) {
	image, taken, ok := d.local(name)
	if ok {
		if taken != "" {
			fmt.Fprintf(i.Stderr, "Note: %s is taken for %s here; docker itself needs 'docker tag %s %s' first.\n", name, taken, taken, name)
		}
		return image, 0
	}
	shown := name
	if !strings.Contains(name[strings.LastIndexByte(name, '/')+1:], ":") {
		shown += ":latest"
	}
	fmt.Fprintf(i.Stderr, "Unable to find image '%s' locally\n", shown)
	image, err := d.registry(name)
	if err != nil {
		fmt.Fprintf(i.Stderr, "docker: Error response from daemon: %s\n\nRun 'docker run --help' for more information\n", pullText(name, err))
		return Image{}, 125
	}
	if d.size() >= maxImages {
		fmt.Fprintln(i.Stderr, "docker: Error response from daemon: no space left on device")
		return Image{}, 125
	}
	if !d.pull(ctx, i, image, func(format string, values ...any) { fmt.Fprintf(i.Stderr, format+"\n", values...) }) {
		return Image{}, 130
	}
	return image, 0
}

func parsePublished(text string) (published, error) {
	text = strings.TrimSuffix(text, "/tcp")
	parts := strings.Split(text, ":")
	if len(parts) == 3 { // an address to listen on
		parts = parts[1:]
	}
	numbers := make([]int32, len(parts))
	for n, part := range parts {
		number, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return published{}, fmt.Errorf("invalid containerPort: %s", part)
		}
		numbers[n] = int32(number)
	}
	switch len(numbers) {
	case 1:
		return published{0, numbers[0]}, nil
	case 2:
		return published{numbers[0], numbers[1]}, nil
	}
	return published{}, fmt.Errorf("invalid publish opts format (should be name=value but got '%s')", text)
}

// firstEphemeral is the first of the ports that the host chooses itself.
const firstEphemeral = 32768

func (d *docker) start(ctx context.Context, i *process.Invocation, image Image, shown string, command []string, options runOptions) int {
	d.mu.Lock()
	fail := func(format string, values ...any) int {
		d.mu.Unlock()
		fmt.Fprintf(i.Stderr, "docker: Error response from daemon: "+format+"\n\nRun 'docker run --help' for more information\n", values...)
		return 125
	}
	if len(d.containers) >= maxContainers {
		return fail("no space left on device")
	}
	if options.name != "" {
		for _, other := range d.containers {
			if other.name == options.name {
				return fail("Conflict. The container name \"/%s\" is already in use by container \"%s\". You have to remove (or rename) that container to be able to reuse that name.", options.name, other.id)
			}
		}
	}
	one := &container{
		id: d.newID(), name: options.name, image: image, shown: shown, command: strings.Join(command, " "),
		created: time.Now(), running: true, remove: options.remove,
	}
	if one.name == "" {
		one.name = d.newName()
	}
	if one.command == "" {
		one.command = "/docker-entrypoint.…"
	}
	for _, port := range options.published {
		for port.host == 0 || options.published[0].host == 0 && d.ports[strconv.Itoa(int(port.host))] != nil {
			port.host = max(port.host+1, firstEphemeral)
		}
		if d.ports[strconv.Itoa(int(port.host))] != nil {
			return fail("failed to set up container networking: driver failed programming external connectivity on endpoint %s (%s): Bind for 0.0.0.0:%d failed: port is already allocated", one.name, one.id, port.host)
		}
		one.published = append(one.published, port)
	}
	if image.Log != nil {
		one.log = image.Log(one.id[:12])
	}
	serves := len(image.Ports) > 0 && len(command) == 0
	d.containers = append(d.containers, one)
	for _, port := range one.published {
		d.ports[strconv.Itoa(int(port.host))] = one
	}
	if !serves {
		d.end(one)
	}
	d.mu.Unlock()
	if options.detach {
		fmt.Fprintln(i.Stdout, one.id)
		return 0
	}
	if !serves {
		fmt.Fprintln(i.Stderr, "docker run runs servers only here; a Pod runs any command: kubectl run demo --image="+shown+" -it --rm -- sh")
		return 0
	}
	for _, line := range one.log {
		fmt.Fprintln(i.Stdout, line)
	}
	<-ctx.Done() // in the foreground until Ctrl-C
	d.mu.Lock()
	d.end(one)
	d.mu.Unlock()
	return 130
}

// end stops a container; called with mu held.
func (d *docker) end(one *container) {
	if !one.running {
		return
	}
	one.running, one.ended = false, time.Now()
	for _, port := range one.published {
		delete(d.ports, strconv.Itoa(int(port.host)))
	}
	if one.remove {
		d.containers = slices.DeleteFunc(d.containers, func(other *container) bool { return other == one })
	}
}
