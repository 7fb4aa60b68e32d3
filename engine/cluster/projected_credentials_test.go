package cluster_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	certificatesv1 "k8s.io/api/certificates/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/cert"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

// showing is a pod that serves its files, with a projected volume at /run/shown.
func showing(name, sources string) string {
	return fmt.Sprintf(`
apiVersion: v1
kind: Pod
metadata: {name: %s}
spec:
  volumes: [{name: shown, projected: {sources: [%s]}}]
  containers:
  - name: c
    image: registry.k8s.io/e2e-test-images/agnhost:2.66.1
    args: [test-webserver, --port, "8089"]
    volumeMounts: [{name: shown, mountPath: /run/shown}]
`, name, sources)
}

// file is a file of the volume of such a pod, as its container sees it.
func (u *user) file(pod, name string) string {
	u.t.Helper()
	from, _ := u.running.Network().Node(0)
	return get(u.t, u.running, from, fmt.Sprintf("http://%s:8089/run/shown/%s", u.pod(pod).Status.PodIP, name))
}

func (u *user) runs(pod string, limit time.Duration) {
	u.t.Helper()
	u.until(pod+" runs", limit, func() bool { return u.pod(pod).Status.Phase == corev1.PodRunning })
}

// waits checks that a pod has not started, as the kubelet shows it.
func (u *user) waits(pod, why string) {
	u.t.Helper()
	status := u.pod(pod).Status
	if status.Phase != corev1.PodPending || len(status.ContainerStatuses) != 1 || status.ContainerStatuses[0].State.Waiting.Reason != "ContainerCreating" {
		u.t.Errorf("%s: got %s %+v, want it in ContainerCreating", pod, status.Phase, status.ContainerStatuses)
	}
	u.expectEvent(pod, "FailedMount", `MountVolume.SetUp failed for volume "shown" : `+why)
}

func authorityPEM(name string) string {
	made := must(cert.NewSelfSignedCACert(cert.Config{CommonName: name}, must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))))
	return certificatePEM(made.Raw)
}

func TestTrustBundleOfTheAPIServer(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 21}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		const signer = "kubernetes.io/kube-apiserver-serving"
		bundles := u.CertificatesV1().ClusterTrustBundles()
		list, err := bundles.List(t.Context(), metav1.ListOptions{FieldSelector: "spec.signerName=" + signer})
		u.must(err)
		root, err := u.CoreV1().ConfigMaps("default").Get(t.Context(), "kube-root-ca.crt", metav1.GetOptions{})
		u.must(err)
		if len(list.Items) != 1 || list.Items[0].Spec.TrustBundle != root.Data["ca.crt"] || !strings.HasPrefix(list.Items[0].Name, "kubernetes.io:kube-apiserver-serving:") {
			t.Fatalf("got %+v, want one with the certificate of kube-root-ca.crt", list.Items)
		}
		u.must(bundles.Delete(t.Context(), list.Items[0].Name, metav1.DeleteOptions{}))
		u.until("the bundle is back", time.Minute, func() bool {
			_, err := bundles.Get(t.Context(), list.Items[0].Name, metav1.GetOptions{})
			return err == nil
		})
		u.apply(showing("client", `{clusterTrustBundle: {signerName: kubernetes.io/kube-apiserver-serving, labelSelector: {}, path: api.pem}}`))
		u.runs("client", time.Minute)
		if got := u.file("client", "api.pem"); got != root.Data["ca.crt"] {
			t.Errorf("got %q, want %q", got, root.Data["ca.crt"])
		}
	})
}

