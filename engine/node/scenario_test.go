package node

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	corev1defaults "k8s.io/kubernetes/pkg/apis/core/v1"
	"sigs.k8s.io/yaml"

	"tabernetes/engine/node/hardware"
)

var update = flag.Bool("update", false, "write the golden files of the scenarios")

// scenario is the content of testdata/*.input.yaml: objects, and what a user and
// the control plane do to them. testdata/*.output.txt records what the node then
// wrote.
type scenario struct {
	Description string `json:"description"`
	Instant     bool   `json:"instant,omitempty"`
	Seed        uint64 `json:"seed,omitempty"`
	// States are the states that the scenario shows, see states_test.go.
	States  []string        `json:"states"`
	Secrets []corev1.Secret `json:"secrets,omitempty"`
	Start   []corev1.Pod    `json:"start,omitempty"` // before the nodes run
	// Only keeps only the entries of the record that contain one of these words,
	// for scenarios of hours.
	Only     []string `json:"only,omitempty"`
	Steps    []step   `json:"steps"`
	Until    duration `json:"until"`
	ShowNode bool     `json:"showNode,omitempty"`
	ShowLogs bool     `json:"showLogs,omitempty"`
}

// step is one change, at a time since the nodes began to run.
type step struct {
	At     duration    `json:"at"`
	Create *corev1.Pod `json:"create,omitempty"`
	Delete string      `json:"delete,omitempty"` // as a client does, with the pod's grace period
	Remove string      `json:"remove,omitempty"` // as with grace period 0
	Patch  *patchStep  `json:"patch,omitempty"`
	objectStep
	// Node changes an object of the API's nodes: node-1, or the one that it names.
	Node *nodeStep `json:"node,omitempty"`
	// PatchStatus changes the status in the name of another component.
	PatchStatus *patchStep `json:"patchStatus,omitempty"`
	// Note is a comment for the record.
	Note string `json:"note,omitempty"`
}

type nodeStep struct {
	Name   string          `json:"name,omitempty"`
	Patch  json.RawMessage `json:"patch,omitempty"`
	Create *corev1.Node    `json:"create,omitempty"`
	Delete bool            `json:"delete,omitempty"`
}

type patchStep struct {
	Pod   string          `json:"pod"`
	Patch json.RawMessage `json:"patch"`
}

type duration struct{ time.Duration }

func (d *duration) UnmarshalJSON(text []byte) error {
	parsed, err := time.ParseDuration(strings.Trim(string(text), `"`))
	d.Duration = parsed
	return err
}

func TestScenarios(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.input.yaml")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, input := range inputs {
		name := strings.TrimSuffix(filepath.Base(input), ".input.yaml")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(input)
			if err != nil {
				t.Fatal(err)
			}
			var s scenario
			if err := yaml.UnmarshalStrict(text, &s); err != nil {
				t.Fatal(err)
			}
			var got string
			synctest.Test(t, func(t *testing.T) { got = play(t, &s) })
			golden := filepath.Join("testdata", name+".output.txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s\nIf this is meant, run the test with -update.", golden, diff)
			}
		})
	}
}

// testCluster is an API made of client-go's fake clientset, which records what the
// nodes write.
type testCluster struct {
	t      *testing.T
	client *fake.Clientset
	began  time.Time

	mu         sync.Mutex
	version    int
	record     strings.Builder
	shown      map[string]*corev1.PodStatus
	conditions map[string]string // of nodes, as recorded last
	failures   map[string]int    // requests to fail, by verb and resource
	requests   map[string]int
	// deleteBefore is a pod that is marked for deletion just before its status is
	// written with a phase.
	deleteBefore string
	deletePhase  corev1.PodPhase
	showNode     bool
}

