//go:build js && wasm

package main

import (
	"fmt"
	"net/http"
	"os"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/util/rand"
	"k8s.io/kubectl/pkg/cmd/util/editor"
	"k8s.io/kubectl/pkg/util/interrupt"

	"tabernetes/engine/client/kubectl"
	"tabernetes/engine/client/reach"
	shells "tabernetes/engine/client/terminal"
	"tabernetes/engine/node/image"
	"tabernetes/wasm/parking"
)

func main() {
	worker, err := openHost()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := serve(worker); err != nil {
		worker.fail(err)
	}
}

// serve answers the worker and returns only with an error.
func serve(worker host) error {
	// 1. Everything that is the same at each visit: kubectl and its way to the cluster.
	cluster := newTransport(worker)
	http.DefaultTransport = elsewhere{}
	commands, err := kubectl.New(kubectl.Options{Transport: cluster, Dial: cluster.dial})
	if err != nil {
		return err
	}
	parking.Park(worker.value, parking.Built)

	// 2. Everything that differs between visits: the files, and what upstream derives
	// from the time as it starts.
	rand.Seed(time.Now().UnixNano())
	files, err := newFiles(worker.files())
	if err != nil {
		return err
	}
	opened := installFiles(files, commands)

	// 3. The functions of an operating system that upstream's code uses.
	interrupt.Interrupted = commands.Interrupted
	edits := newEdits(worker, files, commands)
	editor.Edit = edits.edit
	installTerminals(opened, commands)

	// 4. The shell and the page's requests to it, until the worker ends.
	shells, err := newShells(commands, edits, opened, shells.Options{
		Files: files, Images: pull, Network: reach.Network{Base: "http://cluster", Transport: cluster},
	})
	if err != nil {
		return err
	}
	terminal := newTerminal(worker, files, commands, shells)
	worker.register(callbacks(cluster, terminal, edits))
	select {}
}

// catalogue is read when docker first asks for an image: the first command of
// kubectl need not wait for it.
var catalogue = sync.OnceValues(image.BuiltIn)

// pull finds an image for docker.
func pull(name string) (shells.Image, error) {
	images, err := catalogue()
	if err != nil {
		return shells.Image{}, err
	}
	return shells.Registry(images)(name)
}
