package container

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
)

// Adopt gives an adopted container its former identity, and its files.
func (c *Container) Adopt(id, imageName, imageID string) {
	var parsed kubecontainer.ContainerID
	if err := parsed.ParseString(id); err == nil {
		c.status.ID = parsed
	}
	// If the files cannot be made now, they could not be made when the container
	// was created: it has none.
	_ = c.MakeFiles()
	c.status.Image, c.status.ImageRef, c.status.ImageID = imageName, imageID, imageID
}

// AdoptEnd marks an adopted container as ended.
func (c *Container) AdoptEnd(end *corev1.ContainerStateTerminated) {
	c.status.State = kubecontainer.ContainerStateExited
	c.status.CreatedAt, c.status.StartedAt, c.status.FinishedAt = end.StartedAt.Time, end.StartedAt.Time, end.FinishedAt.Time
	c.status.ExitCode, c.status.Reason, c.status.Message = int(end.ExitCode), end.Reason, end.Message
	c.log.close()
}

// Resume continues process 1 of an adopted container. The image's own program is
// in the state that it would have reached by now. A program of the shell is run
// again from its start, without waiting at its sleeps until it has caught up (see
// RATIONALE). since is when the container was started.
func (c *Container) Resume(since time.Time) {
	c.status.State = kubecontainer.ContainerStateRunning
	c.status.CreatedAt, c.status.StartedAt = since, since
	c.begin()
	args, err := c.mainProcess()
	if err != nil || args == nil || c.files == nil {
		c.program.resume(c.status.StartedAt, c.exit)
		return
	}
	c.launch(args, max(0, c.scope.Now().Sub(c.status.StartedAt)))
}