func newTestCluster(t *testing.T) *testCluster {
	c := &testCluster{
		// The fake clientset with managed fields makes a REST mapper of every type
		// for each write, which takes most of a scenario's time.
		t: t, client: fake.NewSimpleClientset(), began: time.Now(), shown: map[string]*corev1.PodStatus{},
		conditions: map[string]string{}, failures: map[string]int{}, requests: map[string]int{},
	}
	c.client.PrependReactor("*", "*", c.react)
	return c
}

// react gives every written object a new resource version, which the fake
// clientset does not, and records what the nodes write.
func (c *testCluster) react(action clienttesting.Action) (bool, runtime.Object, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := action.GetVerb() + " " + action.GetResource().Resource
	if action.GetSubresource() != "" {
		key += "/" + action.GetSubresource()
	}
	c.requests[key]++
	if c.failures[key] > 0 {
		c.failures[key]--
		return true, nil, apierrors.NewInternalError(fmt.Errorf("the test has this request fail"))
	}
	tracker := c.client.Tracker()
	if key == "update pods/status" {
		written := action.(clienttesting.UpdateAction).GetObject().(*corev1.Pod)
		object, err := tracker.Get(action.GetResource(), written.Namespace, written.Name)
		if err != nil {
			return true, nil, err
		}
		current := object.(*corev1.Pod)
		if written.Name == c.deleteBefore && written.Status.Phase == c.deletePhase {
			c.deleteBefore = ""
			current = markDeleted(current)
			c.version++
			current.ResourceVersion = strconv.Itoa(c.version)
			if err := tracker.Update(action.GetResource(), current, action.GetNamespace()); err != nil {
				return true, nil, err
			}
		}
		// The fake clientset compares no versions and replaces the whole object.
		if written.ResourceVersion != current.ResourceVersion {
			return true, nil, apierrors.NewConflict(action.GetResource().GroupResource(), written.Name, errors.New("the pod has changed"))
		}
		whole := current.DeepCopy()
		whole.Status = *written.Status.DeepCopy()
		action = clienttesting.NewUpdateSubresourceAction(action.GetResource(), "status", action.GetNamespace(), whole)
	}
	switch action.GetVerb() {
	case "create", "update", "patch":
	case "delete":
		if action.GetResource().Resource == "pods" {
			c.note("deleted pod %s", action.(clienttesting.DeleteAction).GetName())
		}
		return false, nil, nil
	default:
		return false, nil, nil
	}
	_, written, err := clienttesting.ObjectReaction(tracker)(action)
	if err != nil {
		return true, written, err
	}
	object := written.(metav1.Object)
	c.version++
	object.SetResourceVersion(strconv.Itoa(c.version))
	if err := tracker.Update(action.GetResource(), written, action.GetNamespace()); err != nil {
		return true, nil, err
	}
	switch object := written.(type) {
	case *corev1.Event:
		about := object.InvolvedObject
		subject := about.Name
		if about.FieldPath != "" {
			subject += " " + about.FieldPath
		}
		count := ""
		if object.Count > 1 {
			count = fmt.Sprintf(" (x%d)", object.Count)
		}
		c.note("event %s %s on %s %s: %s%s", object.Type, object.Reason, strings.ToLower(about.Kind), subject, object.Message, count)
	case *corev1.Pod:
		if action.GetSubresource() == "status" {
			c.note("pod %s %s", object.Name, c.changes(object.Name, &object.Status))
		}
	case *corev1.Node:
		if c.showNode {
			c.note("node %s %s", object.Name, c.nodeChanges(object))
		}
	}
	return true, written, nil
}

// only keeps the entries of a record that contain one of the words; further lines
// of an entry are indented deeper.
func only(record string, words []string) string {
	if len(words) == 0 {
		return record
	}
	var kept strings.Builder
	for _, entry := range entries(record) {
		for _, word := range words {
			if strings.Contains(entry, word) {
				kept.WriteString(entry)
				break
			}
		}
	}
	return kept.String()
}

func entries(record string) []string {
	var list []string
	for _, line := range strings.SplitAfter(record, "\n") {
		if strings.HasPrefix(line, "            ") && len(list) > 0 {
			list[len(list)-1] += line
		} else if line != "" {
			list = append(list, line)
		}
	}
	return list
}

