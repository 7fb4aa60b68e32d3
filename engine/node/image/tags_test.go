package image

import (
	"errors"
	"strings"
	"testing"
)

// Tags that the registries have, and such that they do not have.
func TestTags(t *testing.T) {
	digest := digestOf("docker.io/library/busybox:1.34")
	for _, test := range []struct {
		name   string
		exists bool
	}{
		{"ghcr.io/example/podinfo:6.14.1", true},
		{"ghcr.io/example/podinfo:no-such-tag", false},
		{"ghcr.io/example/podinfo:does-not-exist", false},
		{"quay.io/acme/api:v2-broken", false},
		{"quay.io/acme/api:1.4.0-INVALID", false},
		{"acme/api:typo", false},
		{"acme/api:wrong_tag", false},
		{"acme/api:fix-broken-login", true}, // a branch's name says what it mends
		{"acme/api:badger", true},
		{"argoproj/rollouts-demo:bad-red", true},
		{"acme/api:broken@" + digest, true}, // the tag counts for nothing

		{"nginx:1.29.7", true},
		{"nginx:1.29.7-alpine", true},
		{"nginx:1.30", true},
		{"nginx:1.30.1", false}, // a line that is not known
		{"nginx:1.29.99", false},
		{"nginx:1.161", false},
		{"nginx:1.14.3", false}, // a line that has ended
		{"nginx:1.27.3-alpine-slim", true},
		{"nginx:latest-alpine-perl", true},
		{"nginx:1.27.3-windows", false},
		{"nginx:no-such-tag", false},
		{"postgres:17.8-alpine", true},
		{"postgres:19", false},
		{"node:24.11.1-slim", true},
		{"busybox:1.37.1", true},
		{"busybox:1.99", false},
		{"busybox:1.99@" + digest, true},
		{"busybox@" + digest, true},
	} {
		_, err := builtInCatalogue(t).Resolve(test.name)
		var failure *PullError
		if exists := err == nil; exists != test.exists || !exists && (!errors.As(err, &failure) || failure.Fault != FaultNotFound) {
			t.Errorf("%s: got error %v, want it to exist: %t", test.name, err, test.exists)
		}
	}
}

// A digest leads to the image that has it, whatever the tag in front of it says.
func TestDigestLeadsToItsImage(t *testing.T) {
	catalogue := builtInCatalogue(t)
	tagged, err := catalogue.Resolve("busybox:1.34")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"busybox@" + tagged.Digest, "busybox:1.37@" + tagged.Digest, "busybox:gone@" + tagged.Digest} {
		found, err := catalogue.Resolve(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if found.SizeBytes != tagged.SizeBytes || found.ID() != tagged.ID() || !strings.HasSuffix(found.Name, "@"+tagged.Digest) {
			t.Errorf("%s: got %s with %d bytes, want %s with %d", name, found.Name, found.SizeBytes, tagged.ID(), tagged.SizeBytes)
		}
	}
}
