package image

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubernetes/pkg/util/parsers"
)

// Image is one image that a registry can serve.
type Image struct {
	// Name is the full name with the tag, "docker.io/library/nginx:1.27", which
	// a container runtime shows, or with the digest if it was asked for by that.
	Name string
	// Repository is the name without tag and digest.
	Repository string
	// Tag is empty for an image that was asked for by digest.
	Tag string
	// Digest is made from the name: the same on every node and in every run.
	Digest string
	// SizeBytes is the compressed size.
	SizeBytes int64
	// BytesPerSecond is how fast its layers arrive.
	BytesPerSecond int64
	// Known says that the repository is in the catalogue.
	Known bool

	Behaviour
}

// ID is the image by digest, which the API shows as imageID.
func (i Image) ID() string { return i.Repository + "@" + i.Digest }

// PullDuration is how long the layers take when none is on the node.
func (i Image) PullDuration() time.Duration {
	return time.Duration(float64(i.SizeBytes) / float64(i.BytesPerSecond) * float64(time.Second))
}

// Body is the HTTP answer of a container named hostname for path.
func (i Image) Body(hostname, path string) string {
	if i.HTTP == nil {
		return ""
	}
	return i.expand(i.HTTP.Body, hostname, path)
}

// StartLines are the log lines of a container named hostname at its start.
func (i Image) StartLines(hostname string) []string {
	lines := make([]string, len(i.Log.Start))
	for n, line := range i.Log.Start {
		lines[n] = i.expand(line, hostname, "")
	}
	return lines
}

func (i Image) expand(text, hostname, path string) string {
	return strings.NewReplacer("${hostname}", hostname, "${tag}", i.Tag, "${path}", path).Replace(text)
}

// NotFoundError says that a registry has no such image. Its text is that of
// containerd through the CRI, which the kubelet puts into events and status.
type NotFoundError struct {
	// Name is the full name of the image.
	Name string
}

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("rpc error: code = NotFound desc = failed to pull and unpack image %q: failed to resolve reference %q: %s: not found", e.Name, e.Name, e.Name)
}

// Resolve finds the image that a pod calls name, for example "nginx" or
// "busybox:1.36". The error is a *NotFoundError when the registry does not have
// it; any other says that name is no image name.
func (c *Catalogue) Resolve(name string) (Image, error) {
	repository, tag, digest, err := parsers.ParseImageName(name)
	if err != nil {
		return Image{}, err
	}
	image := Image{Repository: repository, Tag: tag, Name: repository + ":" + tag, Digest: digest}
	if digest != "" {
		image.Name = repository + "@" + digest
	} else {
		image.Digest = digestOf(image.Name)
	}
	known, ok := c.repositories[repository]
	if !ok {
		image.SizeBytes = sizeOf(image.Name)
		image.BytesPerSecond = defaultPullBytesPerSecond
		image.Behaviour = plainServer()
		return image, nil
	}
	image.Known = true
	image.BytesPerSecond = known.PullBytesPerSecond
	image.Behaviour = known.Behaviour
	if tag == "" {
		image.SizeBytes = known.Tags[0].SizeBytes
		return image, nil
	}
	for _, candidate := range known.Tags {
		if slices.Contains(candidate.Names, tag) {
			image.SizeBytes = candidate.SizeBytes
			return image, nil
		}
	}
	return Image{}, &NotFoundError{Name: image.Name}
}

// plainServer is what every image outside the catalogue does. It listens on the
// ports that the container declares; the kubelet fills them in.
func plainServer() Behaviour {
	return Behaviour{
		StartUp: metav1.Duration{Duration: 500 * time.Millisecond},
		HTTP:    &HTTP{Status: 200, Body: "hostname: ${hostname}\n"},
		Log:     Log{Start: []string{"simulated server of an image that is not in the catalogue"}},
		Stop:    Stop{After: metav1.Duration{Duration: time.Second}},
	}
}

func digestOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// sizeOf gives an image outside the catalogue a size between 20 and 84 MB that
// depends on its name alone.
func sizeOf(name string) int64 {
	sum := sha256.Sum256([]byte("size of " + name))
	return 20_000_000 + int64(sum[0])*250_000 + int64(sum[1])*977
}