func (c *testCluster) note(format string, arguments ...any) {
	fmt.Fprintf(&c.record, "%9.3f  %s\n", time.Since(c.began).Seconds(), fmt.Sprintf(format, arguments...))
}

// changes records how a status differs from the previous one.
func (c *testCluster) changes(name string, status *corev1.PodStatus) string {
	before := c.shown[name]
	c.shown[name] = status
	if before == nil {
		before = &corev1.PodStatus{}
	}
	var parts []string
	add := func(format string, arguments ...any) { parts = append(parts, fmt.Sprintf(format, arguments...)) }
	if status.Phase != before.Phase {
		add("phase %s", status.Phase)
	}
	if status.Reason != before.Reason || status.Message != before.Message {
		add("because %s: %q", status.Reason, status.Message)
	}
	if status.ObservedGeneration != before.ObservedGeneration {
		add("observedGeneration %d", status.ObservedGeneration)
	}
	if status.QOSClass != before.QOSClass && before.QOSClass == "" && status.QOSClass != corev1.PodQOSBestEffort {
		add("QoS class %s", status.QOSClass)
	}
	if status.PodIP != before.PodIP {
		add("IP %s", status.PodIP)
	}
	for _, condition := range status.Conditions {
		old := corev1.PodCondition{}
		for _, candidate := range before.Conditions {
			if candidate.Type == condition.Type {
				old = candidate
			}
		}
		if old.Status == condition.Status && old.Reason == condition.Reason && old.Message == condition.Message {
			continue
		}
		text := fmt.Sprintf("%s=%s", condition.Type, condition.Status)
		if condition.Reason != "" {
			text += fmt.Sprintf(" (%s: %q)", condition.Reason, condition.Message)
		}
		parts = append(parts, text)
	}
	for _, lists := range [][2][]corev1.ContainerStatus{
		{before.InitContainerStatuses, status.InitContainerStatuses},
		{before.ContainerStatuses, status.ContainerStatuses},
		{before.EphemeralContainerStatuses, status.EphemeralContainerStatuses},
	} {
		for _, current := range lists[1] {
			text, old := describeContainer(&current), ""
			for _, candidate := range lists[0] {
				if candidate.Name == current.Name {
					old = describeContainer(&candidate)
				}
			}
			if text != old {
				parts = append(parts, text)
			}
		}
	}
	if len(parts) == 0 {
		return "unchanged"
	}
	return strings.Join(parts, "\n             ")
}

// nodeChanges records which conditions of a node have changed.
func (c *testCluster) nodeChanges(node *corev1.Node) string {
	text := "status"
	for _, condition := range node.Status.Conditions {
		shown := fmt.Sprintf("%s=%s (%s: %q)", condition.Type, condition.Status, condition.Reason, condition.Message)
		if key := node.Name + " " + string(condition.Type); c.conditions[key] != shown {
			c.conditions[key] = shown
			text += "\n             " + shown
		}
	}
	return text
}

func describeContainer(status *corev1.ContainerStatus) string {
	text := fmt.Sprintf("[%s] %s", status.Name, describeState(status.State))
	if status.Ready {
		text += ", ready"
	}
	if status.State.Running != nil && status.Resources != nil && len(status.Resources.Limits)+len(status.Resources.Requests) > 0 {
		text += describeResources(status.Resources)
	}
	if status.RestartCount > 0 {
		text += fmt.Sprintf(", restarts %d", status.RestartCount)
	}
	if status.LastTerminationState.Terminated != nil {
		text += ", last " + describeState(status.LastTerminationState)
	}
	return text
}

func describeResources(resources *corev1.ResourceRequirements) string {
	text := ""
	for _, part := range []struct {
		name string
		list corev1.ResourceList
	}{{"requests", resources.Requests}, {"limits", resources.Limits}} {
		for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
			if quantity, set := part.list[name]; set {
				text += fmt.Sprintf(", %s %s %s", part.name, name, quantity.String())
			}
		}
	}
	return text
}

