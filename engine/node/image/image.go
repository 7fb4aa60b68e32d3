package image

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubernetes/pkg/util/parsers"
)

// Image is one image that a registry can serve.
type Image struct {
	// Name is the full name with the tag, "docker.io/library/nginx:1.27", which a
	// container runtime shows, or with the digest if the pod names that.
	Name string
	// Repository is the name without tag and digest.
	Repository string
	// Tag is empty for an image named by digest.
	Tag string
	// Digest is derived from the name: the same on every node and in every run.
	Digest string
	// SizeBytes is the compressed size.
	SizeBytes int64
	// Layers are its parts, the base first; their sizes add up to SizeBytes.
	Layers []Layer
	// BytesPerSecond is how fast its layers arrive.
	BytesPerSecond int64
	// Known says that the repository is in the catalogue.
	Known bool
	// WorkingDir is where its processes start; empty for "/".
	WorkingDir string
	// Programs are its commands besides those of its shell.
	Programs Programs

	Behaviour

	arguments []ArgumentBehaviour
}

// ID is the image with its digest, which the API shows as imageID.
func (i Image) ID() string { return i.Repository + "@" + i.Digest }

// PullDuration returns how long pulling the layers takes that are not on the node.
func (i Image) PullDuration(present func(layer string) bool) time.Duration {
	missing := int64(0)
	for _, layer := range i.Layers {
		if !present(layer.Name) {
			missing += layer.SizeBytes
		}
	}
	return time.Duration(float64(missing) / float64(i.BytesPerSecond) * float64(time.Second))
}

// StartLines returns the log lines that a container named hostname writes at its
// start.
func (i Image) StartLines(hostname string) []string {
	lines := make([]string, len(i.Log.Start))
	for n, line := range i.Log.Start {
		lines[n] = i.Expand(line, hostname, "")
	}
	return lines
}

// Expand replaces ${hostname}, ${tag} and ${path} in a text of the catalogue.
func (i Image) Expand(text, hostname, path string) string {
	return strings.NewReplacer("${hostname}", hostname, "${tag}", i.Tag, "${path}", path).Replace(text)
}

// WithArguments returns the image as it behaves with a pod's command and args.
func (i Image) WithArguments(command, args []string) Image {
	arguments := args
	if len(command) > 0 {
		arguments = append(slices.Clone(command[1:]), args...)
	}
	if len(arguments) == 0 {
		return i
	}
	for n := range i.arguments {
		if i.arguments[n].First == arguments[0] {
			user := i.User
			i.Behaviour = i.arguments[n].clone()
			i.User = user
			arguments = arguments[1:]
			break
		}
	}
	for n, argument := range arguments {
		flag, value, joined := strings.Cut(argument, "=")
		if !joined && n+1 < len(arguments) {
			value = arguments[n+1]
		}
		i.setFlag(flag, value)
	}
	return i
}

// setFlag applies one argument; an invalid value is ignored.
func (i *Image) setFlag(flag, value string) {
	if slices.Contains(i.PortFlags, flag) {
		if port, err := strconv.ParseUint(strings.TrimPrefix(value, ":"), 10, 16); err == nil && port > 0 {
			i.Ports = []int32{int32(port)}
		}
	}
	for _, field := range []struct {
		flags []string
		to    *resource.Quantity
	}{{i.MemoryFlags, &i.Usage.Memory.Base}, {i.CPUFlags, &i.Usage.CPU.Idle}} {
		if !slices.Contains(field.flags, flag) {
			continue
		}
		if quantity, err := resource.ParseQuantity(value); err == nil && quantity.Sign() > 0 {
			*field.to = quantity
		}
	}
}

// Resolve finds the image that a pod names, for example "nginx" or "busybox:1.36".
// The error is a *PullError when the registry does not have the image or does not
// answer; any other error says that name is not an image name.
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
	image.Programs = programsOf(Programs{}, repository, false)
	if !ok {
		if fault := c.faultOf(repository); fault != "" {
			return Image{}, c.Fail(image, fault)
		}
		if digest == "" && saysItIsMissing(tag) {
			return Image{}, c.Fail(image, FaultNotFound)
		}
		image.SizeBytes = sizeOf(image.Name)
		image.Layers = layersOfUnknown(image)
		image.BytesPerSecond = defaultPullBytesPerSecond
		image.Behaviour = plainServer()
		return image, nil
	}
	found := known.find(tag)
	if digest != "" { // a runtime does not look at the tag then
		found = known.withDigest(digest)
	}
	if found == nil {
		return Image{}, c.Fail(image, FaultNotFound)
	}
	image.Known = true
	image.Programs = programsOf(known.Programs, repository, known.Shell)
	image.BytesPerSecond = known.PullBytesPerSecond
	image.WorkingDir = known.WorkingDir
	image.SizeBytes = found.SizeBytes
	image.Layers = known.layersOf(found, image.Name)
	image.Behaviour = known.clone()
	image.arguments = known.Arguments
	settings, _ := settingsOf(found.Set) // validated when the catalogue was read
	settings.Apply(&image)
	return image, nil
}

// plainServer is the behaviour of every image outside the catalogue. It listens on
// the ports that the container declares; the kubelet fills them in.
func plainServer() Behaviour {
	return Behaviour{
		StartUp: metav1.Duration{Duration: 500 * time.Millisecond},
		HTTP:    &HTTP{Status: 200, Body: "hostname: ${hostname}\n"},
		Log:     Log{Start: []string{"simulated server of an image that is not in the catalogue"}},
		Stop:    Stop{After: metav1.Duration{Duration: time.Second}},
		Usage:   plainUsage(),
	}
}

// layersOfUnknown says that the images of a repository have most of their bytes
// in common, as versions of one program do that are built on one base.
func layersOfUnknown(image Image) []Layer {
	return []Layer{
		{Name: "base of " + image.Repository, SizeBytes: commonLayer},
		{Name: "image " + image.Name, SizeBytes: image.SizeBytes - commonLayer},
	}
}

// commonLayer is the size of the layer that images of one repository outside the
// catalogue share: less than the smallest of them.
const commonLayer = 16_000_000

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
