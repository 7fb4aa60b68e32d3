package pod

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"tabernetes/engine/node/image"
	"tabernetes/engine/node/recorder"
	"tabernetes/engine/node/setting"
)

// settings returns what the pod's annotations set for a container.
func (w *Worker) settings(container string) image.Settings {
	settings, _ := image.SettingsOf(w.pod.Annotations, container, containerNames(w.pod))
	return settings
}

// checkSettings records a warning for each annotation that is not valid.
func (w *Worker) checkSettings() {
	names := containerNames(w.pod)
	seen := map[string]bool{}
	for _, name := range names {
		_, problems := image.SettingsOf(w.pod.Annotations, name, names)
		for _, problem := range problems {
			if text := problem.Error(); !seen[text] {
				seen[text] = true
				w.Event(corev1.EventTypeWarning, recorder.InvalidAnnotation, text)
			}
		}
	}
}

// settingsChanged applies changed annotations to a pod that already runs:
// responses and consumption change at once, start-up behaviour at the next start.
func (w *Worker) settingsChanged() {
	w.checkSettings()
	for _, c := range w.Running() {
		c.ApplySettings(w.settings(c.Spec().Name))
	}
}

// sameSettings reports whether two sets of annotations have the same settings.
func sameSettings(one, other map[string]string) bool {
	ours := func(annotations map[string]string) map[string]string {
		kept := map[string]string{}
		for name, value := range annotations {
			if strings.HasPrefix(name, setting.Prefix) {
				kept[name] = value
			}
		}
		return kept
	}
	return maps.Equal(ours(one), ours(other))
}

// containerNames are the names of the pod's containers of every kind.
func containerNames(pod *corev1.Pod) []string {
	var names []string
	for i := range pod.Spec.InitContainers {
		names = append(names, pod.Spec.InitContainers[i].Name)
	}
	for i := range pod.Spec.Containers {
		names = append(names, pod.Spec.Containers[i].Name)
	}
	for i := range pod.Spec.EphemeralContainers {
		names = append(names, pod.Spec.EphemeralContainers[i].Name)
	}
	return slices.Clip(names)
}
