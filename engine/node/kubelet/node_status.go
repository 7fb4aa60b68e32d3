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
	kubeletPort       = 10250
	registerRetry     = 100 * time.Millisecond
	registerRetryMost = 7 * time.Second
)

// What a node says of its machine. It says that it is none.
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
	self          *corev1.Node // as last read or written
	listed        bool         // the informer has had the node
	// early are the condition events from before the node was registered: at most
	// one for each condition.
	early []string
}

// register makes the node in the API, not ready yet, and begins to report its
// status. A node that exists is taken over: its labels are brought up to date.
func (n *node) register(ctx context.Context) {
	created, err := n.client.CoreV1().Nodes().Create(ctx, n.initialNode(ctx), metav1.CreateOptions{})
	known := apierrors.IsAlreadyExists(err)
	if known {
		created, err = n.takeOver(ctx)
	}
	n.loop.Lock()
	defer n.loop.Unlock()
	if err != nil {
		n.heartbeat.registerDelay = min(max(registerRetry, 2*n.heartbeat.registerDelay), registerRetryMost)
		if ctx.Err() == nil {
			klog.FromContext(ctx).Error(err, "register node", "node", n.name)
		}
		n.loop.Advance()
		n.loop.After(n.heartbeat.registerDelay, func() { n.Call(n.register) })
		return
	}
	n.heartbeat.self = created
	n.heartbeat.runtimeUp = true
	if n.start != resumed {
		// A node that goes on from storage has not been started anew.
		n.nodeEvent(events.StartingKubelet, "Starting kubelet.")
		for _, event := range n.heartbeat.early {
			n.conditionEvent(event)
		}
		n.nodeEvent(events.SuccessfulNodeAllocatableEnforcement, "Updated Node Allocatable limit across pods")
	}
	n.heartbeat.early = nil
	close(n.registered)
	n.Call(n.reportStatus)
}

func (n *node) takeOver(ctx context.Context) (*corev1.Node, error) {
	existing, err := n.client.CoreV1().Nodes().Get(ctx, n.name, metav1.GetOptions{})
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
	maps.Copy(updated.Labels, n.labels())
	updated.Annotations[volumeutil.ControllerManagedAttachAnnotation] = "true"
	if _, marked := updated.Annotations[hardware.SimulatedNode]; !marked {
		updated.Annotations[hardware.SimulatedNode] = ""
	}
	if maps.Equal(updated.Labels, existing.Labels) && maps.Equal(updated.Annotations, existing.Annotations) {
		return existing, nil
	}
	updated, _, err = nodeutil.PatchNodeStatus(n.client.CoreV1(), types.NodeName(n.name), existing, updated)
	return updated, err
}

func (n *node) labels() map[string]string {
	labels := map[string]string{
		corev1.LabelHostname:   n.name,
		corev1.LabelOSStable:   nodeOS,
		corev1.LabelArchStable: nodeArchitecture,
		kubeletapis.LabelOS:    nodeOS,
		kubeletapis.LabelArch:  nodeArchitecture,
	}
	maps.Copy(labels, n.spec.Labels)
	return labels
}

// initialNode is the node as it registers. On a cluster the pod CIDR comes from
// the node IPAM controller; here the node brings it along.
func (n *node) initialNode(ctx context.Context) *corev1.Node {
	created := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{
			Name:        n.name,
			Labels:      n.labels(),
			Annotations: map[string]string{volumeutil.ControllerManagedAttachAnnotation: "true", hardware.SimulatedNode: ""},
		},
		Spec: corev1.NodeSpec{PodCIDR: n.spec.PodCIDR, PodCIDRs: []string{n.spec.PodCIDR}},
	}
	n.loop.Lock()
	defer n.loop.Unlock()
	n.heartbeat.early = nil
	n.setStatus(ctx, created)
	return created
}

// setStatus fills in the node's status, with upstream's setters for the
// conditions. The caller holds the lock.
func (n *node) setStatus(ctx context.Context, target *corev1.Node) {
	target.Status.Capacity = n.spec.Capacity()
	target.Status.Allocatable = n.spec.Allocatable()
	if before := target.Status.NodeInfo.BootID; before != "" && before != n.bootID {
		n.Record(n.reference(), corev1.EventTypeWarning, events.NodeRebooted,
			fmt.Sprintf("Node %s has been rebooted, boot id: %s", n.name, n.bootID))
	}
	target.Status.NodeInfo = corev1.NodeSystemInfo{
		MachineID:               strings.ReplaceAll(n.identity("machine"), "-", ""),
		SystemUUID:              n.identity("system"),
		BootID:                  n.bootID,
		KernelVersion:           kernelVersion,
		OSImage:                 osImage,
		ContainerRuntimeVersion: containerdImage,
		KubeletVersion:          n.version,
		OperatingSystem:         nodeOS,
		Architecture:            nodeArchitecture,
	}
	no, yes := false, true
	target.Status.RuntimeHandlers = []corev1.NodeRuntimeHandler{{
		Features: &corev1.NodeRuntimeHandlerFeatures{RecursiveReadOnlyMounts: &no, UserNamespaces: &no},
	}}
	target.Status.Features = &corev1.NodeFeatures{SupplementalGroupsPolicy: &yes}
	target.Status.DeclaredFeatures = n.declaredFeatures()
	now := func() time.Time { return n.loop.Now() }
	healthy := func() error { return nil }
	runtimeUp := func() error {
		if !n.heartbeat.runtimeUp {
			return errors.New("container runtime status check may not have completed yet")
		}
		return nil
	}
	record := func(_ klog.Logger, _, event string) {
		if n.heartbeat.self == nil {
			n.heartbeat.early = append(n.heartbeat.early, event)
			return
		}
		n.conditionEvent(event)
	}
	for _, set := range []nodestatus.Setter{
		nodestatus.NodeAddress([]net.IP{net.ParseIP(n.spec.InternalIP)}, func(net.IP) error { return nil }, n.name, false, nil),
		nodestatus.DaemonEndpoints(&corev1.NodeDaemonEndpoints{KubeletEndpoint: corev1.DaemonEndpoint{Port: kubeletPort}}),
		nodestatus.Images(nodeStatusImages, func() ([]kubecontainer.Image, error) { return n.images.List(), nil }),
		nodestatus.MemoryPressureCondition(now, n.pressure.IsUnderMemoryPressure, record),
		nodestatus.DiskPressureCondition(now, n.pressure.IsUnderDiskPressure, record),
		nodestatus.PIDPressureCondition(now, n.pressure.IsUnderPIDPressure, record),
		nodestatus.ReadyCondition(now, runtimeUp, healthy, healthy, func() cm.Status { return cm.Status{} }, n.shutdownStatus, record, true),
	} {
		if err := set(ctx, target); err != nil {
			klog.FromContext(ctx).Error(err, "set node status", "node", n.name)
		}
	}
}

