package kubelet

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"k8s.io/apimachinery/pkg/util/version"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/featuregate"
	nodeutil "k8s.io/component-helpers/node/util"
	"k8s.io/component-helpers/nodedeclaredfeatures"
	declaredfeatures "k8s.io/component-helpers/nodedeclaredfeatures/features"
	"k8s.io/klog/v2"
	kubeletapis "k8s.io/kubelet/pkg/apis"
	"k8s.io/kubernetes/pkg/kubelet/cm"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/kubernetes/pkg/kubelet/events"
	"k8s.io/kubernetes/pkg/kubelet/nodestatus"
	volumeutil "k8s.io/kubernetes/pkg/volume/util"

	"tabernetes/engine/node/hardware"
)

// Defaults of the kubelet's configuration.
const (
	nodeStatusCheck   = 10 * time.Second
	nodeStatusReport  = 5 * time.Minute
	nodeStatusImages  = 50
	Port              = 10250
	registerRetry     = 100 * time.Millisecond
	registerRetryMost = 7 * time.Second
)

// What a node reports of its machine. It says openly that it is simulated.
const (
	osImage          = "Tabernetes simulated node"
	kernelVersion    = "0.0.0-simulated"
	containerdImage  = "containerd://2.0.7"
	nodeOS           = "linux"
	nodeArchitecture = "amd64"
)

// heartbeat is what a node remembers between reports of its status. It belongs
// to the sync loop.
type heartbeat struct {
	runtimeUp     bool // false until the container runtime has been asked once
	registerDelay time.Duration
	lastReport    time.Time
	reportDelay   time.Duration
	unschedulable bool
	self          *corev1.Node // the Node as last read or written
	listed        bool         // the informer has had the node
	// early are the condition events from before the node was registered: at most
	// one for each condition.
	early []string
}

// register creates the Node in the API, not ready yet, and starts to report its
// status. An existing Node is adopted: its labels are updated.
func (k *Kubelet) register(ctx context.Context) {
	created, err := k.client.CoreV1().Nodes().Create(ctx, k.initialNode(ctx), metav1.CreateOptions{})
	known := apierrors.IsAlreadyExists(err)
	if known {
		created, err = k.takeOver(ctx)
	}
	k.loop.Lock()
	defer k.loop.Unlock()
	if err != nil {
		k.heartbeat.registerDelay = min(max(registerRetry, 2*k.heartbeat.registerDelay), registerRetryMost)
		if ctx.Err() == nil {
			klog.FromContext(ctx).Error(err, "register node", "node", k.name)
		}
		k.loop.Advance()
		k.loop.After(k.heartbeat.registerDelay, func() { k.Call(k.register) })
		return
	}
	k.heartbeat.self = created
	k.heartbeat.runtimeUp = true
	if k.start != Resumed {
		// A node that continues from storage has not been started again.
		k.nodeEvent(events.StartingKubelet, "Starting kubelet.")
		for _, event := range k.heartbeat.early {
			k.conditionEvent(event)
		}
		k.nodeEvent(events.SuccessfulNodeAllocatableEnforcement, "Updated Node Allocatable limit across pods")
	}
	k.heartbeat.early = nil
	close(k.registered)
	k.Call(k.reportStatus)
}

func (k *Kubelet) takeOver(ctx context.Context) (*corev1.Node, error) {
	existing, err := k.client.CoreV1().Nodes().Get(ctx, k.name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	updated := existing.DeepCopy()
	if updated.Labels == nil {
		updated.Labels = map[string]string{}
	}
	if updated.Annotations == nil {
		updated.Annotations = map[string]string{}
	}
	maps.Copy(updated.Labels, k.labels())
	updated.Annotations[volumeutil.ControllerManagedAttachAnnotation] = "true"
	if _, marked := updated.Annotations[hardware.SimulatedNode]; !marked {
		updated.Annotations[hardware.SimulatedNode] = ""
	}
	if maps.Equal(updated.Labels, existing.Labels) && maps.Equal(updated.Annotations, existing.Annotations) {
		return existing, nil
	}
	updated, _, err = nodeutil.PatchNodeStatus(k.client.CoreV1(), types.NodeName(k.name), existing, updated)
	return updated, err
}

func (k *Kubelet) labels() map[string]string {
	labels := map[string]string{
		corev1.LabelHostname:   k.name,
		corev1.LabelOSStable:   nodeOS,
		corev1.LabelArchStable: nodeArchitecture,
		kubeletapis.LabelOS:    nodeOS,
		kubeletapis.LabelArch:  nodeArchitecture,
	}
	maps.Copy(labels, k.machine.Labels)
	return labels
}

// initialNode returns the Node as it registers. In a real cluster the node IPAM
// controller assigns the pod CIDR; here the node registers with it.
func (k *Kubelet) initialNode(ctx context.Context) *corev1.Node {
	created := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{
			Name:        k.name,
			Labels:      k.labels(),
			Annotations: map[string]string{volumeutil.ControllerManagedAttachAnnotation: "true", hardware.SimulatedNode: ""},
		},
		Spec: corev1.NodeSpec{PodCIDR: k.machine.PodCIDR, PodCIDRs: []string{k.machine.PodCIDR}},
	}
	k.loop.Lock()
	defer k.loop.Unlock()
	k.heartbeat.early = nil
	k.setStatus(ctx, created)
	return created
}