func TestTrustBundleVolumes(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 22}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		first, second := authorityPEM("first"), authorityPEM("second")
		u.apply(showing("named", `{clusterTrustBundle: {name: orchard, path: orchard.pem}}`))
		u.apply(showing("signed", `{clusterTrustBundle: {signerName: orchard.example/pear, labelSelector: {matchLabels: {kind: conference}}, path: pear.pem}}`))
		u.apply(showing("optional", `{clusterTrustBundle: {name: orchard, path: orchard.pem, optional: true}}`))
		u.runs("optional", time.Minute)
		if got := u.file("optional", "orchard.pem"); got != "" {
			t.Errorf("optional and absent: got %q, want an empty file", got)
		}
		u.waits("named", `while getting ClusterTrustBundle: clustertrustbundle.certificates.k8s.io "orchard" not found`)
		u.waits("signed", "combination of signerName and labelSelector matched zero ClusterTrustBundles")

		bundles := u.CertificatesV1().ClusterTrustBundles()
		orchard, err := bundles.Create(t.Context(), &certificatesv1.ClusterTrustBundle{
			ObjectMeta: metav1.ObjectMeta{Name: "orchard"}, Spec: certificatesv1.ClusterTrustBundleSpec{TrustBundle: "text before\n" + first},
		}, metav1.CreateOptions{})
		u.must(err)
		pear := func(name, kind, text string) {
			_, err := bundles.Create(t.Context(), &certificatesv1.ClusterTrustBundle{
				ObjectMeta: metav1.ObjectMeta{Name: "orchard.example:pear:" + name, Labels: map[string]string{"kind": kind}},
				Spec:       certificatesv1.ClusterTrustBundleSpec{SignerName: "orchard.example/pear", TrustBundle: text},
			}, metav1.CreateOptions{})
			u.must(err)
		}
		pear("a", "conference", first)
		pear("b", "williams", second)
		for _, pod := range []string{"named", "signed"} {
			u.runs(pod, 3*time.Minute)
		}
		if got := u.file("named", "orchard.pem"); got != first {
			t.Errorf("by name: got %q, want the certificate and nothing else", got)
		}
		if got := u.file("signed", "pear.pem"); got != first {
			t.Errorf("by signer: got %q, want the bundle with the label", got)
		}
		// A kubelet sets the volumes of a pod up again at its next sync.
		u.until("the file that was empty has its content", 2*time.Minute, func() bool { return u.file("optional", "orchard.pem") == first })

		orchard.Spec.TrustBundle = second
		_, err = bundles.Update(t.Context(), orchard, metav1.UpdateOptions{})
		u.must(err)
		pear("c", "conference", second+first)
		time.Sleep(2 * time.Minute)
		if got := u.file("named", "orchard.pem"); got != second {
			t.Errorf("changed: got %q", got)
		}
		if got := u.file("signed", "pear.pem"); len(got) != len(first+second) || !strings.Contains(got, first) || !strings.Contains(got, second) {
			t.Errorf("with another bundle of the signer: got %q, want each certificate once", got)
		}

		// A bundle that is gone stays where it was mounted.
		u.must(bundles.Delete(t.Context(), "orchard", metav1.DeleteOptions{}))
		time.Sleep(2 * time.Minute)
		if got := u.file("named", "orchard.pem"); got != second {
			t.Errorf("deleted: got %q", got)
		}
		u.waitsNoMore("named", `while getting ClusterTrustBundle: clustertrustbundle.certificates.k8s.io "orchard" not found`)
	})
}

// waitsNoMore checks that a pod that runs has the event of a failed set-up.
func (u *user) waitsNoMore(pod, why string) {
	u.t.Helper()
	if phase := u.pod(pod).Status.Phase; phase != corev1.PodRunning {
		u.t.Errorf("%s: got %s", pod, phase)
	}
	u.expectEvent(pod, "FailedMount", `MountVolume.SetUp failed for volume "shown" : `+why)
}

const certified = `{podCertificate: {signerName: garden.example/rose, keyType: ECDSAP384, maxExpirationSeconds: 5400, credentialBundlePath: both.pem,
  keyPath: key.pem, certificateChainPath: chain.pem, userAnnotations: {garden.example/colour: red}}}`

