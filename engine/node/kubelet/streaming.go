package kubelet

import (
	"fmt"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"

	"tabernetes/engine/node/container"
)

// Timeouts of the kubelet's streaming server: for an idle connection, and for a
// client that does not open the streams it has announced.
const (
	streamIdleTimeout     = 4 * time.Hour
	streamCreationTimeout = 30 * time.Second
)

// serveStreams adds the streaming part of the kubelet's API, with upstream's
// server: SPDY, and the older WebSocket protocols. The API server translates
// version 5 of the WebSocket protocol into SPDY, because these nodes do not
// declare that they support it.
func (k *Kubelet) serveStreams(mux *http.ServeMux) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		mux.HandleFunc(method+" /exec/{namespace}/{pod}/{container}", k.serveExec)
		mux.HandleFunc(method+" /attach/{namespace}/{pod}/{container}", k.serveAttach)
		mux.HandleFunc(method+" /portForward/{namespace}/{pod}", k.servePortForward)
		mux.HandleFunc(method+" /portForward/{namespace}/{pod}/{uid}", k.servePortForward)
	}
}

func (k *Kubelet) serveExec(response http.ResponseWriter, request *http.Request) {
	k.serveStream(response, request, func(pod *corev1.Pod, c *container.Container, options *remotecommand.Options) {
		command := request.URL.Query()["command"]
		remotecommand.ServeExec(response, request, c, pod.Name, string(pod.UID), c.Spec().Name, command,
			options, streamIdleTimeout, streamCreationTimeout, remotecommand.SupportedStreamingProtocols)
	})
}

func (k *Kubelet) serveAttach(response http.ResponseWriter, request *http.Request) {
	k.serveStream(response, request, func(pod *corev1.Pod, c *container.Container, options *remotecommand.Options) {
		remotecommand.ServeAttach(response, request, c, pod.Name, string(pod.UID), c.Spec().Name,
			options, streamIdleTimeout, streamCreationTimeout, remotecommand.SupportedStreamingProtocols)
	})
}

// serveStream finds the container that a request asks for. The errors are those of
// the kubelet.
func (k *Kubelet) serveStream(response http.ResponseWriter, request *http.Request, serve func(*corev1.Pod, *container.Container, *remotecommand.Options)) {
	options, err := remotecommand.NewOptions(request)
	if err != nil {
		http.Error(response, err.Error(), http.StatusBadRequest)
		return
	}
	name := request.PathValue("container")
	k.loop.Lock()
	w := k.Pod(request.PathValue("namespace"), request.PathValue("pod"))
	var found *container.Container
	if w != nil && !w.Removed() {
		for _, c := range w.Running() {
			if c.Spec().Name == name {
				found = c
			}
		}
	}
	k.loop.Unlock()
	switch {
	case w == nil:
		http.Error(response, "pod does not exist", http.StatusNotFound)
	case found == nil:
		// kubectl prints this after the API server's own words.
		http.Error(response, fmt.Sprintf("container not found (%q)", name), http.StatusInternalServerError)
	default:
		serve(w.Object(), found, options)
	}
}
