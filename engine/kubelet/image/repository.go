package image

import (
	"fmt"
	"strings"

	"github.com/distribution/reference"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Repository is one file of the catalogue.
type Repository struct {
	// Repository is the full name, with the registry, as a container runtime
	// shows it: "docker.io/library/nginx".
	Repository string `json:"repository"`
	// Summary says in one line what the image is.
	Summary string `json:"summary"`
	// Tags are all tags of the repository.
	Tags []Tag `json:"tags"`
	// PullBytesPerSecond is how fast its layers arrive. Default 25,000,000.
	PullBytesPerSecond int64 `json:"pullBytesPerSecond,omitempty"`
	// Preloaded says that every node has the repository's first tag from the
	// start, as it has the pause image.
	Preloaded bool `json:"preloaded,omitempty"`

	Behaviour
}

// Tag is a set of tags that name images alike.
type Tag struct {
	// Names are the tags, for example "1.27" and "1.27.5".
	Names []string `json:"names"`
	// SizeBytes is the compressed size, which containerd reports.
	SizeBytes int64 `json:"sizeBytes"`
}

// Behaviour is what a container of an image does when its command is not
// overridden. Durations are cluster time and written as Go writes them: "300ms",
// "1.5s".
type Behaviour struct {
	// Shell says that the image is a toolbox: it has a POSIX shell and the usual
	// commands, and no server of its own. A command given in the pod is run by
	// its meaning (see Process); its own main process is Exit.
	Shell bool `json:"shell,omitempty"`
	// StartUp is the time from the start of the process until it listens.
	StartUp metav1.Duration `json:"startUp,omitempty"`
	// Ports are the TCP ports it listens on.
	Ports []int32 `json:"ports,omitempty"`
	// HTTP is what it answers on its ports; nil when it speaks something else.
	HTTP *HTTP `json:"http,omitempty"`
	// Log is what it writes.
	Log Log `json:"log,omitempty"`
	// Exit says that it ends by itself; nil when it runs until it is stopped.
	Exit *Exit `json:"exit,omitempty"`
	// Stop is its reaction to SIGTERM.
	Stop Stop `json:"stop,omitempty"`
	// User is the user that the image runs as.
	User User `json:"user,omitempty"`
}

// HTTP is how a server answers a GET request.
type HTTP struct {
	// Paths are the paths it knows; another gets 404. Empty means every path.
	Paths []string `json:"paths,omitempty"`
	// Status is the code for a path it knows. Default 200.
	Status int `json:"status,omitempty"`
	// Body is the answer, with ${hostname}, ${tag} and ${path} replaced.
	Body string `json:"body,omitempty"`
}

// Log is what a container writes to its log.
type Log struct {
	// Start are the lines it writes when it starts, with ${hostname} and ${tag}
	// replaced.
	Start []string `json:"start,omitempty"`
	// Stop are the lines it writes on SIGTERM.
	Stop []string `json:"stop,omitempty"`
}

// Exit says when a process ends by itself and how.
type Exit struct {
	After metav1.Duration `json:"after"`
	Code  int32           `json:"code"`
}

// Stop is the reaction to SIGTERM.
type Stop struct {
	// Ignored says that SIGTERM has no effect, as for a shell that is process 1:
	// the container ends by SIGKILL when its grace period is over.
	Ignored bool `json:"ignored,omitempty"`
	// After is the time from SIGTERM until it has exited.
	After metav1.Duration `json:"after,omitempty"`
	// Code is the exit code.
	Code int32 `json:"code,omitempty"`
}

// User is the identity of the first process of a container.
type User struct {
	UID                int64   `json:"uid,omitempty"`
	GID                int64   `json:"gid,omitempty"`
	SupplementalGroups []int64 `json:"supplementalGroups,omitempty"`
}

const defaultPullBytesPerSecond = 25_000_000

// validate returns what is wrong with the repository, each with the field's
// path, or nil.
func (r *Repository) validate() error {
	named, err := reference.ParseNormalizedNamed(r.Repository)
	switch {
	case err != nil:
		return fmt.Errorf("repository %q: %w", r.Repository, err)
	case !reference.IsNameOnly(named):
		return fmt.Errorf("repository %q: has a tag or a digest", r.Repository)
	case named.Name() != r.Repository:
		return fmt.Errorf("repository %q: write it in full, as %q", r.Repository, named.Name())
	case r.Summary == "":
		return fmt.Errorf("summary: is empty")
	case len(r.Tags) == 0:
		return fmt.Errorf("tags: is empty; a repository without tags cannot be pulled")
	case r.PullBytesPerSecond < 0:
		return fmt.Errorf("pullBytesPerSecond: must not be negative, got %d", r.PullBytesPerSecond)
	}
	seen := map[string]bool{}
	for i, tag := range r.Tags {
		if len(tag.Names) == 0 {
			return fmt.Errorf("tags[%d].names: is empty", i)
		}
		if tag.SizeBytes <= 0 {
			return fmt.Errorf("tags[%d].sizeBytes: must be positive, got %d", i, tag.SizeBytes)
		}
		for j, name := range tag.Names {
			if _, err := reference.WithTag(named, name); err != nil {
				return fmt.Errorf("tags[%d].names[%d] %q: %w", i, j, name, err)
			}
			if seen[name] {
				return fmt.Errorf("tags[%d].names[%d] %q: is listed twice", i, j, name)
			}
			seen[name] = true
		}
	}
	return r.Behaviour.validate()
}

func (b *Behaviour) validate() error {
	for field, duration := range map[string]metav1.Duration{"startUp": b.StartUp, "stop.after": b.Stop.After} {
		if duration.Duration < 0 {
			return fmt.Errorf("%s: must not be negative, got %s", field, duration.Duration)
		}
	}
	for i, port := range b.Ports {
		if port < 1 || port > 65535 {
			return fmt.Errorf("ports[%d]: must be between 1 and 65535, got %d", i, port)
		}
	}
	if b.HTTP != nil {
		if len(b.Ports) == 0 {
			return fmt.Errorf("http: needs ports to answer on")
		}
		if b.HTTP.Status != 0 && (b.HTTP.Status < 200 || b.HTTP.Status > 599) {
			return fmt.Errorf("http.status: must be between 200 and 599, got %d", b.HTTP.Status)
		}
		for i, path := range b.HTTP.Paths {
			if !strings.HasPrefix(path, "/") {
				return fmt.Errorf("http.paths[%d] %q: must begin with \"/\"", i, path)
			}
		}
	}
	if b.Exit != nil {
		if b.Exit.After.Duration < 0 {
			return fmt.Errorf("exit.after: must not be negative, got %s", b.Exit.After.Duration)
		}
		if err := validateExitCode("exit.code", b.Exit.Code); err != nil {
			return err
		}
	}
	if b.Shell && b.Exit == nil {
		return fmt.Errorf("exit: a shell image needs it, because its own process ends at once without a terminal")
	}
	if b.Stop.Ignored && (b.Stop.After.Duration != 0 || b.Stop.Code != 0) {
		return fmt.Errorf("stop: ignored excludes after and code")
	}
	return validateExitCode("stop.code", b.Stop.Code)
}

func validateExitCode(field string, code int32) error {
	if code < 0 || code > 255 {
		return fmt.Errorf("%s: must be between 0 and 255, got %d", field, code)
	}
	return nil
}