func TestPodCertificateVolume(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 23}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		signer := u.newSigner("garden.example/rose")
		u.apply(showing("rose", certified))
		request := signer.next("rose", time.Minute)
		pod := u.pod("rose")
		spec := request.Spec
		if spec.PodUID != pod.UID || string(spec.NodeName) != pod.Spec.NodeName || spec.NodeUID != u.node(pod.Spec.NodeName).UID || spec.ServiceAccountName != "default" ||
			*spec.MaxExpirationSeconds != 5400 || spec.UnverifiedUserAnnotations["garden.example/colour"] != "red" ||
			!slices.ContainsFunc(request.OwnerReferences, func(owner metav1.OwnerReference) bool { return owner.UID == pod.UID }) {
			t.Errorf("the request: got %+v of %+v", spec, request.OwnerReferences)
		}
		time.Sleep(20 * time.Second)
		u.waits("rose", "credential bundle is not issued yet")
		signer.issue(request, "rose")
		u.runs("rose", 2*time.Minute)
		both := u.file("rose", "both.pem")
		if got := u.file("rose", "key.pem") + u.file("rose", "chain.pem"); got != both {
			t.Errorf("key and chain: got %q, want together %q", got, both)
		}
		if got := signer.serial(both); got != 101 {
			t.Errorf("got certificate %d, want the first", got)
		}

		// Requests are cleaned up fifteen minutes after they were made, at the latest.
		time.Sleep(time.Hour)
		_, err := u.CertificatesV1().PodCertificateRequests("default").Get(t.Context(), request.Name, metav1.GetOptions{})
		if !apierrors.IsNotFound(err) || len(signer.requests()) > 0 {
			t.Errorf("an hour later: got %v and %d requests", err, len(signer.requests()))
		}
		// The certificate is renewed ten minutes before its end, with up to five minutes
		// of jitter, and a look at each up to two minutes.
		renewal := signer.next("rose", 30*time.Minute)
		if since := renewal.CreationTimestamp.Sub(request.CreationTimestamp.Time); since < 80*time.Minute || since > 88*time.Minute {
			t.Errorf("renewed after %s", since)
		}
		if slices.Equal(renewal.Spec.StubPKCS10Request, spec.StubPKCS10Request) {
			t.Error("the renewal is for the same key")
		}
		signer.issue(renewal, "rose")
		time.Sleep(2 * time.Minute)
		if got := signer.serial(u.file("rose", "both.pem")); got != 102 {
			t.Errorf("got certificate %d, want the second", got)
		}
		if restarts := u.pod("rose").Status.ContainerStatuses[0].RestartCount; restarts > 0 {
			t.Errorf("got %d restarts", restarts)
		}

		// Nobody signs the next one.
		signer.next("rose", 90*time.Minute)
		time.Sleep(20 * time.Minute)
		u.expectEvent("rose", "CertificateOverdueForRefresh", "PodCertificate refresh overdue")
		u.expectEvent("rose", "CertificateExpired", "PodCertificate expired")
	})
}

func TestPodCertificateIsRefused(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 24}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		signer := u.newSigner("garden.example/rose")
		for pod, decision := range map[string]string{
			"denied": certificatesv1.PodCertificateRequestConditionTypeDenied, "failed": certificatesv1.PodCertificateRequestConditionTypeFailed,
		} {
			u.apply(showing(pod, certified))
			signer.decide(signer.next(pod, time.Minute), decision, "Frost", "no roses in winter")
			time.Sleep(time.Minute)
			u.waits(pod, "PodCertificateRequest was permanently "+pod+`: reason="Frost" message="no roses in winter"`)
			u.expectEvent(pod, decision, "Frost%!(EXTRA string=PodCertificateRequest default/req-")
			if asks := len(signer.requests()); asks > 0 {
				t.Errorf("%s: the kubelet asks again", pod)
			}
		}
		// A pod that is gone leaves nothing behind.
		u.must(u.CoreV1().Pods("default").Delete(t.Context(), "denied", metav1.DeleteOptions{}))
		u.until("its request is collected", time.Minute, func() bool {
			list, err := u.CertificatesV1().PodCertificateRequests("default").List(t.Context(), metav1.ListOptions{})
			u.must(err)
			return len(list.Items) == 1 && list.Items[0].Spec.PodName == "failed"
		})
	})
}

