package agnhost

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"tabernetes/engine/userland/process"
)

// review is an AdmissionReview of either version, as far as the webhooks look at it.
type review struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Request    *request `json:"request,omitempty"`
	Response   *verdict `json:"response,omitempty"`
}

type request struct {
	UID       string   `json:"uid"`
	Name      string   `json:"name"`
	Operation string   `json:"operation"`
	Object    *subject `json:"object"`
	OldObject *subject `json:"oldObject"`
}

// subject is the object of a request, of any kind: a pod, what is attached to one, a
// ConfigMap, a custom resource, a definition of one.
type subject struct {
	Metadata struct {
		Name   string            `json:"name"`
		Labels map[string]string `json:"labels"`
	} `json:"metadata"`
	Data map[string]any `json:"data"`
	Spec struct {
		Containers     []named `json:"containers"`
		InitContainers []named `json:"initContainers"`
	} `json:"spec"`
	Stdin     bool   `json:"stdin"`
	Container string `json:"container"`
}

type named struct {
	Name string `json:"name"`
}

// verdict is the response of an AdmissionReview.
type verdict struct {
	UID       string  `json:"uid"`
	Allowed   bool    `json:"allowed"`
	Status    *status `json:"status,omitempty"`
	Patch     []byte  `json:"patch,omitempty"`
	PatchType string  `json:"patchType,omitempty"`
}