// identifyBoot names this run of the machine. It takes the name over when the
// node goes on from storage.
func (n *node) identifyBoot() string {
	if n.start == firstStart {
		return n.identity("boot")
	}
	if known, err := n.lister.Get(n.name); n.start == resumed && err == nil && known.Status.NodeInfo.BootID != "" {
		return known.Status.NodeInfo.BootID
	}
	return n.identity("boot at " + n.loop.Now().UTC().Format(time.RFC3339Nano))
}

// reportStatus looks at the node's status every ten seconds.
func (n *node) reportStatus(ctx context.Context) {
	n.loop.Lock()
	n.loop.Advance()
	n.loop.After(nodeStatusCheck, func() { n.Call(n.reportStatus) })
	n.loop.Unlock()
	n.syncStatus(ctx)
}

// syncStatus writes the node's status when it has changed, or else every five
// minutes. A node that was deleted in the API is not made again: a kubelet
// registers only when it starts.
func (n *node) syncStatus(ctx context.Context) {
	original := n.heartbeat.self
	known, err := n.lister.Get(n.name)
	switch {
	case apierrors.IsNotFound(err) && n.heartbeat.listed:
		return
	case err == nil && (newerNode(known, original) || known.UID != original.UID):
		n.heartbeat.listed = true
		original = known
	case err == nil:
		n.heartbeat.listed = true
	}
	n.loop.Lock()
	n.loop.Advance()
	beat := &n.heartbeat
	if original.Spec.Unschedulable != beat.unschedulable {
		beat.unschedulable = original.Spec.Unschedulable
		event := events.NodeSchedulable
		if beat.unschedulable {
			event = events.NodeNotSchedulable
		}
		n.conditionEvent(event)
	}
	updated := original.DeepCopy()
	n.setStatus(ctx, updated)
	n.backOff.GC()
	n.puller.Collect()
	changed := nodeStatusChanged(&original.Status, &updated.Status)
	due := changed || n.loop.Now().Sub(beat.lastReport) >= nodeStatusReport+beat.reportDelay
	if changed || beat.lastReport.IsZero() {
		// Upstream spreads the reports of many nodes over time.
		beat.reportDelay = time.Duration(float64(nodeStatusReport) * (n.vary.Random.Float64() - 0.5))
	} else if due {
		beat.reportDelay = 0
	}
	now := n.loop.Now()
	n.loop.Unlock()
	if !due {
		return
	}
	written, _, err := nodeutil.PatchNodeStatus(n.client.CoreV1(), types.NodeName(n.name), original, updated)
	if err != nil {
		if ctx.Err() == nil {
			klog.FromContext(ctx).Error(err, "write node status", "node", n.name)
		}
		return
	}
	n.heartbeat.self = written
	n.heartbeat.lastReport = now
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

// newerNode says whether candidate is a later state than current. States whose
// versions cannot be compared count as later.
func newerNode(candidate, current *corev1.Node) bool {
	if current == nil {
		return true
	}
	order, err := resourceversion.CompareResourceVersion(candidate.ResourceVersion, current.ResourceVersion)
	return candidate.UID == current.UID && (err != nil || order > 0)
}

func (n *node) conditionEvent(event string) {
	n.nodeEvent(event, "Node "+n.name+" status is now: "+event)
}

// nodeEvent records an event about the node. The caller holds the lock.
func (n *node) nodeEvent(reason, message string) {
	n.Record(n.reference(), corev1.EventTypeNormal, reason, message)
}

// reference is the node as the subject of an event.
func (n *node) reference() *corev1.ObjectReference {
	about := &corev1.ObjectReference{Kind: "Node", Name: n.name}
	if n.heartbeat.self != nil {
		about.UID = n.heartbeat.self.UID
	}
	return about
}

// declaredFeatures are what upstream's library finds in the feature gates that
// the control plane runs with.
func (n *node) declaredFeatures() []string {
	parsed, err := version.ParseSemantic(n.version)
	if err != nil {
		return nil
	}
	return nodedeclaredfeatures.New(declaredfeatures.AllFeatures).DiscoverNodeFeatures(&nodedeclaredfeatures.NodeConfiguration{
		FeatureGates: gates{utilfeature.DefaultFeatureGate},
		Version:      parsed,
	})
}

type gates struct{ featuregate.FeatureGate }

// Enabled takes the name as a string, which the library wants.
func (g gates) Enabled(name string) bool { return g.FeatureGate.Enabled(featuregate.Feature(name)) }
