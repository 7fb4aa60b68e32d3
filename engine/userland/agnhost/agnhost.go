package agnhost

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// call is one run of a subcommand.
type call struct {
	*process.Invocation
	flags map[string]string
	stop  context.CancelCauseFunc // ends the program with an exit status
}

// exited is the cause of the end of a program that ends itself.
type exited int

func (e exited) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// subcommands are those that run here.
func subcommands() map[string]func(context.Context, *call) int {
	return map[string]func(context.Context, *call) int{
		"dns-server-list":                       dnsServerList,
		"dns-suffix":                            dnsSuffix,
		"entrypoint-tester":                     printArguments,
		"crd-conversion-webhook":                conversionWebhook,
		"etc-hosts":                             etcHosts,
		"guestbook":                             guestbook,
		"help":                                  help,
		"inclusterclient":                       inClusterClient,
		"liveness":                              liveness,
		"logs-generator":                        logsGenerator,
		"mounttest":                             mountTest,
		"mtlsclient":                            mtlsClient,
		"mtlsserver":                            mtlsServer,
		"netexec":                               netExec,
		"nettest":                               netTest,
		"pause":                                 pause,
		"porter":                                porter,
		"serve-hostname":                        serveHostname,
		"test-service-account-issuer-discovery": issuerDiscovery,
		"test-webserver":                        testWebServer,
		"webhook":                               webhook,
	}
}

// shortFlags are the letters of flags.
var shortFlags = map[string]string{"t": "log-lines-total", "d": "run-duration"}

