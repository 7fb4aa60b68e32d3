package volume

import (
	"context"
	"errors"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/kubelet/clustertrustbundle"
	volumeutil "k8s.io/kubernetes/pkg/volume/util"
	"k8s.io/utils/ptr"
)

// TrustBundleHost is a node that knows the ClusterTrustBundles of its cluster, from the
// first volume on that shows one.
type TrustBundleHost interface {
	// TrustBundles is upstream's manager of them; nil until it has been started. The
	// caller holds the lock.
	TrustBundles() clustertrustbundle.Manager
	// StartTrustBundles starts it, and waits until it knows the bundles, at most ten
	// seconds. It is called without the lock; when it runs already, it does nothing.
	StartTrustBundles(ctx context.Context)
}

// trustBundlePayload returns the file of a source clusterTrustBundle (KEP-3257), as
// collectData of pkg/volume/projected/projected.go makes it: the certificates of one
// bundle, or of all bundles of a signer with the labels, each once. Where no bundle is
// found and the source is optional, the file is empty.
func (s *Set) trustBundlePayload(source *corev1.ClusterTrustBundleProjection, mode int32) (payload, error) {
	bundles, optional := s.host.TrustBundles(), ptr.Deref(source.Optional, false)
	var anchors []byte
	var err error
	switch {
	case source.Name != nil:
		anchors, err = bundles.GetTrustAnchorsByName(context.Background(), *source.Name, optional)
	case source.SignerName != nil:
		anchors, err = bundles.GetTrustAnchorsBySigner(context.Background(), *source.SignerName, source.LabelSelector, optional)
	default:
		err = errors.New("ClusterTrustBundle projection requires either name or signerName to be set")
	}
	if err != nil {
		return nil, err
	}
	mode, user := s.ownerOf(mode)
	return payload{source.Path: {Data: anchors, Mode: mode, FsUser: user}}, nil
}

// ownerOf returns the mode and the owner of a file with credentials: the containers'
// user, if they have one and the same, and then nobody else may read it. Where the pod
// has an fsGroup, that may read it too (see giveToGroup).
func (s *Set) ownerOf(mode int32) (int32, *int64) {
	user := volumeutil.FsUserFrom(s.pod.Object())
	if user != nil || s.fsGroup() != nil {
		mode = 0o600
	}
	return mode, user
}

// awaitHost has the node start what a projected volume needs and is not there yet: the
// kubelet's managers of trust bundles and of certificates run from the first such volume
// on. It reports whether the volume has to wait for them; then it is set up afterwards.
func (s *Set) awaitHost(v *volume, projected *corev1.ProjectedVolumeSource) bool {
	var start []func(context.Context)
	for i := range projected.Sources {
		source := &projected.Sources[i]
		switch {
		case source.ClusterTrustBundle != nil && s.host.TrustBundles() == nil:
			start = append(start, s.host.StartTrustBundles)
		case source.PodCertificate != nil && s.host.PodCertificates() == nil && v.kept[i] == nil:
			start = append(start, s.host.StartPodCertificates)
		}
	}
	if len(start) == 0 {
		return false
	}
	s.host.Call(func(ctx context.Context) {
		for _, begin := range start {
			begin(ctx)
		}
		s.scope.Lock()
		defer s.scope.Unlock()
		if s.scope.Ended() || ctx.Err() != nil {
			return
		}
		s.scope.Advance()
		s.setUp(v)
		s.progressed()
		s.scope.Wake()
	})
	return true
}

// addTrustBundle adds the bundles that a source shows to the objects whose changes show
// in a volume.
func addTrustBundle(source *corev1.ClusterTrustBundleProjection, add func(kind, name string)) {
	switch {
	case source.Name != nil:
		add(TrustBundleKind, *source.Name)
	case source.SignerName != nil:
		add(TrustSignerKind, *source.SignerName)
	}
}
