package play

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"

	"tabernetes/engine/client/kubectl"
	"tabernetes/engine/client/reach"
	shells "tabernetes/engine/client/terminal"
	"tabernetes/engine/cluster"
	"tabernetes/engine/userland/filesystem"
	"tabernetes/lessons/check"
	"tabernetes/lessons/plan"
)

// home is where the terminal's shell begins, as in the page.
const home = "/root"

// Times that pass where a learner sits, in cluster time.
const (
	// kubectlTakes is how long kubectl takes at least from its start to its first
	// request on a machine of its own. In this process one command would follow the
	// other faster than the controllers can look.
	kubectlTakes = 500 * time.Millisecond
	// typingTakes is the time between two blocks.
	typingTakes = 2 * time.Second
)

// keyboard is a learner's terminal.
type keyboard struct {
	files   *filesystem.FileSystem
	session *shells.Session
	mirror  string // the directory of the host where kubectl finds the files
	given   []check.Command
}

// sit opens a terminal at a cluster, with a lesson's files in it. Its end must be
// called.
func sit(running *cluster.Cluster, files []plan.File) (k *keyboard, end func() error, err error) {
	transport, err := rest.TransportFor(running.RESTConfig())
	if err != nil {
		return nil, nil, fmt.Errorf("open a terminal: %w", err)
	}
	client, err := kubectl.New(kubectl.Options{
		Transport: transport,
		Dial:      func(context.Context) (net.Conn, error) { return running.Dial(), nil },
	})
	if err != nil {
		return nil, nil, fmt.Errorf("open a terminal: %w", err)
	}
	// A learner's kubectl is not in one process with the control plane, whose log it
	// would print.
	klog.SetOutput(io.Discard)
	k = &keyboard{files: filesystem.New(filesystem.Options{})}
	if end, err = k.moveHost(); err != nil {
		return nil, nil, fmt.Errorf("open a terminal: %w", err)
	}
	terminal, err := shells.New(shells.Options{
		Files: k.files, Home: home,
		Network: reach.Network{Base: running.RESTConfig().Host, Transport: transport},
		Kubectl: func(ctx context.Context, dir string, arguments []string, streams shells.Streams) int {
			time.Sleep(kubectlTakes)
			if err := k.copyFiles(dir); err != nil {
				fmt.Fprintf(streams.ErrOut, "error: %v\n", err)
				return 1
			}
			giveBack, err := k.lendStdin(arguments, streams.In)
			if err != nil {
				fmt.Fprintf(streams.ErrOut, "error: %v\n", err)
				return 1
			}
			defer giveBack()
			return client.Run(ctx, arguments, kubectl.Streams{In: streams.In, Out: streams.Out, ErrOut: streams.ErrOut})
		},
	})
	if err == nil {
		for _, file := range files {
			err = errors.Join(err, k.files.WriteFile(path.Join(home, file.Name), file.Data, 0o644))
		}
	}
	if err == nil {
		k.session, err = terminal.Session("1")
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("open a terminal: %w", err), end())
	}
	move := end
	return k, func() error {
		terminal.Close("1")
		// Each command of kubectl's starts it anew, in the play's bubble.
		klog.StopFlushDaemon()
		return move()
	}, nil
}

// moveHost makes an empty directory with a kubeconfig the working directory of the
// process: natively kubectl reads the files of the host.
func (k *keyboard) moveHost() (end func() error, err error) {
	before, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	if k.mirror, err = os.MkdirTemp("", "lesson-"); err != nil {
		return nil, err
	}
	settings := map[string]string{
		"KUBECONFIG": filepath.Join(k.mirror, ".kube", "config"), "KUBECACHEDIR": filepath.Join(k.mirror, ".kube", "cache"),
	}
	var restore []func() error
	for name, value := range settings {
		old, was := os.LookupEnv(name)
		restore = append(restore, func() error {
			if was {
				return os.Setenv(name, old)
			}
			return os.Unsetenv(name)
		})
		err = errors.Join(err, os.Setenv(name, value))
	}
	end = func() error {
		err := os.Chdir(before)
		for _, one := range restore {
			err = errors.Join(err, one())
		}
		return errors.Join(err, os.RemoveAll(k.mirror))
	}
	err = errors.Join(err, os.MkdirAll(filepath.Join(k.mirror, ".kube"), 0o700),
		os.WriteFile(filepath.Join(k.mirror, ".kube", "config"), kubectl.Kubeconfig(), 0o600))
	if err != nil {
		return nil, errors.Join(err, end())
	}
	return end, nil
}

// copyFiles copies the files of the terminal's home to where kubectl finds them.
func (k *keyboard) copyFiles(dir string) error {
	entries, err := k.files.ReadDir(home)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !entry.Type().IsRegular() {
			continue
		}
		data, err := k.files.ReadFile(path.Join(home, entry.Name()))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(k.mirror, entry.Name()), data, 0o600); err != nil {
			return err
		}
	}
	return os.Chdir(filepath.Join(k.mirror, strings.TrimPrefix(dir, home)))
}

// lendStdin makes the standard input of a command that of the process, for kubectl's
// -f -, which natively reads from there.
func (k *keyboard) lendStdin(arguments []string, in io.Reader) (giveBack func(), err error) {
	if in == nil || !slices.Contains(arguments, "-") {
		return func() {}, nil
	}
	text, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	name := filepath.Join(k.mirror, ".kube", "stdin")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		return nil, err
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	before := os.Stdin
	os.Stdin = file
	return func() {
		os.Stdin = before
		_ = file.Close()
	}, nil
}

// run runs what was typed as it stands, and returns its exit status and what it
// printed, both streams in one.
func (k *keyboard) run(ctx context.Context, typed string) (status int, printed string) {
	var output bytes.Buffer
	given := check.Command{Line: typed, Time: time.Now()}
	given.Status = k.session.Run(ctx, typed, shells.Streams{In: strings.NewReader(""), Out: &output, ErrOut: &output})
	k.given = append(k.given, given)
	return given.Status, output.String()
}