// Run is the program.
func Run(ctx context.Context, i *process.Invocation) int {
	args := i.Args[1:]
	name := "help"
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	run := subcommands()[name]
	if run == nil {
		fmt.Fprintf(i.Stderr, "Error: unknown command %q for \"app\"\nRun 'app --help' for usage.\n", name)
		return 1
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	return run(ctx, &call{Invocation: i, flags: parseFlags(args), stop: stop})
}

// parseFlags reads --name=value, --name value and --name.
func parseFlags(args []string) map[string]string {
	flags := map[string]string{}
	for n := 0; n < len(args); n++ {
		name := strings.TrimLeft(args[n], "-")
		if name == args[n] || name == "" {
			continue
		}
		name, value, given := strings.Cut(name, "=")
		if long := shortFlags[name]; long != "" {
			name = long
		}
		if !given && n+1 < len(args) && (!strings.HasPrefix(args[n+1], "-") || isNumber(args[n+1])) {
			n++
			value = args[n]
		} else if !given {
			value = "true"
		}
		flags[name] = value
	}
	return flags
}

func isNumber(text string) bool {
	_, err := strconv.Atoi(text)
	return err == nil
}

// number is a flag's number, or usual without the flag.
func (c *call) number(flag string, usual int) int {
	if value, err := strconv.Atoi(c.flags[flag]); err == nil {
		return value
	}
	return usual
}

// logf writes a line as Go's package log does.
func (c *call) logf(format string, values ...any) {
	fmt.Fprintf(c.Stderr, "%s %s\n", c.System.Now().UTC().Format("2006/01/02 15:04:05"), fmt.Sprintf(format, values...))
}

// fatal is log.Fatal.
func (c *call) fatal(format string, values ...any) int {
	c.logf(format, values...)
	return 1
}

// secured is the configuration of a server with a certificate and a key of two files.
func (c *call) secured(certificateFile, keyFile string) (*tls.Config, error) {
	certificate, err := c.readFile(certificateFile)
	if err != nil {
		return nil, err
	}
	key, err := c.readFile(keyFile)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

// serve listens at a port. What can be wrong with it ends the program.
func (c *call) serve(ctx context.Context, port int, handler process.Handler) error {
	return c.serveTLS(ctx, port, nil, handler)
}

// serveTLS is serve by HTTPS, or by plain HTTP without a configuration.
func (c *call) serveTLS(ctx context.Context, port int, configuration *tls.Config, handler process.Handler) error {
	if c.System.Listener == nil {
		return fmt.Errorf("listen tcp :%d: socket: operation not permitted", port)
	}
	var err error
	if configuration == nil {
		err = c.System.Listener.Listen(ctx, port, handler)
	} else {
		err = c.System.Listener.ListenTLS(ctx, port, configuration, handler)
	}
	if err != nil {
		return fmt.Errorf("listen tcp :%d: bind: %w", port, err)
	}
	return nil
}

// wait blocks until the program is to end, and returns its exit status.
func (c *call) wait(ctx context.Context) int {
	<-ctx.Done()
	if code, ok := context.Cause(ctx).(exited); ok { //nolint:errorlint // the cause is ours and not wrapped
		return int(code)
	}
	return process.ExitStatus(ctx)
}

// onTerminate makes SIGTERM end the program with a status after a while.
func (c *call) onTerminate(ctx context.Context, code int, after time.Duration) {
	c.Notify(process.SIGTERM, func() {
		if after == 0 {
			c.stop(exited(code))
			return
		}
		go func() {
			if c.System.Sleep(ctx, after) == nil {
				c.stop(exited(code))
			}
		}()
	})
}

// get requests a URL with a limit of five seconds.
func (c *call) get(ctx context.Context, url string) (string, error) {
	if c.System.Network == nil {
		return "", fmt.Errorf("Get %q: network is unreachable", url) //nolint:staticcheck // the text is net/http's
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	response, err := c.System.Network.RoundTrip(request)
	if err != nil {
		return "", fmt.Errorf("Get %q: %w", url, err) //nolint:staticcheck // the text is net/http's
	}
	defer response.Body.Close() //nolint:errcheck // a body that was read
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

// environment looks a variable up.
func (c *call) environment(name string) (string, bool) {
	found, ok := "", false
	for _, pair := range c.Env {
		if value, is := strings.CutPrefix(pair, name+"="); is {
			found, ok = value, true
		}
	}
	return found, ok
}

func help(_ context.Context, c *call) int {
	fmt.Fprintln(c.Stdout, "Usage:\n  app [command]\n\nAvailable Commands:")
	for _, name := range slices.Sorted(maps.Keys(subcommands())) {
		fmt.Fprintln(c.Stdout, "  "+name)
	}
	return 0
}

// pause waits for ever, and ends at SIGINT and SIGTERM.
func pause(ctx context.Context, c *call) int {
	fmt.Fprintln(c.Stdout, "Paused")
	for _, signal := range []process.Signal{process.SIGINT, process.SIGTERM} {
		c.Notify(signal, func() {
			fmt.Fprintf(c.Stdout, "Signal: %s\n", map[process.Signal]string{process.SIGINT: "interrupt", process.SIGTERM: "terminated"}[signal])
			c.stop(exited(1))
		})
	}
	return c.wait(ctx)
}

// printArguments is entrypoint-tester.
func printArguments(_ context.Context, c *call) int {
	fmt.Fprintf(c.Stdout, "%v\n", c.Args)
	return 0
}

func etcHosts(_ context.Context, c *call) int {
	return c.printFile("/etc/hosts", func(text string) string { return text })
}

func dnsSuffix(_ context.Context, c *call) int { return c.printResolver("search") }

func dnsServerList(_ context.Context, c *call) int { return c.printResolver("nameserver") }

// printResolver prints the words of a line of /etc/resolv.conf, with commas.
func (c *call) printResolver(keyword string) int {
	return c.printFile("/etc/resolv.conf", func(text string) string {
		for line := range strings.Lines(text) {
			if words := strings.Fields(line); len(words) > 0 && words[0] == keyword {
				return strings.Join(words[1:], ",")
			}
		}
		return ""
	})
}

func (c *call) printFile(name string, show func(string) string) int {
	data, err := c.System.FileSystem.ReadFile(name)
	if err != nil {
		fmt.Fprintf(c.Stderr, "panic: open %s: %s\n", name, strings.ToLower(filesystem.Text(err)))
		return 2
	}
	fmt.Fprintln(c.Stdout, show(string(data)))
	return 0
}

// readFile reads a file with the words of package os in an error.
func (c *call) readFile(name string) (string, error) {
	data, err := c.System.FileSystem.ReadFile(c.Path(name))
	if err != nil {
		return "", fmt.Errorf("open %s: %s", name, strings.ToLower(filesystem.Text(err)))
	}
	return string(data), nil
}

// writeFile writes a new file likewise.
func (c *call) writeFile(name, text string, mode os.FileMode) error {
	if err := c.System.FileSystem.WriteFile(c.Path(name), []byte(text), mode); err != nil {
		return fmt.Errorf("open %s: %s", name, strings.ToLower(filesystem.Text(err)))
	}
	return nil
}