// A node that is cut off asks for no certificates, and does when it is back.
func TestPodCertificateBehindAPartition(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 25}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		signer := u.newSigner("garden.example/rose")
		u.apply(strings.Replace(showing("rose", certified), "spec:", "spec:\n  nodeName: node-2\n  tolerations: [{operator: Exists}]", 1))
		signer.issue(signer.next("rose", time.Minute), "rose")
		u.runs("rose", 2*time.Minute)
		u.machine("node-2", "network", "partitioned")
		time.Sleep(100 * time.Minute)
		if asks := signer.requests(); len(asks) > 0 {
			t.Errorf("behind a partition: got %d requests, made at %v", len(asks), asks[0].CreationTimestamp)
		}
		u.machine("node-2", "network", "")
		signer.issue(signer.next("rose", 5*time.Minute), "rose")
		time.Sleep(2 * time.Minute)
		if got := signer.serial(u.file("rose", "both.pem")); got != 102 {
			t.Errorf("got certificate %d, want the second", got)
		}
	})
}

// A pod of a stored cluster goes on with the credentials that it had, and has new ones
// issued, as after a restart of the kubelet.
func TestCredentialsOfAStoredCluster(t *testing.T) {
	var options cluster.Options
	var before string
	var signer *podSigner
	var failed int32
	failures := func(u *user) (count int32) {
		for _, event := range u.events("rose") {
			if event.Reason == "FailedMount" {
				count += event.Count
			}
		}
		return count
	}
	sources := certified + ", {clusterTrustBundle: {signerName: garden.example/rose, labelSelector: {}, path: garden.pem}}"
	clustertest.Virtual(t, cluster.Options{Seed: 27}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		signer = u.newSigner("garden.example/rose")
		u.apply(showing("rose", sources))
		signer.issue(signer.next("rose", time.Minute), "rose")
		u.runs("rose", 2*time.Minute)
		before, failed = u.file("rose", "both.pem"), failures(u)
		snapshot := running.Store().Snapshot()
		options = cluster.Options{Seed: 27, Restore: &snapshot, Disks: must(running.Disks())}
	})
	clustertest.Virtual(t, options, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		signer.user = u
		time.Sleep(time.Second) // the program is started again
		if got := u.file("rose", "both.pem"); got != before {
			t.Errorf("got %q, want the credentials from before", got)
		}
		if got := u.file("rose", "garden.pem"); got != certificatePEM(signer.authority.Raw) {
			t.Errorf("got %q, want the bundle", got)
		}
		signer.issue(signer.next("rose", time.Minute), "rose")
		time.Sleep(2 * time.Minute)
		if got := signer.serial(u.file("rose", "both.pem")); got != 102 {
			t.Errorf("got certificate %d, want the second", got)
		}
		if restarts := u.pod("rose").Status.ContainerStatuses[0].RestartCount; restarts > 0 {
			t.Errorf("got %d restarts", restarts)
		}
		if got := failures(u); got != failed {
			t.Errorf("got %d events FailedMount, want the %d from before", got, failed)
		}
		// Nothing is left of a pod that is gone.
		u.must(u.CoreV1().Pods("default").Delete(t.Context(), "rose", metav1.DeleteOptions{}))
		time.Sleep(time.Minute)
		if disks := must(running.Disks()); strings.Contains(string(disks), "/var/lib/kubelet/pods/") {
			t.Errorf("left on the disks: %s", disks)
		}
	})
}
