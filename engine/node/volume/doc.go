// Package volume sets up the volumes of a simulated pod: it does what the
// kubelet's volume manager and the volume plug-ins do until a container can mount
// them, with their waits, retries and messages. emptyDir, hostPath, ConfigMaps,
// Secrets, the downward API, service account tokens, trust bundles, certificates of
// pods and claims are file systems here (engine/userland/filesystem); every other kind
// fails as on a node that lacks its driver.
//
// The pod's worker (engine/node/pod) makes a Set for each pod and waits for it in
// a sync. The package knows the pod and the node only as Pod and Host; it must not
// know containers, nor the pod's worker.
//
// Everything here belongs to the sync loop and is used under the loop's lock,
// except the lookup of a claim and the start of the managers of bundles and
// certificates, which run without the lock through Host.Call.
package volume
