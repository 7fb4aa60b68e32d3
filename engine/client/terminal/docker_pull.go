package terminal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tabernetes/engine/userland/process"
)

// familiar is a name as docker shows it: without docker.io/library.
func familiar(name string) string {
	return strings.TrimPrefix(strings.TrimPrefix(name, "docker.io/library/"), "docker.io/")
}

func (d *docker) pullCommand(ctx context.Context, i *process.Invocation, args []string) int {
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

// pull pulls the missing layers, one after the other, and prints the progress. It
// returns false if it was interrupted.
func (d *docker) pull(ctx context.Context, _ *process.Invocation, image Image, say func(string, ...any)) bool {
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

// local finds a pulled image by the name that docker run is given. A short name that
// no registry has also matches a pulled image whose name ends in it, since there are
// tutorials that pull registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v1 and then
// run nginx:v1; taken is the full name of that image.
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
