package kubelet

import (
	"fmt"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	"k8s.io/kubernetes/pkg/apis/core/v1/validation"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"

	"tabernetes/engine/node/container"
	"tabernetes/engine/node/imagestore"
	"tabernetes/engine/node/pod"
)

// Handler serves the node's kubelet API. Errors are plain text with the kubelet's
// messages (pkg/kubelet/server), which the API server passes on.
func (k *Kubelet) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", k.serveLogs)
	k.serveStreams(mux)
	return mux
}

func (k *Kubelet) serveLogs(response http.ResponseWriter, request *http.Request) {
	options := &corev1.PodLogOptions{}
	if err := legacyscheme.ParameterCodec.DecodeParameters(request.URL.Query(), corev1.SchemeGroupVersion, options); err != nil {
		http.Error(response, `{"message": "Unable to decode query."}`, http.StatusBadRequest)
		return
	}
	options.TypeMeta = metav1.TypeMeta{}
	if options.Stream == nil {
		all := corev1.LogStreamAll
		options.Stream = &all
	}
	if problems := validation.ValidatePodLogOptions(options); len(problems) > 0 {
		http.Error(response, `{"message": "Invalid request."}`, http.StatusUnprocessableEntity)
		return
	}
	namespace, name, container := request.PathValue("namespace"), request.PathValue("pod"), request.PathValue("container")
	log, code, err := k.findLog(namespace, name, container, options.Previous)
	if err != nil {
		http.Error(response, err.Error(), code)
		return
	}
	flush := func() {}
	if flusher, ok := response.(http.Flusher); ok {
		flush = flusher.Flush
	}
	response.Header().Set("Content-Type", "text/plain")
	response.WriteHeader(http.StatusOK)
	// The only error is that the reader has gone, which does not matter to this
	// server.
	_ = log.CopyTo(request.Context(), response, options, time.Now(), flush)
}

// findLog finds the log that a request asks for: that of the running container, or
// else of the last one that ended, or with previous of the one before a restart.
// The errors are those of the kubelet's validateContainerLogStatus.
func (k *Kubelet) findLog(namespace, name, container string, previous bool) (log *container.Log, code int, err error) {
	k.loop.Lock()
	defer k.loop.Unlock()
	w := k.Pod(namespace, name)
	if w == nil {
		return nil, http.StatusNotFound, fmt.Errorf("pod %q does not exist", name)
	}
	if kubecontainer.GetContainerSpec(w.Object(), container) == nil {
		return nil, http.StatusNotFound, fmt.Errorf("container %q not found in pod %q", container, name)
	}
	id, err := logOf(w, name, container, previous)
	if err != nil {
		return nil, http.StatusBadRequest, err
	}
	c := w.Find(id)
	if c == nil {
		return nil, http.StatusBadRequest, fmt.Errorf("unable to retrieve container logs for %s", id)
	}
	return c.Log(), http.StatusOK, nil
}

// Pod returns the worker of a pod by its name, or nil. The caller holds the lock.
func (k *Kubelet) Pod(namespace, name string) *pod.Worker {
	var found *pod.Worker
	for _, w := range k.pods {
		// Of several pods of one name, one that is still in the API is preferred,
		// and then one that has not finished.
		if w.Object().Namespace == namespace && w.Object().Name == name && (found == nil || found.Orphaned() || found.Finished() && !w.Orphaned()) {
			found = w
		}
	}
	return found
}

// logOf returns the ID of the container whose log is requested.
func logOf(w *pod.Worker, name, container string, previous bool) (string, error) {
	known := w.Status()
	status, ok := podutil.GetContainerStatus(known.ContainerStatuses, container)
	if !ok {
		status, ok = podutil.GetContainerStatus(known.InitContainerStatuses, container)
	}
	if !ok {
		status, ok = podutil.GetContainerStatus(known.EphemeralContainerStatuses, container)
	}
	if !ok {
		return "", fmt.Errorf("container %q in pod %q is not available", container, name)
	}
	last := status.LastTerminationState.Terminated
	switch {
	case previous && (last == nil || last.ContainerID == ""):
		return "", fmt.Errorf("previous terminated container %q in pod %q not found", container, name)
	case previous:
		return last.ContainerID, nil
	case status.State.Running != nil:
		return status.ContainerID, nil
	case status.State.Terminated != nil && status.State.Terminated.ContainerID != "":
		return status.State.Terminated.ContainerID, nil
	case last != nil && last.ContainerID != "":
		return last.ContainerID, nil
	case status.State.Terminated != nil || last != nil:
		return "", fmt.Errorf("container %q in pod %q is terminated", container, name)
	}
	reason := ""
	if status.State.Waiting != nil {
		reason = status.State.Waiting.Reason
	}
	switch reason {
	case imagestore.ErrImagePull.Error():
		reason = "image can't be pulled"
	case imagestore.ErrImagePullBackOff.Error():
		reason = "trying and failing to pull image"
	}
	return "", fmt.Errorf("container %q in pod %q is waiting to start: %s", container, name, reason)
}
