package imagestore

import (
	"errors"
	"strings"
	"time"

	"k8s.io/kubernetes/pkg/util/parsers"

	"tabernetes/engine/node/image"
)

// enqueue queues a pull. done is called on the sync loop.
func (p *Puller) enqueue(next *pull) {
	p.queue = append(p.queue, next)
	if !p.active {
		p.pullNext()
	}
}

func (p *Puller) pullNext() {
	if len(p.queue) == 0 {
		p.active = false
		return
	}
	p.active = true
	next := p.queue[0]
	p.queue = p.queue[1:]
	found, err := next.resolve(p.store.catalogue, p.host)
	took := p.pullTime(next, found, err)
	p.loop.After(took, func() {
		if err == nil {
			p.store.pulled(found, next.logins)
		}
		next.done(found, took, err)
		p.pullNext()
	})
}

// resolve returns the registry's answer.
func (p *pull) resolve(catalogue *image.Catalogue, on Host) (image.Image, error) {
	found, err := catalogue.Pull(p.name, p.logins)
	if err == nil && p.settings.PullFault != "" {
		return found, catalogue.Fail(found, p.settings.PullFault)
	}
	if err == nil && !found.Known && !on.Exists(found.Repository) {
		return found, catalogue.Fail(found, image.FaultDenied)
	}
	return found, err
}

// pullTime returns how long a pull takes: the registry's answer, then the layers
// that are not on the node.
func (p *Puller) pullTime(next *pull, found image.Image, err error) time.Duration {
	took := next.vary.Between(resolveShortest, resolveLongest)
	factor := 1 + pullVariation*(2*next.vary.Random.Float64()-1)
	switch {
	case p.loop.Instant:
		return 0
	case faultOf(err) == image.FaultTimeout:
		return registryTimeout
	case err != nil:
		return took
	case next.settings.PullTime != nil:
		return *next.settings.PullTime
	}
	return took + p.host.OverNetwork(time.Duration(factor*float64(found.PullDuration(p.store.hasLayer))))
}

// findImage looks for an image on the node. An instant node has every image.
func (p *Puller) findImage(name string) (image.Image, bool) {
	found, err := p.store.catalogue.Resolve(name)
	if err != nil {
		return image.Image{}, false
	}
	if p.loop.Instant {
		p.store.add(found)
		return found, true
	}
	present, ok := p.store.present[found.Name]
	return present, ok
}

// faultOf returns the fault of a pull's error, or empty.
func faultOf(err error) image.Fault {
	var failure *image.PullError
	if errors.As(err, &failure) {
		return failure.Fault
	}
	return ""
}

// withDefaultTag adds ":latest" to a name that has neither a tag nor a digest.
func withDefaultTag(name string) (string, error) {
	_, tag, digest, err := parsers.ParseImageName(name)
	if err != nil {
		return "", err
	}
	if digest == "" && tag != "" && !strings.HasSuffix(name, ":"+tag) {
		name += ":" + tag
	}
	return name, nil
}
