package sampleapiserver

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/spf13/pflag"
	"k8s.io/client-go/util/cert"
	"k8s.io/client-go/util/keyutil"

	"tabernetes/engine/controlplane/store"
	"tabernetes/engine/userland/process"
)

// Name is the name of the program in the catalogue of images.
const Name = "sample-apiserver"

// etcdPatience is how long upstream's storage waits for etcd, and readHeaderTimeout how
// long its server waits for the header of a request.
const (
	etcdPatience      = 20 * time.Second
	etcdPause         = time.Second
	readHeaderTimeout = 32 * time.Second
)

// options are the flags that matter here; all others are taken and left.
type options struct {
	etcd              []string
	port              int
	certificate, key  string
	frontProxyAddress netip.Addr
}

// Program returns the program. It takes X-Remote-User and the other headers of a
// request for what they say if they come from frontProxy, the address of the API server
// that passes requests on.
func Program(frontProxy netip.Addr) process.Command {
	return func(ctx context.Context, i *process.Invocation) int {
		o := options{frontProxyAddress: frontProxy}
		if err := o.parse(i.Args[1:]); err != nil {
			fmt.Fprintf(i.Stderr, "Error: %v\n", err)
			return 1
		}
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		for _, signal := range []process.Signal{process.SIGTERM, process.SIGINT} {
			i.Notify(signal, stop)
		}
		if err := o.run(ctx, i); err != nil && ctx.Err() == nil {
			fmt.Fprintf(i.Stderr, "Error: %v\n", err)
			return 1
		}
		return 0
	}
}

func (o *options) parse(args []string) error {
	flags := pflag.NewFlagSet(Name, pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.StringSliceVar(&o.etcd, "etcd-servers", nil, "")
	flags.IntVar(&o.port, "secure-port", 443, "")
	flags.StringVar(&o.certificate, "tls-cert-file", "", "")
	flags.StringVar(&o.key, "tls-private-key-file", "", "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if len(o.etcd) == 0 {
		return errors.New("--etcd-servers must be specified")
	}
	return nil
}

// run serves until ctx ends. The objects live as long as the program: the etcd beside
// it is simulated, and has to be there, but keeps nothing.
func (o *options) run(ctx context.Context, i *process.Invocation) error {
	pair, err := o.keyPair(i)
	if err != nil {
		return err
	}
	if err := o.awaitEtcd(ctx, i.System); err != nil {
		return err
	}
	objects, err := store.New(store.Options{})
	if err != nil {
		return err
	}
	defer objects.Close()
	server, err := newServer(objects, o.frontProxyAddress, o.port)
	if err != nil {
		return err
	}
	if i.System.Listener == nil {
		return fmt.Errorf("failed to create listener: failed to listen on 0.0.0.0:%d: socket: operation not permitted", o.port)
	}
	listener, err := i.System.Listener.ListenConnections(ctx, o.port, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
	if err != nil {
		return fmt.Errorf("failed to create listener: failed to listen on 0.0.0.0:%d: bind: %w", o.port, err)
	}
	prepared := server.PrepareRun()
	if _, _, err := prepared.NonBlockingRunWithContext(ctx, 0); err != nil {
		return err
	}
	defer server.Destroy()
	fmt.Fprintf(i.Stderr, "I%s       1 secure_serving.go:213] Serving securely on [::]:%d\n", i.System.Now().UTC().Format("0102 15:04:05.000000"), o.port)
	serving := &http.Server{Handler: server.Handler, ReadHeaderTimeout: readHeaderTimeout}
	defer serving.Close() //nolint:errcheck // its connections end with the program
	go func() {
		<-ctx.Done()
		_ = serving.Close()
	}()
	if err := serving.Serve(listener); !errors.Is(err, http.ErrServerClosed) && ctx.Err() == nil {
		return err
	}
	return nil
}

// keyPair reads the certificate and its key, or makes a pair of its own for localhost
// as upstream does without --tls-cert-file.
func (o *options) keyPair(i *process.Invocation) (tls.Certificate, error) {
	if o.certificate == "" {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return tls.Certificate{}, err
		}
		certificate, err := cert.NewSelfSignedCACert(cert.Config{CommonName: "localhost"}, key)
		if err != nil {
			return tls.Certificate{}, err
		}
		encoded, err := cert.EncodeCertificates(certificate)
		if err != nil {
			return tls.Certificate{}, err
		}
		encodedKey, err := keyutil.MarshalPrivateKeyToPEM(key)
		if err != nil {
			return tls.Certificate{}, err
		}
		return tls.X509KeyPair(encoded, encodedKey)
	}
	files := i.System.FileSystem
	certificate, err := files.ReadFile(i.Path(o.certificate))
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := files.ReadFile(i.Path(o.key))
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(certificate, key)
}

// awaitEtcd waits until one of the servers accepts a connection.
func (o *options) awaitEtcd(ctx context.Context, system *process.System) error {
	if system.Network == nil {
		return errors.New("context deadline exceeded")
	}
	for waited := time.Duration(0); ; waited += etcdPause {
		for _, server := range o.etcd {
			address, err := url.Parse(server)
			if err != nil {
				return fmt.Errorf("parse %q: %w", server, err)
			}
			if conn, err := system.Network.Dial(ctx, address.Host); err == nil {
				_ = conn.Close()
				return nil
			}
		}
		if waited >= etcdPatience {
			return errors.New("context deadline exceeded")
		}
		if err := system.Sleep(ctx, etcdPause); err != nil {
			return err
		}
	}
}