// setStatus fills in the node's status, with upstream's setters for the
// conditions. The caller holds the lock.
func (k *Kubelet) setStatus(ctx context.Context, target *corev1.Node) {
	// Extended resources that others have advertised stay (MachineInfo in
	// pkg/kubelet/nodestatus/setters.go).
	capacity, allocatable := k.machine.Capacity(), k.machine.Allocatable()
	for name, advertised := range target.Status.Capacity {
		if _, own := capacity[name]; !own {
			capacity[name], allocatable[name] = advertised, advertised.DeepCopy()
		}
	}
	target.Status.Capacity, target.Status.Allocatable = capacity, allocatable
	if before := target.Status.NodeInfo.BootID; before != "" && before != k.bootID {
		k.Record(k.reference(), corev1.EventTypeWarning, events.NodeRebooted,
			fmt.Sprintf("Node %s has been rebooted, boot id: %s", k.name, k.bootID))
	}
	target.Status.NodeInfo = corev1.NodeSystemInfo{
		MachineID:               strings.ReplaceAll(k.identity("machine"), "-", ""),
		SystemUUID:              k.identity("system"),
		BootID:                  k.bootID,
		KernelVersion:           kernelVersion,
		OSImage:                 osImage,
		ContainerRuntimeVersion: containerdImage,
		KubeletVersion:          k.version,
		OperatingSystem:         nodeOS,
		Architecture:            nodeArchitecture,
	}
	no, yes := false, true
	target.Status.RuntimeHandlers = []corev1.NodeRuntimeHandler{{
		Features: &corev1.NodeRuntimeHandlerFeatures{RecursiveReadOnlyMounts: &no, UserNamespaces: &no},
	}}
	target.Status.Features = &corev1.NodeFeatures{SupplementalGroupsPolicy: &yes}
	target.Status.DeclaredFeatures = k.declaredFeatures()
	now := func() time.Time { return k.loop.Now() }
	healthy := func() error { return nil }
	runtimeUp := func() error {
		if !k.heartbeat.runtimeUp {
			return errors.New("container runtime status check may not have completed yet")
		}
		return nil
	}
	record := func(_ klog.Logger, _, event string) {
		if k.heartbeat.self == nil {
			k.heartbeat.early = append(k.heartbeat.early, event)
			return
		}
		k.conditionEvent(event)
	}
	for _, set := range []nodestatus.Setter{
		nodestatus.NodeAddress([]net.IP{net.ParseIP(k.machine.InternalIP)}, func(net.IP) error { return nil }, k.name, false, nil),
		nodestatus.DaemonEndpoints(&corev1.NodeDaemonEndpoints{KubeletEndpoint: corev1.DaemonEndpoint{Port: Port}}),
		nodestatus.Images(nodeStatusImages, func() ([]kubecontainer.Image, error) { return k.images.List(), nil }),
		nodestatus.MemoryPressureCondition(now, k.pressure.IsUnderMemoryPressure, record),
		nodestatus.DiskPressureCondition(now, k.pressure.IsUnderDiskPressure, record),
		nodestatus.PIDPressureCondition(now, k.pressure.IsUnderPIDPressure, record),
		nodestatus.ReadyCondition(now, runtimeUp, healthy, healthy, func() cm.Status { return cm.Status{} }, k.shutdownStatus, record, true),
	} {
		if err := set(ctx, target); err != nil {
			klog.FromContext(ctx).Error(err, "set node status", "node", k.name)
		}
	}
}

// identifyBoot returns the boot ID of the machine. A node that continues from
// storage keeps the earlier one.
func (k *Kubelet) identifyBoot() string {
	if k.start == FirstStart {
		return k.identity("boot")
	}
	if known, err := k.lister.Get(k.name); k.start == Resumed && err == nil && known.Status.NodeInfo.BootID != "" {
		return known.Status.NodeInfo.BootID
	}
	return k.identity("boot at " + k.loop.Now().UTC().Format(time.RFC3339Nano))
}

