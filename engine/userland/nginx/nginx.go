package nginx

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"

	"tabernetes/engine/userland/process"
)

// variable is a variable in a text of a configuration.
var variable = regexp.MustCompile(`\$\w+|\$\{\w+\}`)

// running is nginx while it runs.
type running struct {
	*process.Invocation
	site    *site
	version string // as the header Server has it
	turn    atomic.Uint64
}

// Run is the program: the server, or with -t, -v and -s what controls it.
func Run(ctx context.Context, i *process.Invocation) int {
	r := &running{Invocation: i, version: "nginx"}
	if version := i.Getenv("NGINX_VERSION"); version != "" {
		r.version += "/" + version
	}
	if code, done := r.control(); done {
		return code
	}
	for {
		var err error
		if r.site, err = r.configured(ctx); err != nil {
			r.say("emerg", "%v", err)
			return 1
		}
		if code, again := r.serve(ctx); !again {
			return code
		}
	}
}

// control does what the options say other than to serve, and reports whether there
// was anything.
func (r *running) control() (code int, done bool) {
	for n, word := range r.Args[1:] {
		switch word {
		case "-v", "-V":
			fmt.Fprintf(r.Stderr, "nginx version: %s\n", r.version)
			return 0, true
		case "-t", "-T":
			if _, err := readSite(r.System.FileSystem); err != nil {
				fmt.Fprintf(r.Stderr, "nginx: [emerg] %v\nnginx: configuration file %s/nginx.conf test failed\n", err, prefix)
				return 1, true
			}
			fmt.Fprintf(r.Stderr, "nginx: the configuration file %[1]s/nginx.conf syntax is ok\nnginx: configuration file %[1]s/nginx.conf test is successful\n", prefix)
			return 0, true
		case "-s":
			signals := map[string]process.Signal{"quit": process.SIGQUIT, "stop": process.SIGTERM, "reload": process.SIGHUP, "reopen": process.SIGUSR1}
			signal, known := signals[slices.Concat(r.Args[1:], []string{""})[n+1]]
			if !known {
				fmt.Fprintln(r.Stderr, "nginx: invalid option: \"-s\"")
				return 1, true
			}
			if !r.System.Kill(1, signal) {
				fmt.Fprintln(r.Stderr, "nginx: [error] open() \"/run/nginx.pid\" failed (2: No such file or directory)")
				return 1, true
			}
			return 0, true
		}
	}
	return 0, false
}

// configured reads the configuration. The servers that requests are passed on to must
// have addresses now, unless their names depend on the request.
func (r *running) configured(ctx context.Context) (*site, error) {
	found, err := readSite(r.System.FileSystem)
	if err != nil {
		return nil, err
	}
	for _, at := range found.ports {
		for _, server := range at.servers {
			scopes := []*scope{&server.scope}
			for _, one := range server.locations {
				scopes = append(scopes, &one.scope)
			}
			for _, one := range scopes {
				if err := r.resolvable(ctx, found, one); err != nil {
					return nil, err
				}
			}
		}
	}
	return found, nil
}

func (r *running) resolvable(ctx context.Context, in *site, one *scope) error {
	if one.pass == "" || strings.Contains(one.pass, "$") {
		return nil
	}
	address, err := url.Parse(one.pass)
	if err != nil {
		return emerg(one.passAt, "invalid URL prefix")
	}
	names := []string{address.Hostname()}
	if group := in.groups[address.Host]; len(group) > 0 {
		names = nil
		for _, member := range group {
			names = append(names, member[:strings.LastIndexByte(member, ':')])
		}
	}
	for _, name := range names {
		if r.System.Network == nil {
			return emerg(one.passAt, "host not found in upstream %q", name)
		}
		if _, err := r.System.Network.Lookup(ctx, name); err != nil {
			return emerg(one.passAt, "host not found in upstream %q", name)
		}
	}
	return nil
}

// serve listens at the ports until a signal ends it, or has it read its configuration
// again.
func (r *running) serve(ctx context.Context) (code int, again bool) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	signals := make(chan process.Signal, 1)
	for _, signal := range []process.Signal{process.SIGTERM, process.SIGINT, process.SIGQUIT, process.SIGHUP} {
		r.Notify(signal, func() {
			select {
			case signals <- signal:
			default:
			}
		})
	}
	for _, number := range slices.Sorted(maps.Keys(r.site.ports)) {
		at := r.site.ports[number]
		if err := r.listen(ctx, number, at.tls, func(request *http.Request) process.Reply { return r.answer(at, request) }); err != nil {
			r.say("emerg", "bind() to 0.0.0.0:%d failed (98: Address already in use)", number)
			return 1, false
		}
	}
	r.errorLogAt("notice", `using the "epoll" event method`)
	r.errorLogAt("notice", "start worker processes")
	select {
	case signal := <-signals:
		if signal == process.SIGHUP {
			r.errorLogAt("notice", "signal 1 (SIGHUP) received, reconfiguring")
			return 0, true
		}
		r.errorLogAt("notice", "signal %d (SIG%s) received, exiting", signal, signal)
		return 0, false
	case <-ctx.Done():
		return process.ExitStatus(ctx), false
	}
}

func (r *running) listen(ctx context.Context, number int, configuration *tls.Config, handler process.Handler) error {
	switch {
	case r.System.Listener == nil:
		return context.Canceled
	case configuration != nil:
		return r.System.Listener.ListenTLS(ctx, number, configuration, handler)
	}
	return r.System.Listener.Listen(ctx, number, handler)
}

// say prints an error before the log is open, and into the log.
func (r *running) say(level, format string, values ...any) {
	text := fmt.Sprintf(format, values...)
	r.errorLogAt(level, "%s", text)
	fmt.Fprintf(r.Stderr, "nginx: [%s] %s\n", level, text)
}

func (r *running) errorLog(format string, values ...any) { r.errorLogAt("error", format, values...) }

func (r *running) errorLogAt(level, format string, values ...any) {
	fmt.Fprintf(r.Stderr, "%s [%s] 1#1: %s\n", r.System.Now().UTC().Format("2006/01/02 15:04:05"), level, fmt.Sprintf(format, values...))
}

// logged writes a request into the access log, in the format of nginx's image.
func (r *running) logged(request *http.Request, reply process.Reply) process.Reply {
	header := func(name string) string { return cmp.Or(request.Header.Get(name), "-") }
	fmt.Fprintf(r.Stdout, "%s - - [%s] \"%s %s HTTP/1.1\" %d %d \"%s\" \"%s\" \"%s\"\n",
		client(request), r.System.Now().UTC().Format("02/Jan/2006:15:04:05 -0700"), request.Method, request.URL.RequestURI(),
		cmp.Or(reply.Status, http.StatusOK), len(reply.Body), header("Referer"), header("User-Agent"), header("X-Forwarded-For"))
	return reply
}
