//go:build js && wasm

package main

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"tabernetes/engine/kubelet/image"
	shells "tabernetes/engine/terminal"
)

// images is the registry that docker pulls from in the terminal: the one of the
// simulated nodes.
func images() (func(name string) (shells.Image, error), error) {
	catalogue, err := image.BuiltIn()
	if err != nil {
		return nil, fmt.Errorf("load the image catalogue: %w", err)
	}
	return func(name string) (shells.Image, error) {
		found, err := catalogue.Resolve(name)
		var missing *image.NotFoundError
		switch {
		case errors.As(err, &missing):
			return shells.Image{}, fmt.Errorf("%s: %w", name, shells.ErrNoImage)
		case err != nil:
			return shells.Image{}, err
		}
		return forDocker(found), nil
	}, nil
}

func forDocker(found image.Image) shells.Image {
	one := shells.Image{
		Name:           found.Name,
		Repository:     found.Repository,
		Tag:            found.Tag,
		Digest:         found.Digest,
		Layers:         []shells.Layer{{Digest: strings.TrimPrefix(found.Digest, "sha256:"), SizeBytes: found.SizeBytes}},
		BytesPerSecond: found.BytesPerSecond,
		Ports:          found.Ports,
		Log:            found.StartLines,
	}
	if found.HTTP != nil {
		one.Status, one.Body = found.HTTP.Status, found.Body
		if one.Status == 0 {
			one.Status = http.StatusOK
		}
	}
	return one
}
