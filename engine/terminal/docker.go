package terminal

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"tabernetes/engine/shell"
)

// Image is what docker knows of an image.
type Image struct {
	// Name is the full name, "docker.io/library/nginx:1.27", and Repository that
	// name without the tag.
	Name, Repository, Tag string
	// Digest is "sha256:" and 64 hexadecimal digits.
	Digest string
	// Layers are its parts, the base first. A layer that another image brought is
	// not pulled again.
	Layers []Layer
	// BytesPerSecond is how fast layers come.
	BytesPerSecond int64
	// Ports are the ports it listens on; none for a program that serves nothing.
	Ports []int32
	// Status and Body are its HTTP answer, for a container's host name and a path.
	Status int
	Body   func(hostname, path string) string
	// Log are the lines of a container at its start.
	Log func(hostname string) []string
}

// Layer is a part of an image.
type Layer struct {
	Digest    string // 64 hexadecimal digits
	SizeBytes int64
}

// ErrNoImage is the error of Options.Images for a name that the registry does not
// have.
var ErrNoImage = errors.New("manifest unknown")

// Bounds of the simulated docker host; what exceeds one is refused.
const (
	maxImages     = 100
	maxContainers = 50
)

// docker is the docker host of the terminal: pulled images and running containers
// that answer at their published ports.
type docker struct {
	registry func(name string) (Image, error)
	random   *rand.Rand

	mu         sync.Mutex
	images     []localImage          // in the order of the pulls; guarded by mu
	layers     map[string]bool       // guarded by mu
	containers []*container          // oldest first; guarded by mu
	ports      map[string]*container // by host port; guarded by mu
}

type localImage struct {
	Image
	pulled time.Time
}

type container struct {
	id, name, command string
	image             Image
	shown             string // the image as it was asked for
	created, ended    time.Time
	running           bool
	published         []published
	remove            bool // --rm
	log               []string
}

type published struct{ host, container int32 }

func newDocker(registry func(name string) (Image, error), random *rand.Rand) *docker {
	return &docker{registry: registry, random: random, layers: map[string]bool{}, ports: map[string]*container{}}
}

// dockerCommands are the commands that there are.
var dockerCommands = []string{"images", "logs", "ps", "pull", "restart", "rm", "rmi", "run", "start", "stop", "tag", "version"}

// command is docker.
func (d *docker) command(ctx context.Context, i *shell.Invocation) int {
	words := i.Args[1:]
	if len(words) > 1 && (words[0] == "container" || words[0] == "image") {
		words = words[1:]
		if words[0] == "ls" {
			words[0] = map[string]string{"container": "ps", "image": "images"}[i.Args[1]]
		}
	}
	if len(words) == 0 || words[0] == "--help" || words[0] == "help" {
		fmt.Fprintf(i.Stdout, "Usage:  docker [OPTIONS] COMMAND\n\nCommands of this simulated host:\n  %s\n", strings.Join(dockerCommands, "\n  "))
		return 0
	}
	switch name, args := words[0], words[1:]; name {
	case "pull":
		return d.pullCommand(ctx, i, args)
	case "run":
		return d.run(ctx, i, args)
	case "ps":
		return d.list(i, args)
	case "images":
		return d.listImages(i, args)
	case "stop", "start", "restart", "rm":
		return d.change(ctx, i, name, args)
	case "rmi":
		return d.removeImages(i, args)
	case "logs":
		return d.logs(i, args)
	case "tag":
		return d.tag(i, args)
	case "version", "--version", "-v":
		fmt.Fprintln(i.Stdout, "Docker version 28.3.2, build tabernetes (simulated)")
		return 0
	default:
		fmt.Fprintf(i.Stderr, "docker: unknown command: docker %s\n\nRun 'docker --help' for more information\n", name)
		return 1
	}
}

// familiar is a name as docker shows it: without docker.io/library.
func familiar(name string) string {
	return strings.TrimPrefix(strings.TrimPrefix(name, "docker.io/library/"), "docker.io/")
}

func (d *docker) pullCommand(ctx context.Context, i *shell.Invocation, args []string) int {
	quiet := false
	var names []string
	for _, word := range args {
		switch {
		case word == "-q" || word == "--quiet":
			quiet = true
		case strings.HasPrefix(word, "-"):
			return d.unknownFlag(i, "pull", word)
		default:
			names = append(names, word)
		}
	}
	if len(names) != 1 {
		return d.arguments(i, "pull", "requires 1 argument")
	}
	image, err := d.registry(names[0])
	if err != nil {
		fmt.Fprintf(i.Stderr, "Error response from daemon: %s\n", pullText(names[0], err))
		return 1
	}
	if d.size() >= maxImages {
		fmt.Fprintln(i.Stderr, "Error response from daemon: no space left on device")
		return 1
	}
	if quiet {
		if !d.pull(ctx, i, image, func(string, ...any) {}) {
			return 130
		}
		fmt.Fprintln(i.Stdout, familiar(image.Name))
		return 0
	}
	if !strings.Contains(names[0][strings.LastIndexByte(names[0], '/')+1:], ":") && !strings.Contains(names[0], "@") {
		fmt.Fprintf(i.Stdout, "Using default tag: %s\n", image.Tag)
	}
	if !d.pull(ctx, i, image, func(format string, values ...any) { fmt.Fprintf(i.Stdout, format+"\n", values...) }) {
		return 130
	}
	fmt.Fprintln(i.Stdout, image.Name)
	return 0
}

