package container

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
)

// Adopt gives a container that was taken over the identity that it had, and
// files.
func (c *Container) Adopt(id, imageName, imageID string) {
	var parsed kubecontainer.ContainerID
	if err := parsed.ParseString(id); err == nil {
		c.status.ID = parsed
	}
	// Files that cannot be made now were made when the container was: it has none.
	_ = c.MakeFiles()
	c.status.Image, c.status.ImageRef, c.status.ImageID = imageName, imageID, imageID
}

// AdoptEnd takes over a container that has ended.
func (c *Container) AdoptEnd(end *corev1.ContainerStateTerminated) {
	c.status.State = kubecontainer.ContainerStateExited
	c.status.CreatedAt, c.status.StartedAt, c.status.FinishedAt = end.StartedAt.Time, end.StartedAt.Time, end.FinishedAt.Time
	c.status.ExitCode, c.status.Reason, c.status.Message = int(end.ExitCode), end.Reason, end.Message
	c.log.close()
}

// Resume goes on with process 1 of a container that was taken over: the image's
// own program is where it would be, and a program of the shell is run again from
// its start, its waits cut short until it has caught up (see RATIONALE). since is
// when it was started.
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
