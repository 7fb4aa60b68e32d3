package diagnose

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// configured is a ConfigMap or Secret that a pod cannot start without, and the key
// that the pod needs from it, if it names one.
type configured struct {
	kind, name, key, path string
}

// missingConfiguration finds the first ConfigMap or Secret that a pod refers to
// and that does not exist.
func (d *Diagnoser) missingConfiguration(pod *corev1.Pod) *Link {
	for _, wanted := range configurationOf(pod) {
		reference := Reference{Kind: wanted.kind, Namespace: pod.Namespace, Name: wanted.name}
		link := &Link{
			Object: reference, Reason: ReasonConfigMissing, State: Blocked,
			Parameters: Parameters{"kind": wanted.kind, "name": wanted.name},
			Evidence:   []Evidence{field(wanted.path, wanted.name)},
			Command:    command(pod.Namespace, "get", resourceOf(wanted.kind), wanted.name),
		}
		keys, exists := d.keysOf(wanted.kind, pod.Namespace, wanted.name)
		if !exists {
			return link
		}
		if wanted.key != "" && !slices.Contains(keys, wanted.key) {
			link.Reason = ReasonConfigKeyMissing
			link.Parameters["key"] = wanted.key
			link.Evidence = []Evidence{field(wanted.path, wanted.name+" "+wanted.key)}
			link.Command = command(pod.Namespace, "describe", resourceOf(wanted.kind), wanted.name)
			return link
		}
	}
	return nil
}

func (d *Diagnoser) keysOf(kind, namespace, name string) (keys []string, exists bool) {
	switch object := d.find(kind, namespace, name).(type) {
	case *corev1.ConfigMap:
		for key := range object.Data {
			keys = append(keys, key)
		}
		for key := range object.BinaryData {
			keys = append(keys, key)
		}
	case *corev1.Secret:
		for key := range object.Data {
			keys = append(keys, key)
		}
	default:
		return nil, false
	}
	return keys, true
}

// configurationOf lists the ConfigMaps and Secrets that a pod refers to without
// marking them as optional.
func configurationOf(pod *corev1.Pod) []configured {
	var wanted []configured
	add := func(kind, name, key, path string, optional *bool) {
		if name != "" && (optional == nil || !*optional) {
			wanted = append(wanted, configured{kind, name, key, path})
		}
	}
	for _, containers := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for _, container := range containers {
			for _, from := range container.EnvFrom {
				if reference := from.ConfigMapRef; reference != nil {
					add("ConfigMap", reference.Name, "", ".envFrom[*].configMapRef", reference.Optional)
				}
				if reference := from.SecretRef; reference != nil {
					add("Secret", reference.Name, "", ".envFrom[*].secretRef", reference.Optional)
				}
			}
			for _, variable := range container.Env {
				if variable.ValueFrom == nil {
					continue
				}
				if reference := variable.ValueFrom.ConfigMapKeyRef; reference != nil {
					add("ConfigMap", reference.Name, reference.Key, ".env[\""+variable.Name+"\"].valueFrom.configMapKeyRef", reference.Optional)
				}
				if reference := variable.ValueFrom.SecretKeyRef; reference != nil {
					add("Secret", reference.Name, reference.Key, ".env[\""+variable.Name+"\"].valueFrom.secretKeyRef", reference.Optional)
				}
			}
		}
	}
	for _, volume := range pod.Spec.Volumes {
		path := ".volumes[\"" + volume.Name + "\"]"
		if source := volume.ConfigMap; source != nil {
			add("ConfigMap", source.Name, "", path+".configMap", source.Optional)
			for _, item := range source.Items {
				add("ConfigMap", source.Name, item.Key, path+".configMap.items", source.Optional)
			}
		}
		if source := volume.Secret; source != nil {
			add("Secret", source.SecretName, "", path+".secret", source.Optional)
			for _, item := range source.Items {
				add("Secret", source.SecretName, item.Key, path+".secret.items", source.Optional)
			}
		}
		if volume.Projected == nil {
			continue
		}
		for _, source := range volume.Projected.Sources {
			if source.ConfigMap != nil {
				add("ConfigMap", source.ConfigMap.Name, "", path+".projected.configMap", source.ConfigMap.Optional)
			}
			if source.Secret != nil {
				add("Secret", source.Secret.Name, "", path+".projected.secret", source.Secret.Optional)
			}
		}
	}
	return wanted
}
