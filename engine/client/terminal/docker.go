package terminal

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"tabernetes/engine/userland/process"
)

// Image is what docker knows about an image.
type Image struct {
	// Name is the full name, "docker.io/library/nginx:1.27", and Repository that
	// name without the tag.
	Name, Repository, Tag string
	// Digest is "sha256:" and 64 hexadecimal digits.
	Digest string
	// Layers are its layers, the base first. A layer already pulled with another
	// image is not pulled again.
	Layers []Layer
	// BytesPerSecond is the speed at which layers are pulled.
	BytesPerSecond int64
	// Ports are the ports it listens on; none for a program that is no server.
	Ports []int32
	// Status and Body are its HTTP answer, for a container's host name and a path.
	Status int
	Body   func(hostname, path string) string
	// Log are the lines that a container logs at its start.
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

// Bounds of the simulated docker host; requests beyond them are refused.
const (
	maxImages     = 100
	maxContainers = 50
)

// docker is the docker host of the terminal: pulled images, and running
// containers that answer on their published ports.
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

// dockerCommands are the available commands.
var dockerCommands = []string{"images", "logs", "ps", "pull", "restart", "rm", "rmi", "run", "start", "stop", "tag", "version"}

// command is docker.
func (d *docker) command(ctx context.Context, i *process.Invocation) int {
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
