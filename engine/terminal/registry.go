package terminal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"tabernetes/engine/kubelet/image"
)

// commonBytes is how much of an image is a layer that the images of its repository
// have in common.
const commonBytes = 16_000_000

// Registry is the catalogue of the nodes' images as docker sees it, for
// Options.Images.
func Registry(catalogue *image.Catalogue) func(name string) (Image, error) {
	return func(name string) (Image, error) {
		found, err := catalogue.Resolve(name)
		if err != nil {
			return Image{}, fmt.Errorf("%w: %w", ErrNoImage, err)
		}
		expand := func(text, hostname, path string) string {
			return strings.NewReplacer("${hostname}", hostname, "${tag}", found.Tag, "${path}", path).Replace(text)
		}
		result := Image{
			Name: found.Name, Repository: found.Repository, Tag: found.Tag, Digest: found.Digest,
			BytesPerSecond: found.BytesPerSecond, Ports: found.Ports,
			Log: func(hostname string) []string { return found.StartLines(hostname) },
		}
		if found.HTTP != nil {
			if len(result.Ports) == 0 {
				result.Ports = []int32{80}
			}
			result.Status = found.HTTP.Status
			result.Body = func(hostname, path string) string { return expand(found.HTTP.Body, hostname, path) }
		}
		common := min(commonBytes, found.SizeBytes/2)
		result.Layers = []Layer{
			{Digest: digest("base of " + found.Repository), SizeBytes: common},
			{Digest: digest("layer of " + found.Name), SizeBytes: found.SizeBytes - common},
		}
		return result, nil
	}
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
