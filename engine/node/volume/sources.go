package volume

import (
	"errors"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	upstreamvolume "k8s.io/kubernetes/pkg/volume"
	"k8s.io/kubernetes/pkg/volume/configmap"
	"k8s.io/kubernetes/pkg/volume/downwardapi"
	"k8s.io/kubernetes/pkg/volume/secret"
	volumeutil "k8s.io/kubernetes/pkg/volume/util"
	"k8s.io/utils/ptr"
)

// payload is what a volume projects: files by path, with their modes.
type payload map[string]volumeutil.FileProjection

// projection collects the files of a volume whose content comes from the API,
// with upstream's functions for each source and by the rules of its projected
// volume plug-in.
func (s *Set) projection(v *volume) (payload, error) {
	switch source := &v.source; {
	case source.ConfigMap != nil:
		return s.configMapPayload(&source.ConfigMap.LocalObjectReference, source.ConfigMap.Optional, source.ConfigMap.Items, source.ConfigMap.DefaultMode, source.ConfigMap.DefaultUser)
	case source.Secret != nil:
		reference := corev1.LocalObjectReference{Name: source.Secret.SecretName}
		return s.secretPayload(&reference, source.Secret.Optional, source.Secret.Items, source.Secret.DefaultMode, source.Secret.DefaultUser)
	case source.DownwardAPI != nil:
		return s.downwardPayload(source.DownwardAPI.Items, source.DownwardAPI.DefaultMode, source.DownwardAPI.DefaultUser)
	case source.Projected != nil:
		return s.projectedPayload(v, source.Projected)
	}
	return nil, nil
}

func (s *Set) configMapPayload(from *corev1.LocalObjectReference, optional *bool, items []corev1.KeyToPath, mode *int32, user *int64) (payload, error) {
	namespace := s.pod.Object().Namespace
	found, err := s.host.ConfigMap(namespace, from.Name)
	if apierrors.IsNotFound(err) && ptr.Deref(optional, false) {
		found, err = &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: from.Name}}, nil
	}
	if err != nil {
		return nil, err
	}
	return configmap.MakePayload(items, found, mode, user, ptr.Deref(optional, false))
}

func (s *Set) secretPayload(from *corev1.LocalObjectReference, optional *bool, items []corev1.KeyToPath, mode *int32, user *int64) (payload, error) {
	namespace := s.pod.Object().Namespace
	found, err := s.host.Secret(namespace, from.Name)
	if apierrors.IsNotFound(err) && ptr.Deref(optional, false) {
		found, err = &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: from.Name}}, nil
	}
	if err != nil {
		return nil, err
	}
	return secret.MakePayload(items, found, mode, user, ptr.Deref(optional, false))
}

func (s *Set) downwardPayload(items []corev1.DownwardAPIVolumeFile, mode *int32, user *int64) (payload, error) {
	return downwardapi.CollectData(items, s.pod.Object(), allocatable{host: s.host}, mode, user)
}

// allocatable is the part of upstream's volume host that the downward API volume
// needs: what the node can allocate to pods.
type allocatable struct {
	upstreamvolume.VolumeHost
	host Host
}

// GetNodeAllocatable implements volume.VolumeHost.
func (a allocatable) GetNodeAllocatable() (corev1.ResourceList, error) {
	return a.host.Capacity(), nil
}

// projectedPayload combines the sources of a projected volume. Every source is
// tried, and all errors are reported.
func (s *Set) projectedPayload(v *volume, projected *corev1.ProjectedVolumeSource) (payload, error) {
	if projected.DefaultMode == nil {
		return nil, errors.New("no defaultMode used, not even the default value for it")
	}
	if s.awaitHost(v, projected) {
		return nil, errResolving
	}
	all := payload{}
	var problems []error
	for i := range projected.Sources {
		source := &projected.Sources[i]
		var files payload
		var err error
		switch {
		case source.Secret != nil:
			files, err = s.secretPayload(&source.Secret.LocalObjectReference, source.Secret.Optional, source.Secret.Items, projected.DefaultMode, projected.DefaultUser)
		case source.ConfigMap != nil:
			files, err = s.configMapPayload(&source.ConfigMap.LocalObjectReference, source.ConfigMap.Optional, source.ConfigMap.Items, projected.DefaultMode, projected.DefaultUser)
		case source.DownwardAPI != nil:
			files, err = s.downwardPayload(source.DownwardAPI.Items, projected.DefaultMode, projected.DefaultUser)
		case source.ServiceAccountToken != nil:
			files, err = s.tokenPayload(v, source.ServiceAccountToken, *projected.DefaultMode)
		case source.ClusterTrustBundle != nil:
			files, err = s.trustBundlePayload(source.ClusterTrustBundle, *projected.DefaultMode)
		case source.PodCertificate != nil:
			files, err = s.certificatePayload(v, i, source.PodCertificate, *projected.DefaultMode)
		}
		if err != nil {
			problems = append(problems, err)
			continue
		}
		maps.Copy(all, files)
	}
	return all, utilerrors.NewAggregate(problems)
}

// references returns the objects whose changes show in a volume of the pod.
func (v *volume) references(pod *corev1.Pod) []Object {
	var found []Object
	add := func(kind, name string) {
		one := Object{Kind: kind}
		one.Name = name
		if kind != TrustBundleKind && kind != TrustSignerKind {
			one.Namespace = pod.Namespace
		}
		found = append(found, one)
	}
	if source := v.source.ConfigMap; source != nil {
		add(ConfigMapKind, source.Name)
	}
	if source := v.source.Secret; source != nil {
		add(SecretKind, source.SecretName)
	}
	if v.source.Projected != nil {
		for i := range v.source.Projected.Sources {
			source := &v.source.Projected.Sources[i]
			if source.ConfigMap != nil {
				add(ConfigMapKind, source.ConfigMap.Name)
			}
			if source.Secret != nil {
				add(SecretKind, source.Secret.Name)
			}
			if source.ClusterTrustBundle != nil {
				addTrustBundle(source.ClusterTrustBundle, add)
			}
			if source.PodCertificate != nil {
				add(PodCertificateKind, pod.Name)
			}
		}
	}
	return found
}

// paths returns the paths of a payload, sorted.
func (s payload) paths() []string {
	return slices.SortedFunc(maps.Keys(s), strings.Compare)
}
