package image

import (
	"fmt"
	"slices"
	"strings"
)

// Registry is one host in registries.yaml. A registry that is not listed there
// answers for every repository.
type Registry struct {
	// Host is the part of an image's name before the first slash: "docker.io".
	Host string `json:"host"`
	// Summary says in one line what it is.
	Summary string `json:"summary"`
	// Address is the host that containerd contacts; Host if empty.
	Address string `json:"address,omitempty"`
	// Fault is how every pull from the registry fails; empty when pulls work.
	Fault Fault `json:"fault,omitempty"`
	// Complete are namespaces whose repositories are all known.
	Complete []Namespace `json:"complete,omitempty"`
}

// Namespace is a part of a registry with a known list of repositories. Any other
// repository name in it is missing.
type Namespace struct {
	// Name is the part between the host and the last slash: "library".
	Name string `json:"name"`
	// Repositories are the names behind it. Those of the catalogue need not be
	// listed.
	Repositories []string `json:"repositories"`
}

// Fault is what can go wrong between a node and a registry.
type Fault string

// The faults, by the name that registries.yaml and annotations use.
const (
	// FaultNotFound: the repository has no such tag.
	FaultNotFound Fault = "not-found"
	// FaultDenied: the repository is private or does not exist. Docker Hub does
	// not tell which.
	FaultDenied Fault = "denied"
	// FaultNoHost: the registry's name has no address.
	FaultNoHost Fault = "no-such-host"
	// FaultTimeout: the registry does not answer.
	FaultTimeout Fault = "timeout"
	// FaultRefused: nothing listens at the registry's address.
	FaultRefused Fault = "refused"
	// FaultRateLimit: too many pulls.
	FaultRateLimit Fault = "rate-limit"
	// FaultServer: the registry fails.
	FaultServer Fault = "server-error"
)

var faults = []Fault{FaultNotFound, FaultDenied, FaultNoHost, FaultTimeout, FaultRefused, FaultRateLimit, FaultServer}

// PullError says why a registry did not serve an image. Its text is that of
// containerd through the CRI, which the kubelet puts into events and statuses.
type PullError struct {
	// Name is the full name of the image.
	Name string
	// Fault is the kind of error.
	Fault Fault

	address  string // of the registry
	path     string // of the repository in the registry
	manifest string // the tag, or the digest
	digest   string
}

// Addresses that are reserved for documentation (RFC 5737), and the name server
// of a node.
const (
	registryAddress = "203.0.113.10:443"
	nodeNameServer  = "172.18.0.1:53"
)

func (e *PullError) Error() string {
	unpack := fmt.Sprintf("failed to pull and unpack image %q: ", e.Name)
	resolve := unpack + fmt.Sprintf("failed to resolve reference %q: ", e.Name)
	manifest := fmt.Sprintf("https://%s/v2/%s/manifests/%s", e.address, e.path, e.manifest)
	request := resolve + fmt.Sprintf("failed to do request: Head %q: dial tcp", manifest)
	code, text := "Unknown", ""
	switch e.Fault {
	case FaultNotFound:
		code, text = "NotFound", resolve+e.Name+": not found"
	case FaultDenied:
		text = resolve + "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed"
	case FaultNoHost:
		text = fmt.Sprintf("%s: lookup %s on %s: no such host", request, e.address, nodeNameServer)
	case FaultTimeout:
		code, text = "DeadlineExceeded", fmt.Sprintf("%s %s: i/o timeout", request, registryAddress)
	case FaultRefused:
		text = fmt.Sprintf("%s %s: connect: connection refused", request, registryAddress)
	case FaultRateLimit:
		text = unpack + fmt.Sprintf("failed to copy: httpReadSeeker: failed open: unexpected status code https://%s/v2/%s/manifests/%s: 429 Too Many Requests"+
			" - Server message: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit",
			e.address, e.path, e.digest)
	case FaultServer:
		text = resolve + fmt.Sprintf("unexpected status from HEAD request to %s: 503 Service Unavailable", manifest)
	}
	return fmt.Sprintf("rpc error: code = %s desc = %s", code, text)
}

// Fail returns the error of a pull of the image that fails with a fault.
func (c *Catalogue) Fail(image Image, fault Fault) *PullError {
	host := registryOf(image.Repository)
	failure := &PullError{
		Name: image.Name, Fault: fault, address: host, path: strings.TrimPrefix(image.Repository, host+"/"),
		manifest: image.Tag, digest: image.Digest,
	}
	if registry, known := c.registries[host]; known && registry.Address != "" {
		failure.address = registry.Address
	}
	if failure.manifest == "" {
		failure.manifest = image.Digest
	}
	return failure
}

// Pull is Resolve for a node that has these logins for the registry: a private
// repository serves its images only to logins that are allowed to pull.
func (c *Catalogue) Pull(name string, logins []Login) (Image, error) {
	image, err := c.Resolve(name)
	if err != nil {
		return image, err
	}
	known := c.repositories[image.Repository]
	if known == nil || known.Private == nil {
		return image, nil
	}
	for _, login := range logins {
		if slices.Contains(known.Private.Logins, login) {
			return image, nil
		}
	}
	return image, c.Fail(image, FaultDenied)
}

// faultOf returns the fault of a pull from a repository that is not in the
// catalogue.
func (c *Catalogue) faultOf(repository string) Fault {
	registry, known := c.registries[registryOf(repository)]
	if !known {
		return ""
	}
	if registry.Fault != "" {
		return registry.Fault
	}
	for _, space := range registry.Complete {
		prefix := registry.Host + "/" + space.Name + "/"
		if rest, inside := strings.CutPrefix(repository, prefix); inside && !slices.Contains(space.Repositories, rest) {
			return FaultDenied
		}
	}
	return ""
}

func (r *Registry) validate() error {
	switch {
	case r.Host == "" || strings.Contains(r.Host, "/"):
		return fmt.Errorf("host %q: must be a host name, without a slash", r.Host)
	case r.Summary == "":
		return fmt.Errorf("summary: is empty")
	case r.Fault != "" && !slices.Contains(faults, r.Fault):
		return fmt.Errorf("fault %q: must be one of %s", r.Fault, faultNames())
	}
	for i, space := range r.Complete {
		if space.Name == "" {
			return fmt.Errorf("complete[%d].name: is empty", i)
		}
		if len(space.Repositories) == 0 {
			return fmt.Errorf("complete[%d].repositories: is empty", i)
		}
	}
	return nil
}

func faultNames() string {
	names := make([]string, len(faults))
	for i, fault := range faults {
		names[i] = string(fault)
	}
	return strings.Join(names, ", ")
}