// reportStatus calls syncStatus every ten seconds.
func (k *Kubelet) reportStatus(ctx context.Context) {
	k.loop.Lock()
	k.loop.Advance()
	k.loop.After(nodeStatusCheck, func() { k.Call(k.reportStatus) })
	k.loop.Unlock()
	k.syncStatus(ctx)
}

// syncStatus writes the node's status when it has changed, or else every five
// minutes. A Node that was deleted in the API is not created again: a kubelet
// registers only when it starts.
func (k *Kubelet) syncStatus(ctx context.Context) {
	original := k.heartbeat.self
	known, err := k.lister.Get(k.name)
	switch {
	case apierrors.IsNotFound(err) && k.heartbeat.listed:
		return
	case err == nil && (newerNode(known, original) || known.UID != original.UID):
		k.heartbeat.listed = true
		original = known
	case err == nil:
		k.heartbeat.listed = true
	}
	k.loop.Lock()
	k.loop.Advance()
	beat := &k.heartbeat
	if original.Spec.Unschedulable != beat.unschedulable {
		beat.unschedulable = original.Spec.Unschedulable
		event := events.NodeSchedulable
		if beat.unschedulable {
			event = events.NodeNotSchedulable
		}
		k.conditionEvent(event)
	}
	updated := original.DeepCopy()
	k.setStatus(ctx, updated)
	k.backOff.GC()
	k.puller.Collect()
	changed := nodeStatusChanged(&original.Status, &updated.Status)
	due := changed || k.loop.Now().Sub(beat.lastReport) >= nodeStatusReport+beat.reportDelay
	if changed || beat.lastReport.IsZero() {
		// Upstream spreads the reports of many nodes over time.
		beat.reportDelay = time.Duration(float64(nodeStatusReport) * (k.vary.Random.Float64() - 0.5))
	} else if due {
		beat.reportDelay = 0
	}
	now := k.loop.Now()
	k.loop.Unlock()
	if !due {
		return
	}
	written, _, err := nodeutil.PatchNodeStatus(k.client.CoreV1(), types.NodeName(k.name), original, updated)
	if err != nil {
		if ctx.Err() == nil {
			klog.FromContext(ctx).Error(err, "write node status", "node", k.name)
		}
		return
	}
	k.heartbeat.self = written
	k.heartbeat.lastReport = now
}

// nodeStatusChanged compares two statuses without the times of the heartbeat.
func nodeStatusChanged(before, after *corev1.NodeStatus) bool {
	before, after = before.DeepCopy(), after.DeepCopy()
	for _, status := range []*corev1.NodeStatus{before, after} {
		for i := range status.Conditions {
			status.Conditions[i].LastHeartbeatTime = metav1.Time{}
		}
	}
	return !apiequality.Semantic.DeepEqual(before, after)
}

// newerNode reports whether candidate is a later state than current. States whose
// versions cannot be compared count as later.
func newerNode(candidate, current *corev1.Node) bool {
	if current == nil {
		return true
	}
	order, err := resourceversion.CompareResourceVersion(candidate.ResourceVersion, current.ResourceVersion)
	return candidate.UID == current.UID && (err != nil || order > 0)
}

func (k *Kubelet) conditionEvent(event string) {
	k.nodeEvent(event, "Node "+k.name+" status is now: "+event)
}

// nodeEvent records an event about the node. The caller holds the lock.
func (k *Kubelet) nodeEvent(reason, message string) {
	k.Record(k.reference(), corev1.EventTypeNormal, reason, message)
}

// reference returns the node as the subject of an event.
func (k *Kubelet) reference() *corev1.ObjectReference {
	about := &corev1.ObjectReference{Kind: "Node", Name: k.name}
	if k.heartbeat.self != nil {
		about.UID = k.heartbeat.self.UID
	}
	return about
}

// declaredFeatures returns what upstream's library derives from the feature gates
// of the control plane.
func (k *Kubelet) declaredFeatures() []string {
	parsed, err := version.ParseSemantic(k.version)
	if err != nil {
		return nil
	}
	return nodedeclaredfeatures.New(declaredfeatures.AllFeatures).DiscoverNodeFeatures(&nodedeclaredfeatures.NodeConfiguration{
		FeatureGates: gates{utilfeature.DefaultFeatureGate},
		Version:      parsed,
	})
}

type gates struct{ featuregate.FeatureGate }

// Enabled takes the name as a string, as the library requires.
func (g gates) Enabled(name string) bool { return g.FeatureGate.Enabled(featuregate.Feature(name)) }
