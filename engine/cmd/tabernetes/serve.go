package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"tabernetes/engine/cluster"
	"tabernetes/engine/site"
)

type serveOptions struct {
	listen     string
	site       string
	tls        bool
	kubeconfig string
	seed       uint64
	instant    bool
}

func newServe() *cobra.Command {
	options := serveOptions{}
	command := &cobra.Command{
		Use:   "serve",
		Short: "Serve a cluster's API, and the built site",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return serve(command.Context(), command.OutOrStdout(), options)
		},
	}
	flags := command.Flags()
	flags.StringVar(&options.listen, "listen", "127.0.0.1:8001", "address to listen on; without --tls, anyone who reaches it is the cluster's administrator")
	flags.StringVar(&options.site, "site", "", "directory of the built site to serve too (web/dist)")
	flags.BoolVar(&options.tls, "tls", false, "serve HTTPS, to those who have a certificate or a token of this cluster")
	flags.StringVar(&options.kubeconfig, "kubeconfig", "", "file to write for clients: where the API is, the certificate that it shows and that of the administrator")
	flags.Uint64Var(&options.seed, "seed", 1, "seed of the simulated nodes' randomness")
	flags.BoolVar(&options.instant, "instant", false, "start and stop pods without a simulated delay")
	return command
}

func serve(ctx context.Context, out io.Writer, options serveOptions) error {
	handler := http.NewServeMux()
	if options.site != "" {
		root, err := os.OpenRoot(options.site)
		if err != nil {
			return fmt.Errorf("open the site: %w", err)
		}
		defer func() { _ = root.Close() }()
		pages, err := site.New(site.Options{Files: root.FS()})
		if err != nil {
			return fmt.Errorf("serve %q: %w", options.site, err)
		}
		handler.Handle("/", pages)
	}
	listener, err := net.Listen("tcp", options.listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("address %s is in use; choose another with --listen", options.listen)
	}
	if err != nil {
		return fmt.Errorf("listen on %q: %w", options.listen, err)
	}

	built, err := cluster.New(cluster.Options{Seed: options.seed, InstantKubelet: options.instant})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	for _, path := range pathsOf(options.site != "") {
		handler.Handle(path, built.Handler())
	}
	server := &http.Server{
		Handler:           guard(handler, listener.Addr()),
		ReadHeaderTimeout: 10 * time.Second,
	}

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return built.Run(ctx) })
	group.Go(func() error {
		// Until then clients wait for their connections.
		select {
		case <-built.Ready():
		case <-ctx.Done():
			return nil
		}
		access, err := options.access(ctx, listener.Addr(), built)
		if err != nil {
			return err
		}
		if options.kubeconfig != "" {
			if err := access.write(options.kubeconfig); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintf(out, "Kubernetes API on %s\n", access.server); err != nil {
			return err
		}
		server.TLSConfig = access.tls
		serve := server.Serve
		if options.tls {
			serve = func(listener net.Listener) error { return server.ServeTLS(listener, "", "") }
		}
		if err := serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve on %q: %w", options.listen, err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		// Watches never end by themselves, so open connections are cut.
		return errors.Join(server.Close(), closed(listener))
	})
	return group.Wait()
}

// closed closes a listener that the server may have closed.
func closed(listener net.Listener) error {
	if err := listener.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// access is how clients reach the API of a cluster that runs.
func (o serveOptions) access(ctx context.Context, address net.Addr, built *cluster.Cluster) (*access, error) {
	if !o.tls {
		return newAccess(address), nil
	}
	authority, err := built.Authority(ctx)
	if err != nil {
		return nil, err
	}
	made, err := newSecureAccess(address, authority)
	if err != nil {
		return nil, fmt.Errorf("make the certificates of %s: %w", address, err)
	}
	return made, nil
}

// pathsOf are the paths that the API server answers: all, or beside a site its own.
func pathsOf(besideSite bool) []string {
	if !besideSite {
		return []string{"/"}
	}
	return []string{
		"/api", "/api/", "/apis", "/apis/", "/openapi/", "/openid/", "/.well-known/openid-configuration",
		"/version", "/version/", "/healthz", "/healthz/", "/livez", "/livez/", "/readyz", "/readyz/", "/metrics",
	}
}

// guard keeps other web pages in the user's browser from using a cluster that
// listens on loopback: a foreign page sends its own Origin, and a name that was
// rebound to 127.0.0.1 is a Host that is not ours.
func guard(next http.Handler, address net.Addr) http.Handler {
	next = http.NewCrossOriginProtection().Handler(next)
	tcp, ok := address.(*net.TCPAddr)
	if !ok || !tcp.IP.IsLoopback() {
		return next
	}
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		host := request.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		ip := net.ParseIP(strings.Trim(host, "[]"))
		if host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(writer, fmt.Sprintf("host %q is not this machine's loopback address", request.Host), http.StatusForbidden)
			return
		}
		next.ServeHTTP(writer, request)
	})
}