func describeState(state corev1.ContainerState) string {
	switch {
	case state.Running != nil:
		return "running"
	case state.Terminated != nil:
		if state.Terminated.Message != "" {
			return fmt.Sprintf("terminated %s %d %q", state.Terminated.Reason, state.Terminated.ExitCode, state.Terminated.Message)
		}
		return fmt.Sprintf("terminated %s %d", state.Terminated.Reason, state.Terminated.ExitCode)
	case state.Waiting != nil && state.Waiting.Message != "":
		return fmt.Sprintf("waiting %s %q", state.Waiting.Reason, state.Waiting.Message)
	case state.Waiting != nil:
		return "waiting " + state.Waiting.Reason
	}
	return "no state"
}

// addPod creates a pod as the API server and the scheduler leave it.
func (c *testCluster) addPod(pod *corev1.Pod) {
	c.t.Helper()
	pod = pod.DeepCopy()
	pod.Namespace = metav1.NamespaceDefault
	if pod.UID == "" {
		pod.UID = types.UID("uid-of-" + pod.Name)
	}
	if pod.Spec.NodeName == "" && (pod.Spec.SchedulerName == "" || pod.Spec.SchedulerName == corev1.DefaultSchedulerName) {
		pod.Spec.NodeName = "node-1"
	}
	pod.Generation = max(1, pod.Generation)
	pod.CreationTimestamp = metav1.Now()
	corev1defaults.SetObjectDefaults_Pod(pod)
	if len(pod.Status.Conditions) == 0 {
		pod.Status.Phase = corev1.PodPending
		pod.Status.Conditions = []corev1.PodCondition{{
			Type: corev1.PodScheduled, Status: corev1.ConditionTrue, LastTransitionTime: metav1.Now(), ObservedGeneration: 1,
		}}
	}
	if _, err := c.client.CoreV1().Pods(pod.Namespace).Create(context.Background(), pod, metav1.CreateOptions{}); err != nil {
		c.t.Fatal(err)
	}
}

func (c *testCluster) pod(name string) *corev1.Pod {
	pod, err := c.client.CoreV1().Pods(metav1.NamespaceDefault).Get(context.Background(), name, metav1.GetOptions{})
	if err != nil {
		return nil
	}
	return pod
}

// markDeleted returns the pod as the API server changes it when a client deletes
// it.
func markDeleted(pod *corev1.Pod) *corev1.Pod {
	pod = pod.DeepCopy()
	now := metav1.Now()
	pod.DeletionTimestamp, pod.DeletionGracePeriodSeconds = &now, pod.Spec.TerminationGracePeriodSeconds
	pod.Generation++
	return pod
}

