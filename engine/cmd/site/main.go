// Command site serves the built page on the loopback interface.
//
//	go run ./engine/cmd/site --dir web/dist --listen 127.0.0.1:8080
//
// "make run" calls it. The control plane runs in the page, so this is all that
// a machine needs to run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"tabernetes/engine/site"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "site:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends. It returns when the server has stopped.
func run(ctx context.Context, arguments []string, stdout io.Writer) (err error) {
	flags := flag.NewFlagSet("site", flag.ContinueOnError)
	flags.SetOutput(stdout)
	directory := flags.String("dir", "web/dist", "directory with the built site")
	address := flags.String("listen", "127.0.0.1:8080", "address to listen on; without a host: loopback only")
	ancestors := flags.String("frame-ancestors", "'self'", "who may show the page in a frame, separated by spaces")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	root, err := os.OpenRoot(*directory)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("serve %q: %w", *directory, site.ErrNotBuilt)
	}
	if err != nil {
		return fmt.Errorf("serve %q: %w", *directory, err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	handler, err := site.New(site.Options{Files: root.FS(), FrameAncestors: strings.Fields(*ancestors)})
	if err != nil {
		return fmt.Errorf("serve %q: %w", *directory, err)
	}
	listener, err := site.Listen(*address)
	if err != nil {
		return err
	}
	if err := announce(stdout, listener.Addr()); err != nil {
		return errors.Join(err, listener.Close())
	}
	return site.Serve(ctx, handler, listener)
}

func announce(stdout io.Writer, address net.Addr) error {
	text := fmt.Sprintf("Tabernetes is at http://%s/ (Ctrl-C stops)\n", address)
	if !site.IsLoopback(address) {
		text += "warning: other machines can reach this address\n"
	}
	_, err := io.WriteString(stdout, text)
	return err
}