// pullText is what the daemon says when a registry does not have an image.
func pullText(name string, err error) string {
	if !errors.Is(err, ErrNoImage) {
		return err.Error()
	}
	short := name
	if !strings.Contains(short[strings.LastIndexByte(short, '/')+1:], ":") {
		short += ":latest"
	}
	return fmt.Sprintf("manifest for %s not found: manifest unknown: manifest unknown", short)
}

func (d *docker) size() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.images)
}

// pull brings the layers that are missing, one after the other, and says so. It is
// false when it was interrupted.
func (d *docker) pull(ctx context.Context, _ *shell.Invocation, image Image, say func(string, ...any)) bool {
	path := familiar(image.Repository)
	if strings.HasPrefix(image.Repository, "docker.io/") {
		path = strings.TrimPrefix(image.Repository, "docker.io/")
	} else if _, rest, ok := strings.Cut(path, "/"); ok {
		path = rest
	}
	say("%s: Pulling from %s", image.Tag, path)
	fresh := false
	for _, layer := range image.Layers {
		short := layer.Digest[:12]
		d.mu.Lock()
		present := d.layers[layer.Digest]
		d.mu.Unlock()
		if present {
			if !d.has(image.Name) {
				say("%s: Already exists", short)
			}
			continue
		}
		timer := time.NewTimer(time.Duration(float64(layer.SizeBytes) / float64(max(1, image.BytesPerSecond)) * float64(time.Second)))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return false
		}
		say("%s: Pull complete", short)
		fresh = true
		d.mu.Lock()
		d.layers[layer.Digest] = true
		d.mu.Unlock()
	}
	say("Digest: %s", image.Digest)
	if fresh || !d.has(image.Name) {
		say("Status: Downloaded newer image for %s", familiar(image.Name))
	} else {
		say("Status: Image is up to date for %s", familiar(image.Name))
	}
	d.add(image)
	return true
}

func (d *docker) has(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.ContainsFunc(d.images, func(image localImage) bool { return image.Name == name })
}

func (d *docker) add(image Image) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.images = slices.DeleteFunc(d.images, func(other localImage) bool { return other.Name == image.Name })
	d.images = append(d.images, localImage{image, time.Now()})
}

// local finds a pulled image by the name that docker run is given. A short name
// that no registry has is also taken for a pulled image whose name ends so, as
// the article does that runs nginx:v1 after it has pulled
// registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v1; taken is that image's
// name then.
func (d *docker) local(name string) (image Image, taken string, ok bool) {
	wanted, err := d.registry(name)
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, candidate := range d.images {
		if err == nil && candidate.Name == wanted.Name || familiar(candidate.Name) == name {
			return candidate.Image, "", true
		}
	}
	if err == nil || strings.Contains(name, "/") {
		return Image{}, "", false
	}
	for _, candidate := range slices.Backward(d.images) {
		if strings.HasSuffix(candidate.Name, "/"+name) {
			return candidate.Image, candidate.Name, true
		}
	}
	return Image{}, "", false
}

// runOptions are the flags of docker run.
type runOptions struct {
	detach, remove bool
	name           string
	published      []published
}

func (d *docker) run(ctx context.Context, i *shell.Invocation, args []string) int {
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

// imageToRun is a local image, or one that is pulled now.
func (d *docker) imageToRun(ctx context.Context, i *shell.Invocation, name string) (Image, int) {
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

// firstEphemeral is the first port of those that the host chooses itself.
const firstEphemeral = 32768

func (d *docker) start(ctx context.Context, i *shell.Invocation, image Image, shown string, command []string, options runOptions) int {
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

func (d *docker) newID() string {
	var id [32]byte
	for n := range id {
		id[n] = byte(d.random.IntN(256))
	}
	return hex.EncodeToString(id[:])
}

func (d *docker) newName() string {
	adjectives := []string{"brave", "calm", "clever", "eager", "gentle", "happy", "kind", "lucid", "quiet", "witty"}
	people := []string{"babbage", "curie", "dijkstra", "hopper", "knuth", "lamport", "lovelace", "ritchie", "shannon", "turing"}
	for {
		name := adjectives[d.random.IntN(len(adjectives))] + "_" + people[d.random.IntN(len(people))]
		if !slices.ContainsFunc(d.containers, func(other *container) bool { return other.name == name }) {
			return name
		}
	}
}

func (d *docker) unknownFlag(i *shell.Invocation, command, word string) int {
	if strings.HasPrefix(word, "--") {
		fmt.Fprintf(i.Stderr, "unknown flag: %s\n\nRun 'docker %s --help' for more information\n", word, command)
	} else {
		fmt.Fprintf(i.Stderr, "unknown shorthand flag: %s\n\nRun 'docker %s --help' for more information\n", describeFlag(word), command)
	}
	return 125
}

func (d *docker) arguments(i *shell.Invocation, command, text string) int {
	fmt.Fprintf(i.Stderr, "docker: 'docker %s' %s\n\nUsage:  docker %s\n\nRun 'docker %s --help' for more information\n", command, text, command, command)
	return 1
}

// find finds a container by its name or the beginning of its ID; called with mu
// held.
func (d *docker) find(word string) *container {
	for _, one := range d.containers {
		if one.name == word || len(word) > 0 && strings.HasPrefix(one.id, word) {
			return one
		}
	}
	return nil
}
