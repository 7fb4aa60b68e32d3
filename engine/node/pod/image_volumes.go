package pod

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/kubelet/events"

	"tabernetes/engine/node/container"
	"tabernetes/engine/node/image"
	"tabernetes/engine/node/imagestore"
	"tabernetes/engine/userland/filesystem"
)

// imageVolume is what has become of the pull for a volume that shows an image: its
// files, or why there are none, as the waiting state tells it (KEP-4639).
type imageVolume struct {
	files   *filesystem.FileSystem
	err     error
	message string
}

// volumePuller is the pod as the one who pulls for its volumes: the events are the
// pod's and no container's.
type volumePuller struct{ *Worker }

// ContainerEvent implements imagestore.Pod.
func (p volumePuller) ContainerEvent(_ *corev1.Container, kind, reason, message string) {
	p.Event(kind, reason, message)
}

// pullVolumes pulls the images of the pod's volumes, one after the other, before any
// container starts, and then starts the containers. One that is missing fails them
// later, so that the reason is in their status.
func (s *podSync) pullVolumes() {
	var volumes []*corev1.Volume
	if len(s.todo.ephemeral)+len(s.todo.init)+len(s.todo.start) > 0 {
		for i := range s.worker.pod.Spec.Volumes {
			if one := &s.worker.pod.Spec.Volumes[i]; one.Image != nil {
				volumes = append(volumes, one)
			}
		}
	}
	s.images = make(map[string]imageVolume, len(volumes))
	s.pullNext(volumes)
}

func (s *podSync) pullNext(volumes []*corev1.Volume) {
	if len(volumes) == 0 {
		s.startEphemeral()
		return
	}
	w, next := s.worker, volumes[0]
	w.node.Puller().Ensure(imagestore.Request{
		Pod: volumePuller{w}, Scope: w.scope, Vary: w.vary,
		Spec: &corev1.Container{Image: next.Image.Reference, ImagePullPolicy: next.Image.PullPolicy},
		Done: func(pulled image.Image, message string, err error) {
			one := imageVolume{err: err, message: message}
			if err == nil {
				w.showsImage(next.Name, pulled.Name)
				one.files, one.err = container.ImageFiles(pulled, w.pod.Name)
			}
			s.images[next.Name] = one
			s.pullNext(volumes[1:])
		},
	})
}

// imagesOf returns the files of the image volumes that a container mounts. Without one
// of them the container cannot start, with the message and the error of its pull.
func (s *podSync) imagesOf(spec *corev1.Container) (files map[string]*filesystem.FileSystem, message string, err error) {
	files = map[string]*filesystem.FileSystem{}
	for i := range spec.VolumeMounts {
		one, pulled := s.images[spec.VolumeMounts[i].Name]
		switch {
		case !pulled:
		case one.err != nil:
			s.worker.ContainerEvent(spec, corev1.EventTypeWarning, events.FailedToCreateContainer, "Error: "+one.err.Error())
			message, err = one.message, one.err
		default:
			files[spec.VolumeMounts[i].Name] = one.files
		}
	}
	return files, message, err
}

// adoptedImages are the files of the image volumes of an adopted container.
func (w *Worker) adoptedImages(spec *corev1.Container) map[string]*filesystem.FileSystem {
	files := map[string]*filesystem.FileSystem{}
	for i := range w.pod.Spec.Volumes {
		one := &w.pod.Spec.Volumes[i]
		mounted := slices.ContainsFunc(spec.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == one.Name })
		if one.Image == nil || !mounted {
			continue
		}
		// What cannot be found any more leaves the container without its mounts.
		if found, err := w.node.Images().TakeOver(one.Image.Reference); err == nil {
			if made, err := container.ImageFiles(found, w.pod.Name); err == nil {
				w.showsImage(one.Name, found.Name)
				files[one.Name] = made
			}
		}
	}
	return files
}

// UsedImages are the images of the pod's containers and of its volumes, by full name.
func (w *Worker) UsedImages() []string {
	names := slices.Collect(maps.Values(w.volumeImages))
	for _, c := range w.containers {
		names = append(names, c.ImageName())
	}
	return names
}

// showsImage notes that a volume of the pod shows an image.
func (w *Worker) showsImage(volume, name string) {
	if w.volumeImages == nil {
		w.volumeImages = map[string]string{}
	}
	w.volumeImages[volume] = name
}
