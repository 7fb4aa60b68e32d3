// Command classroom serves Tabernetes to a class from one machine, without any other
// network. It needs the folder "site" beside itself and nothing else.
//
//	classroom          # for this machine alone
//	classroom --lan    # for all that reach this machine; prints their address and a QR code
//
// "make dist" puts it into a zip for each system. The clusters run in the learners'
// browsers, so all that it does is send files.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"tabernetes/engine/classroom"
	"tabernetes/engine/site"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "classroom:", err)
		stop()
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, arguments []string, stdout io.Writer) (err error) {
	flags := flag.NewFlagSet("classroom", flag.ContinueOnError)
	flags.SetOutput(stdout)
	directory := flags.String("dir", besideProgram("site"), "directory with the site")
	port := flags.String("port", "8080", "port to listen on; 0 for a free one")
	lan := flags.Bool("lan", false, "let other machines in")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	root, err := os.OpenRoot(*directory)
	if err != nil {
		return fmt.Errorf("serve %q: %w", *directory, err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	pages, err := site.New(site.Options{Files: root.FS()})
	if err != nil {
		return fmt.Errorf("serve %q: %w", *directory, err)
	}
	host := ""
	if *lan {
		host = "0.0.0.0"
	}
	listener, err := site.Listen(net.JoinHostPort(host, *port))
	if err != nil {
		return err
	}
	addresses := func() ([]string, error) { return classroom.Addresses(listener.Addr()) }
	handler, err := classroom.New(classroom.Options{Site: pages, Files: root.FS(), Seed: rand.Uint32(), Addresses: addresses})
	if err == nil {
		err = announce(stdout, listener.Addr(), addresses, *lan)
	}
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	return site.Serve(ctx, handler, listener)
}

// besideProgram is the path of a file beside this program, wherever it was started from.
func besideProgram(name string) string {
	program, err := os.Executable()
	if err != nil {
		return name
	}
	return filepath.Join(filepath.Dir(program), name)
}

func announce(stdout io.Writer, listener net.Addr, find func() ([]string, error), lan bool) error {
	_, port, err := net.SplitHostPort(listener.String())
	if err != nil {
		return err
	}
	addresses, err := find()
	if err != nil {
		return err
	}
	var text strings.Builder
	fmt.Fprintf(&text, "Tabernetes is at      http://127.0.0.1:%s/\nThe teacher's page is http://127.0.0.1:%s/teacher/\n", port, port)
	switch {
	case !lan:
		text.WriteString("Only this machine reaches it; start with --lan for a class.\n")
	case len(addresses) == 0:
		text.WriteString("This machine is in no network: learners cannot reach it. Once it is in one, the\nteacher's page has their link.\n")
	default:
		text.WriteString("Learners reach it at  " + strings.Join(addresses, "  ") + "\n\n")
		code, err := classroom.TerminalCode(addresses[0])
		if err != nil {
			return err
		}
		text.WriteString(code)
	}
	text.WriteString("\nCtrl-C stops it.\n")
	_, err = io.WriteString(stdout, text.String())
	return err
}