type status struct {
	Status  string `json:"status,omitempty"`
	Message string `json:"message,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Code    int    `json:"code,omitempty"`
}

// webhooks are what "agnhost webhook" answers at each path.
var webhooks = map[string]func(context.Context, *call, *request) *verdict{
	"/always-allow-delay-5s":    allowLate,
	"/always-deny":              denyAlways,
	"/add-label":                addLabel,
	"/pods":                     admitPod,
	"/pods/attach":              admitAttachment,
	"/mutating-pods":            addInitContainer,
	"/mutating-pods-sidecar":    addSidecar,
	"/configmaps":               admitData("the configmap contains unwanted key and value", "the configmap cannot be deleted because it contains unwanted key and value"),
	"/mutating-configmaps":      changeData,
	"/custom-resource":          admitData("the custom resource contains unwanted data", "the custom resource cannot be deleted because it contains unwanted key and value"),
	"/mutating-custom-resource": changeData,
	"/crd":                      admitDefinition,
}

// The label and the key of data by which the suite says what a webhook is to do.
const (
	webhookMark      = "webhook-e2e-test"
	webhookDisallows = "webhook-disallow"
)

// webhook answers AdmissionReviews.
func webhook(ctx context.Context, c *call) int {
	return c.serveWebhooks(ctx, func(ctx context.Context, path string, body []byte) process.Reply {
		admit := webhooks[path]
		if admit == nil {
			return httpError(http.StatusNotFound, "404 page not found")
		}
		asked := review{}
		if err := json.Unmarshal(body, &asked); err != nil || asked.Request == nil {
			return httpError(http.StatusBadRequest, fmt.Sprintf("Request could not be decoded: %v", err))
		}
		answer := admit(ctx, c, asked.Request)
		answer.UID = asked.Request.UID
		return reviewReply(review{APIVersion: asked.APIVersion, Kind: asked.Kind, Response: answer})
	})
}

// serveWebhooks answers POST requests over TLS, with the certificate that the flags name.
func (c *call) serveWebhooks(ctx context.Context, answer func(ctx context.Context, path string, body []byte) process.Reply) int {
	port := c.number("port", 443)
	configuration, err := c.secured(c.flags["tls-cert-file"], c.flags["tls-private-key-file"])
	if err != nil {
		return c.fatal("%v", err)
	}
	err = c.System.Listener.ListenTLS(ctx, port, configuration, func(request *http.Request) process.Reply {
		if request.URL.Path == "/readyz" {
			return process.Reply{Body: "ok"}
		}
		return process.Reply{Later: func(ctx context.Context) process.Reply {
			body, err := io.ReadAll(request.Body)
			if err != nil {
				return httpError(http.StatusBadRequest, err.Error())
			}
			return answer(ctx, request.URL.Path, body)
		}}
	})
	if err != nil {
		fmt.Fprintf(c.Stderr, "panic: listen tcp :%d: bind: %v\n", port, err)
		return 2
	}
	return c.wait(ctx)
}

// reviewReply answers with a review; the API server insists on its type.
func reviewReply(review any) process.Reply {
	reply := jsonReply(http.StatusOK, review)
	if reply.Header == nil {
		reply.Header = http.Header{"Content-Type": {"application/json"}}
	}
	return reply
}

func allowed() *verdict { return &verdict{Allowed: true} }

func refused(why status) *verdict { return &verdict{Status: &why} }

// patched allows a request with a change to its object.
func patched(patch string) *verdict {
	return &verdict{Allowed: true, Patch: []byte(patch), PatchType: "JSONPatch"}
}

// of is the object that a request is about: when it is deleted, the one that was there.
func (r *request) of() *subject {
	switch {
	case r.Operation == "DELETE" && r.OldObject != nil:
		return r.OldObject
	case r.Object != nil:
		return r.Object
	}
	return &subject{}
}

func allowLate(ctx context.Context, c *call, _ *request) *verdict {
	_ = c.System.Sleep(ctx, 5*time.Second) // who has gone away gets no answer
	return &verdict{Allowed: true, Status: &status{Message: "this webhook allows all requests"}}
}

func denyAlways(context.Context, *call, *request) *verdict {
	return refused(status{Message: "this webhook denies all requests"})
}

func addLabel(_ context.Context, _ *call, r *request) *verdict {
	labels := r.of().Metadata.Labels
	value, has := labels["added-label"]
	switch {
	case len(labels) == 0:
		return patched(`[{"op": "add", "path": "/metadata/labels", "value": {"added-label": "yes"}}]`)
	case !has:
		return patched(`[{"op": "add", "path": "/metadata/labels/added-label", "value": "yes"}]`)
	case value != "yes":
		return patched(`[{"op": "replace", "path": "/metadata/labels/added-label", "value": "yes"}]`)
	}
	return allowed()
}

func admitPod(ctx context.Context, _ *call, r *request) *verdict {
	var why []string
	switch r.of().Metadata.Labels[webhookMark] {
	case webhookDisallows:
		why = append(why, "the pod contains unwanted label;")
	case "wait-forever":
		<-ctx.Done()
	}
	for _, container := range r.of().Spec.Containers {
		if strings.Contains(container.Name, webhookDisallows) {
			why = append(why, "the pod contains unwanted container name;")
		}
	}
	if len(why) > 0 {
		return refused(status{Message: strings.Join(why, " ")})
	}
	return allowed()
}

func admitAttachment(_ context.Context, _ *call, r *request) *verdict {
	if attached := r.of(); r.Name == "to-be-attached-pod" && attached.Stdin && attached.Container == "container1" {
		return refused(status{Message: "attaching to pod 'to-be-attached-pod' is not allowed"})
	}
	return allowed()
}

func addInitContainer(_ context.Context, _ *call, r *request) *verdict {
	const name = "webhook-added-init-container"
	pod := r.of()
	if pod.Metadata.Name != "webhook-to-be-mutated" || hasContainer(pod.Spec.InitContainers, name) {
		return allowed()
	}
	return patched(`[{"op":"add","path":"/spec/initContainers","value":[{"image":"webhook-added-image","name":"` + name + `","resources":{}}]}]`)
}

func addSidecar(_ context.Context, c *call, r *request) *verdict {
	const name = "webhook-added-sidecar"
	image := c.flags["sidecar-image"]
	switch {
	case image == "":
		return refused(status{Status: "Failure", Message: "No image specified by the sidecar-image parameter", Code: http.StatusInternalServerError})
	case hasContainer(r.of().Spec.Containers, name):
		return allowed()
	}
	return patched(fmt.Sprintf(`[{"op":"add", "path":"/spec/containers/-","value":{"image":%q,"name":%q,"resources":{}}}]`, image, name))
}

func hasContainer(containers []named, name string) bool {
	for _, container := range containers {
		if container.Name == name {
			return true
		}
	}
	return false
}

// admitData refuses objects by a key of their data, with a reason for those that are
// written and one for those that are deleted.
func admitData(unwanted, kept string) func(context.Context, *call, *request) *verdict {
	return func(_ context.Context, _ *call, r *request) *verdict {
		switch mark := r.of().Data[webhookMark]; {
		case mark == webhookDisallows && (r.Operation == "CREATE" || r.Operation == "UPDATE"):
			return refused(status{Reason: unwanted})
		case mark == "webhook-nondeletable" && r.Operation == "DELETE":
			return refused(status{Reason: kept})
		}
		return allowed()
	}
}

// changeData adds what shows that it was called, and that it was called after another.
func changeData(_ context.Context, _ *call, r *request) *verdict {
	data := r.of().Data
	switch {
	case data["mutation-stage-1"] == "yes":
		return patched(`[{"op": "add", "path": "/data/mutation-stage-2", "value": "yes"}]`)
	case data["mutation-start"] == "yes":
		return patched(`[{"op": "add", "path": "/data/mutation-stage-1", "value": "yes"}]`)
	}
	return allowed()
}

func admitDefinition(_ context.Context, _ *call, r *request) *verdict {
	if r.of().Metadata.Labels[webhookMark] == webhookDisallows {
		return refused(status{Message: "the crd contains unwanted label"})
	}
	return allowed()
}