func (c *testCluster) do(s *step) {
	c.t.Helper()
	if s.Note != "" {
		c.mu.Lock()
		c.note("# %s", s.Note)
		c.mu.Unlock()
	}
	ctx, pods := context.Background(), c.client.CoreV1().Pods(metav1.NamespaceDefault)
	var err error
	switch {
	case s.Create != nil:
		c.addPod(s.Create)
	case s.Delete != "":
		_, err = pods.Update(ctx, markDeleted(c.pod(s.Delete)), metav1.UpdateOptions{})
	case s.Remove != "":
		err = pods.Delete(ctx, s.Remove, metav1.DeleteOptions{})
	case s.Node != nil:
		err = c.doNode(s.Node)
	case s.PatchStatus != nil:
		_, err = pods.Update(ctx, c.patched(s.PatchStatus), metav1.UpdateOptions{})
	case s.Patch != nil:
		pod := c.patched(s.Patch)
		if strings.Contains(string(s.Patch.Patch), `"spec"`) {
			pod.Generation++
		}
		_, err = pods.Update(ctx, pod, metav1.UpdateOptions{})
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *testCluster) doNode(s *nodeStep) error {
	ctx, nodes := context.Background(), c.client.CoreV1().Nodes()
	name := s.Name
	if name == "" {
		name = "node-1"
	}
	var err error
	switch {
	case s.Create != nil:
		s.Create.UID = types.UID("uid-of-" + s.Create.Name)
		_, err = nodes.Create(ctx, s.Create, metav1.CreateOptions{})
	case s.Delete:
		err = nodes.Delete(ctx, name, metav1.DeleteOptions{})
	default:
		_, err = nodes.Patch(ctx, name, types.StrategicMergePatchType, s.Patch, metav1.PatchOptions{})
	}
	return err
}

// patched returns a pod with a strategic merge patch applied.
func (c *testCluster) patched(step *patchStep) *corev1.Pod {
	c.t.Helper()
	before, err := json.Marshal(c.pod(step.Pod))
	if err != nil {
		c.t.Fatal(err)
	}
	after, err := strategicpatch.StrategicMergePatch(before, step.Patch, corev1.Pod{})
	if err != nil {
		c.t.Fatal(err)
	}
	pod := &corev1.Pod{}
	if err := json.Unmarshal(after, pod); err != nil {
		c.t.Fatal(err)
	}
	return pod
}

// issueNothing is a volume.TokenRequester.
func issueNothing(string, string, *authenticationv1.TokenRequest) (func() []byte, error) {
	return func() []byte { return []byte("token") }, nil
}

// run starts one node on the cluster, and returns a function that stops it and
// waits for its end.
func (c *testCluster) run(options Options) (*Fleet, func()) {
	c.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	factory := informers.NewSharedInformerFactory(c.client, 0)
	options.Client, options.Informers, options.Tokens = c.client, factory, issueNothing
	if options.Nodes == nil {
		options.Nodes = hardware.DefaultNodes(1)
	}
	k, err := New(options)
	if err != nil {
		c.t.Fatal(err)
	}
	factory.Start(ctx.Done())
	done := make(chan error, 1)
	go func() { done <- k.Run(ctx) }()
	return k, func() {
		cancel()
		if err := <-done; err != nil {
			c.t.Errorf("run: %v", err)
		}
		factory.Shutdown()
	}
}

func play(t *testing.T, s *scenario) string {
	c := newTestCluster(t)
	c.showNode = s.ShowNode
	for i := range s.Secrets {
		if _, err := c.client.CoreV1().Secrets(metav1.NamespaceDefault).Create(context.Background(), &s.Secrets[i], metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range s.Start {
		c.addPod(&s.Start[i])
	}
	k, stop := c.run(Options{Seed: s.Seed, Instant: s.Instant})
	defer stop()
	for i := range s.Steps {
		time.Sleep(time.Until(c.began.Add(s.Steps[i].At.Duration)))
		synctest.Wait()
		c.do(&s.Steps[i])
		c.doObject(&s.Steps[i].objectStep)
	}
	time.Sleep(time.Until(c.began.Add(s.Until.Duration)))
	synctest.Wait()

	c.mu.Lock()
	record := only(c.record.String(), s.Only)
	c.mu.Unlock()
	var final strings.Builder
	list, err := c.client.CoreV1().Pods(metav1.NamespaceDefault).List(context.Background(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range list.Items {
		text, err := yaml.Marshal(list.Items[i].Status)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&final, "\n# status of pod %s in the end\n%s", list.Items[i].Name, text)
	}
	if s.ShowLogs {
		final.WriteString(logsOfAll(c, k))
	}
	if _, gone := c.client.CoreV1().Nodes().Get(context.Background(), "node-1", metav1.GetOptions{}); s.ShowNode && gone == nil {
		node, err := c.client.CoreV1().Nodes().Get(context.Background(), "node-1", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		node.ManagedFields, node.ResourceVersion = nil, ""
		text, err := yaml.Marshal(node)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&final, "\n# node-1 in the end\n%s", text)
	}
	return record + final.String()
}
