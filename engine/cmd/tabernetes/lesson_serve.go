package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"tabernetes/engine/site"
	"tabernetes/lessons/preview"
	"tabernetes/lessons/reading"
)

type previewOptions struct {
	site string
	port int
}

func newLessonServe() *cobra.Command {
	var options previewOptions
	command := &cobra.Command{
		Use:   "serve DIR",
		Short: "Show a lesson in the page while it is written, with its problems, to this machine only",
		Args:  cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			return serveLesson(command.Context(), command.OutOrStdout(), arguments[0], options)
		},
	}
	flags := command.Flags()
	flags.StringVar(&options.site, "site", "web/dist", "directory of the built site, which has the page")
	flags.IntVar(&options.port, "port", 8090, "port on 127.0.0.1; 0 for one that is free")
	return command
}

func serveLesson(ctx context.Context, out io.Writer, directory string, options previewOptions) error {
	content, id, err := locate(directory)
	if err != nil {
		return err
	}
	if _, err := os.Stat(directory); err != nil {
		return fmt.Errorf("serve a lesson: %w", err)
	}
	root, err := os.OpenRoot(options.site)
	if err != nil {
		return fmt.Errorf("open the site: %w", err)
	}
	defer func() { _ = root.Close() }()
	shown, err := preview.New(preview.Options{
		Site: root.FS(), Content: content, ID: id,
		Problems: func(problems reading.Problems) { printProblems(out, problems) },
	})
	if err != nil {
		return fmt.Errorf("serve %q: %w", options.site, err)
	}
	listener, err := site.Listen(net.JoinHostPort("127.0.0.1", strconv.Itoa(options.port)))
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "lesson %q on http://%s/?lesson=%s\n", id, listener.Addr(), id); err != nil {
		return errors.Join(err, listener.Close())
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return shown.Run(ctx) })
	group.Go(func() error { return site.Serve(ctx, guard(shown, listener.Addr()), listener) })
	return group.Wait()
}

func printProblems(out io.Writer, problems reading.Problems) {
	if len(problems) == 0 {
		fmt.Fprintln(out, "no problems")
		return
	}
	fmt.Fprintln(out, problems)
}
