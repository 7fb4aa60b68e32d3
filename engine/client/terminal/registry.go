package terminal

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"tabernetes/engine/node/image"
)

// Registry is the catalogue of the nodes' images as docker sees it, for
// Options.Images.
func Registry(catalogue *image.Catalogue) func(name string) (Image, error) {
	return func(name string) (Image, error) {
		found, err := catalogue.Resolve(name)
		if err != nil {
			return Image{}, pullError(name, err)
		}
		result := Image{
			Name: found.Name, Repository: found.Repository, Tag: found.Tag, Digest: found.Digest,
			BytesPerSecond: found.BytesPerSecond, Ports: found.Ports, Log: found.StartLines,
		}
		if found.HTTP != nil {
			if len(result.Ports) == 0 {
				result.Ports = []int32{80}
			}
			result.Status = found.HTTP.Status
			result.Body = func(hostname, path string) string { return found.Expand(found.HTTP.Body, hostname, path) }
		}
		for _, layer := range found.Layers {
			result.Layers = append(result.Layers, Layer{Digest: digest(layer.Name), SizeBytes: layer.SizeBytes})
		}
		return result, nil
	}
}

// pullError words a registry's error in docker's words.
func pullError(name string, err error) error {
	var failed *image.PullError
	if !errors.As(err, &failed) {
		return err
	}
	host, _, _ := strings.Cut(failed.Name, "/")
	ask := fmt.Sprintf("Get %q: ", "https://"+host+"/v2/")
	switch failed.Fault {
	case image.FaultNotFound:
		return fmt.Errorf("%s: %w", name, ErrNoImage)
	case image.FaultDenied:
		short, _, _ := strings.Cut(name, ":")
		return fmt.Errorf("pull access denied for %s, repository does not exist or may require 'docker login'", short)
	case image.FaultNoHost:
		return fmt.Errorf("%sdial tcp: lookup %s: no such host", ask, host)
	case image.FaultTimeout:
		return errors.New(ask + "net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)")
	case image.FaultRefused:
		return fmt.Errorf("%sdial tcp: connect: connection refused", ask)
	case image.FaultRateLimit:
		return errors.New("toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit")
	}
	return errors.New("received unexpected HTTP status: 503 Service Unavailable")
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
