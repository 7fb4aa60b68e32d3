package terminal

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"

	"tabernetes/engine/userland/process"
)

// ago words a time as docker does.
func ago(since time.Duration) string {
	switch {
	case since < time.Second:
		return "Less than a second"
	case since < time.Minute:
		return plural(int(since.Seconds()), "second")
	case since < 2*time.Minute:
		return "About a minute"
	case since < time.Hour:
		return plural(int(since.Minutes()), "minute")
	case since < 2*time.Hour:
		return "About an hour"
	case since < 48*time.Hour:
		return plural(int(since.Hours()), "hour")
	}
	return plural(int(since.Hours()/24), "day")
}

func plural(count int, unit string) string {
	if count == 1 {
		return "1 " + unit
	}
	return strconv.Itoa(count) + " " + unit + "s"
}

// list is docker ps.
func (d *docker) list(i *process.Invocation, args []string) int {
	all, quiet := false, false
	for _, word := range args {
		switch word {
		case "-a", "--all":
			all = true
		case "-q", "--quiet":
			quiet = true
		case "-aq", "-qa":
			all, quiet = true, true
		default:
			d.unknownFlag(i, "ps", word)
			return 125
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	table := tabwriter.NewWriter(i.Stdout, 10, 1, 3, ' ', 0)
	if !quiet {
		fmt.Fprintln(table, "CONTAINER ID\tIMAGE\tCOMMAND\tCREATED\tSTATUS\tPORTS\tNAMES")
	}
	for _, one := range slices.Backward(d.containers) {
		if !one.running && !all {
			continue
		}
		if quiet {
			fmt.Fprintln(i.Stdout, one.id[:12])
			continue
		}
		status := "Up " + ago(time.Since(one.created))
		if !one.running {
			status = "Exited (0) " + ago(time.Since(one.ended)) + " ago"
		}
		fmt.Fprintf(table, "%s\t%s\t%q\t%s ago\t%s\t%s\t%s\n", one.id[:12], one.shown, one.command, ago(time.Since(one.created)), status, one.ports(), one.name)
	}
	_ = table.Flush()
	return 0
}

// ports are the ports as docker ps shows them.
func (c *container) ports() string {
	if !c.running {
		return ""
	}
	var shown []string
	open := map[int32]bool{}
	for _, port := range c.published {
		shown = append(shown, fmt.Sprintf("0.0.0.0:%d->%d/tcp", port.host, port.container))
		open[port.container] = true
	}
	for _, port := range c.image.Ports {
		if !open[port] {
			shown = append(shown, fmt.Sprintf("%d/tcp", port))
		}
	}
	return strings.Join(shown, ", ")
}

func (d *docker) listImages(i *process.Invocation, args []string) int {
	quiet := slices.Contains(args, "-q")
	d.mu.Lock()
	defer d.mu.Unlock()
	table := tabwriter.NewWriter(i.Stdout, 10, 1, 3, ' ', 0)
	if !quiet {
		fmt.Fprintln(table, "REPOSITORY\tTAG\tIMAGE ID\tCREATED\tSIZE")
	}
	for _, image := range slices.Backward(d.images) {
		id := strings.TrimPrefix(image.Digest, "sha256:")[:12]
		if quiet {
			fmt.Fprintln(i.Stdout, id)
			continue
		}
		size := int64(0)
		for _, layer := range image.Layers {
			size += layer.SizeBytes
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s ago\t%.1fMB\n", familiar(image.Repository), image.Tag, id, duration.HumanDuration(time.Since(image.pulled)), float64(size)/1e6)
	}
	_ = table.Flush()
	return 0
}

// stopTime is how long a container takes to stop.
const stopTime = time.Second

// change is docker stop, start, restart and rm.
func (d *docker) change(ctx context.Context, i *process.Invocation, name string, args []string) int {
	force := false
	var words []string
	for n := 0; n < len(args); n++ {
		switch word := args[n]; {
		case word == "-f" || word == "--force" || word == "-v" || word == "-fv":
			force = force || strings.Contains(word, "f")
		case word == "-t" || word == "--time" || word == "--timeout":
			n++
		case strings.HasPrefix(word, "-"):
			return d.unknownFlag(i, name, word)
		default:
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return d.arguments(i, name, "requires at least 1 argument")
	}
	code := 0
	for _, word := range words {
		d.mu.Lock()
		one := d.find(word)
		running := one != nil && one.running
		d.mu.Unlock()
		if one == nil {
			fmt.Fprintf(i.Stderr, "Error response from daemon: No such container: %s\n", word)
			code = 1
			continue
		}
		if (name == "stop" || name == "restart") && running {
			timer := time.NewTimer(stopTime)
			select {
			case <-timer.C:
			case <-ctx.Done():
				timer.Stop()
				return 130
			}
		}
		d.mu.Lock()
		text := d.changeOne(one, name, force)
		d.mu.Unlock()
		if text != "" {
			fmt.Fprintf(i.Stderr, "Error response from daemon: %s\n", text)
			code = 1
			continue
		}
		fmt.Fprintln(i.Stdout, word)
	}
	return code
}

// changeOne is called with mu held; it returns the daemon's error, or "".
func (d *docker) changeOne(one *container, name string, force bool) string {
	switch name {
	case "rm":
		if one.running && !force {
			return fmt.Sprintf("cannot remove container %q: container is running: stop the container before removing or force remove", "/"+one.name)
		}
		d.end(one)
		d.containers = slices.DeleteFunc(d.containers, func(other *container) bool { return other == one })
		return ""
	case "stop":
		d.end(one)
		return ""
	case "restart":
		d.end(one)
	}
	if one.running {
		return ""
	}
	for _, port := range one.published {
		if d.ports[strconv.Itoa(int(port.host))] != nil {
			return fmt.Sprintf("driver failed programming external connectivity on endpoint %s: Bind for 0.0.0.0:%d failed: port is already allocated", one.name, port.host)
		}
	}
	for _, port := range one.published {
		d.ports[strconv.Itoa(int(port.host))] = one
	}
	one.running, one.created = true, time.Now()
	return ""
}

func (d *docker) removeImages(i *process.Invocation, args []string) int {
	code := 0
	for _, word := range args {
		if strings.HasPrefix(word, "-") {
			continue
		}
		d.mu.Lock()
		before := len(d.images)
		d.images = slices.DeleteFunc(d.images, func(image localImage) bool {
			return familiar(image.Name) == word || image.Name == word || strings.HasPrefix(image.Digest, "sha256:"+word)
		})
		gone := len(d.images) < before
		d.mu.Unlock()
		if !gone {
			fmt.Fprintf(i.Stderr, "Error response from daemon: No such image: %s\n", word)
			code = 1
			continue
		}
		fmt.Fprintf(i.Stdout, "Untagged: %s\n", word)
	}
	return code
}

func (d *docker) logs(i *process.Invocation, args []string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	word := ""
	for _, argument := range args {
		if !strings.HasPrefix(argument, "-") {
			word = argument
		}
	}
	one := d.find(word)
	if one == nil {
		fmt.Fprintf(i.Stderr, "Error response from daemon: No such container: %s\n", word)
		return 1
	}
	for _, line := range one.log {
		fmt.Fprintln(i.Stdout, line)
	}
	return 0
}

func (d *docker) tag(i *process.Invocation, args []string) int {
	if len(args) != 2 {
		return d.arguments(i, "tag", "requires 2 arguments")
	}
	image, _, ok := d.local(args[0])
	if !ok {
		fmt.Fprintf(i.Stderr, "Error response from daemon: No such image: %s\n", args[0])
		return 1
	}
	name, tag, given := strings.Cut(args[1], ":")
	if !given {
		tag = "latest"
	}
	if !strings.Contains(name, "/") {
		name = "docker.io/library/" + name
	}
	image.Repository, image.Name = name, name+":"+tag
	d.add(image)
	return 0
}

// publishedPorts is the network of the terminal: its own host with the published
// ports of docker, and the cluster's network for everything else.
type publishedPorts struct {
	docker  *docker
	network process.Network
}

func isLocal(host string) bool {
	return host == "localhost" || host == "0.0.0.0" || host == "::1" || strings.HasPrefix(host, "127.")
}

// refused is the error for a port on which nobody listens.
func refused(address string) error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: fmt.Errorf("connect to %s: %w", address, syscall.ECONNREFUSED)}
}

// RoundTrip answers for a published port, or passes the request on.
func (p publishedPorts) RoundTrip(request *http.Request) (*http.Response, error) {
	host, port := request.URL.Hostname(), request.URL.Port()
	if port == "" {
		port = "80"
	}
	if !isLocal(host) {
		if p.network == nil {
			return nil, syscall.ENETUNREACH
		}
		return p.network.RoundTrip(request)
	}
	one := p.docker.at(port)
	if one == nil {
		return nil, refused(request.URL.Host)
	}
	return one.answer(request), nil
}

func (d *docker) at(port string) *container {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ports[port]
}

// answer is the HTTP answer of a container.
func (c *container) answer(request *http.Request) *http.Response {
	status, body := c.image.Status, ""
	if status == 0 {
		status = http.StatusOK
	}
	if c.image.Body != nil && request.Method != http.MethodHead {
		body = c.image.Body(c.id[:12], request.URL.Path)
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{
			"Content-Length": {strconv.Itoa(len(body))}, "Content-Type": {"text/plain"}, "Date": {time.Now().UTC().Format(http.TimeFormat)},
		},
		Body: readCloser{strings.NewReader(body)}, ContentLength: int64(len(body)), Request: request,
	}
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// Lookup resolves names as the host does.
func (p publishedPorts) Lookup(ctx context.Context, host string) ([]string, error) {
	if host == "localhost" {
		return []string{"127.0.0.1"}, nil
	}
	if p.network == nil {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return p.network.Lookup(ctx, host)
}

// Dial opens a connection to a published port, or in the cluster.
func (p publishedPorts) Dial(ctx context.Context, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if !isLocal(host) {
		if p.network == nil {
			return nil, syscall.ENETUNREACH
		}
		return p.network.Dial(ctx, address)
	}
	if p.docker.at(port) == nil {
		return nil, refused(address)
	}
	client, server := net.Pipe()
	return client, server.Close()
}
