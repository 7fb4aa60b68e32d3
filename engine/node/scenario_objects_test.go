package node

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// objectStep is a step with an object that pods refer to: the object is created,
// or replaces the existing one.
type objectStep struct {
	ConfigMap       *corev1.ConfigMap `json:"configMap,omitempty"`
	Secret          *corev1.Secret    `json:"secret,omitempty"`
	Service         *corev1.Service   `json:"service,omitempty"`
	DeleteConfigMap string            `json:"deleteConfigMap,omitempty"`
	DeleteSecret    string            `json:"deleteSecret,omitempty"`
}

// doObject does the step, if it has an object.
func (c *testCluster) doObject(s *objectStep) {
	c.t.Helper()
	ctx, namespace := context.Background(), metav1.NamespaceDefault
	core := c.client.CoreV1()
	var err error
	switch {
	case s.ConfigMap != nil:
		s.ConfigMap.Namespace = namespace
		_, err = core.ConfigMaps(namespace).Create(ctx, s.ConfigMap, metav1.CreateOptions{})
		if apierrors.IsAlreadyExists(err) {
			_, err = core.ConfigMaps(namespace).Update(ctx, s.ConfigMap, metav1.UpdateOptions{})
		}
	case s.Secret != nil:
		s.Secret.Namespace = namespace
		_, err = core.Secrets(namespace).Create(ctx, s.Secret, metav1.CreateOptions{})
		if apierrors.IsAlreadyExists(err) {
			_, err = core.Secrets(namespace).Update(ctx, s.Secret, metav1.UpdateOptions{})
		}
	case s.Service != nil:
		if s.Service.Namespace == "" {
			s.Service.Namespace = namespace
		}
		_, err = core.Services(s.Service.Namespace).Create(ctx, s.Service, metav1.CreateOptions{})
	case s.DeleteConfigMap != "":
		err = core.ConfigMaps(namespace).Delete(ctx, s.DeleteConfigMap, metav1.DeleteOptions{})
	case s.DeleteSecret != "":
		err = core.Secrets(namespace).Delete(ctx, s.DeleteSecret, metav1.DeleteOptions{})
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// logsOfAll writes what the containers of the pods have logged, oldest run first,
// with the time since the beginning.
func logsOfAll(c *testCluster, k *Fleet) string {
	var text strings.Builder
	for _, n := range k.runningNodes() {
		n.Loop().Lock()
		for _, w := range n.Pods() {
			for _, run := range w.Containers() {
				fmt.Fprintf(&text, "\n# log of pod %s container %s run %d\n", w.Object().Name, run.Spec().Name, run.Status().RestartCount)
				lines, _, _, _ := run.Log().From(0)
				for _, line := range lines {
					fmt.Fprintf(&text, "%9.3f %s %s\n", line.At.Sub(c.began).Seconds(), line.Stream, line.Text)
				}
			}
		}
		n.Loop().Unlock()
	}
	return text.String()
}
