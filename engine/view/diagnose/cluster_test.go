package diagnose_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/yaml"

	"tabernetes/engine/client/apply"
	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/view/diagnose"
)

// scenario is the content of testdata/*.yaml: what a person does in a namespace,
// and the explanation that they should then get. The page's tests run the same
// files.
type scenario struct {
	// Before is applied first; After once the object of Fine has nothing wrong.
	Before string `json:"before"`
	Fine   string `json:"fine,omitempty"`
	After  string `json:"after,omitempty"`
	// Pause is how many seconds pass between the two: a policy is in force a little
	// after it was made.
	Pause int `json:"pause,omitempty"`
	// Delete is an object to delete then, as Kind/name.
	Delete string `json:"delete,omitempty"`
	// Explain is the object to ask about, as Kind/name, and Reasons the chain.
	Explain string            `json:"explain"`
	Reasons []diagnose.Reason `json:"reasons"`
	State   diagnose.State    `json:"state"`
	// Proof is a part of the last link's evidence.
	Proof string `json:"proof,omitempty"`
	// Parameters are some of the last link's.
	Parameters map[string]any `json:"parameters,omitempty"`
}

// patience bounds how long a scenario may take to reach the expected state. It
// only ends a test that would fail.
const patience = 90 * time.Second

func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		time.Sleep(2 * time.Second) // the controllers have their first lists
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".yaml")
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var s scenario
			if err := yaml.UnmarshalStrict(text, &s); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			began := time.Now()
			if err := play(t, running, name, &s); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			t.Logf("%s: %s of cluster time", name, time.Since(began))
		}
	})
}

func play(t *testing.T, running *cluster.Cluster, name string, s *scenario) error {
	t.Helper()
	// The scenario is alone in its namespace; its cluster-scoped objects contain
	// its name in theirs.
	namespace := strings.ReplaceAll(name, "_", "-")
	put(t, running, "apiVersion: v1\nkind: Namespace\nmetadata: {name: "+namespace+"}\n")
	client := kubernetes.NewForConfigOrDie(running.RESTConfig())
	if err := wait("a service account", func() (bool, string) {
		_, err := client.CoreV1().ServiceAccounts(namespace).Get(t.Context(), "default", metav1.GetOptions{})
		return err == nil, fmt.Sprint(err)
	}); err != nil {
		return err
	}
	defer func() {
		// A scenario's own node must not count in other scenarios.
		err := client.CoreV1().Nodes().Delete(t.Context(), namespace, metav1.DeleteOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			t.Errorf("delete node: %v", err)
		}
	}()
	put(t, running, inNamespace(s.Before, namespace))
	if s.Fine != "" {
		if _, err := await(running, namespace, s.Fine, nil, diagnose.Fine, ""); err != nil {
			return err
		}
	}
	time.Sleep(time.Duration(s.Pause) * time.Second)
	put(t, running, inNamespace(s.After, namespace))
	if kind, object, found := strings.Cut(s.Delete, "/"); found {
		resource := map[string]string{"Pod": "pods", "Deployment": "deployments", "PersistentVolumeClaim": "persistentvolumeclaims"}[kind]
		request := client.CoreV1().RESTClient().Delete().Namespace(namespace).Resource(resource).Name(object)
		if kind == "Deployment" {
			request = client.AppsV1().RESTClient().Delete().Namespace(namespace).Resource(resource).Name(object)
		}
		if err := request.Do(t.Context()).Error(); err != nil {
			return err
		}
	}
	diagnosis, err := await(running, namespace, s.Explain, s.Reasons, s.State, s.Proof)
	if err != nil {
		return err
	}
	check(t, diagnosis)
	last := diagnosis.Chain[len(diagnosis.Chain)-1]
	for name, want := range s.Parameters {
		if got := last.Parameters[name]; fmt.Sprint(got) != fmt.Sprint(want) {
			return fmt.Errorf("%s of %s is %v, want %v", name, last.Reason, got, want)
		}
	}
	return nil
}

// proves tells whether the last link has evidence that contains the text, if any is wanted.
func proves(diagnosis *diagnose.Diagnosis, text string) bool {
	if text == "" {
		return true
	}
	last := diagnosis.Chain[len(diagnosis.Chain)-1]
	return slices.ContainsFunc(last.Evidence, func(evidence diagnose.Evidence) bool { return strings.Contains(evidence.Text, text) })
}

// inNamespace replaces NAMESPACE in the text by the namespace's name.
func inNamespace(text, namespace string) string {
	return strings.ReplaceAll(text, "NAMESPACE", namespace)
}

func put(t *testing.T, running *cluster.Cluster, text string) {
	t.Helper()
	if text == "" {
		return
	}
	for _, result := range apply.Apply(t.Context(), running.RESTConfig(), []byte(text), apply.Options{}) {
		if result.Error != nil {
			t.Fatalf("apply: %s", result.Error.Message)
		}
	}
}

// await lets cluster time pass until an object is in a state for these reasons, and
// until evidence of it says the proof: an event comes later than what it tells of.
func await(running *cluster.Cluster, namespace, object string, reasons []diagnose.Reason, state diagnose.State, proof string) (*diagnose.Diagnosis, error) {
	kind, name, _ := strings.Cut(object, "/")
	if kind == "Node" {
		namespace = ""
	}
	var diagnosis *diagnose.Diagnosis
	err := wait(fmt.Sprintf("%s is %s because of %v, for which evidence says %q", object, state, reasons, proof), func() (bool, string) {
		found, err := running.Diagnoser().Explain(kind, namespace, name)
		if err != nil {
			return false, err.Error()
		}
		diagnosis = found
		return found.State == state && slices.Equal(reasonsOf(found), reasons) && proves(found, proof), describe(found)
	})
	return diagnosis, err
}

// wait lets cluster time pass until done.
func wait(what string, done func() (bool, string)) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		ok, last := done()
		if ok {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("waited in vain until %s; at last:\n%s", what, last)
		}
	}
}

func reasonsOf(diagnosis *diagnose.Diagnosis) []diagnose.Reason {
	var reasons []diagnose.Reason
	for _, link := range diagnosis.Chain {
		reasons = append(reasons, link.Reason)
	}
	return reasons
}

func describe(diagnosis *diagnose.Diagnosis) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n", diagnosis.State)
	for _, link := range diagnosis.Chain {
		fmt.Fprintf(&text, "  %s %s/%s %s %v\n    %q\n    %s\n", link.State, link.Object.Kind, link.Object.Name, link.Reason, link.Parameters, link.Evidence, link.Command)
	}
	return text.String()
}

// check checks that every link is complete.
func check(t *testing.T, diagnosis *diagnose.Diagnosis) {
	t.Helper()
	for _, link := range diagnosis.Chain {
		var got []string
		for name := range link.Parameters {
			got = append(got, name)
		}
		want := slices.Clone(diagnose.Reasons[link.Reason])
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s has the parameters %q, want %q", link.Reason, got, want)
		}
		if len(link.Evidence) == 0 || !strings.HasPrefix(link.Command, "kubectl ") || link.Object.Name == "" {
			t.Errorf("%s lacks evidence, command or object: %+v", link.Reason, link)
		}
	}
}
