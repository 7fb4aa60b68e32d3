package start

import (
	"context"
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"tabernetes/engine/cluster"
)

// pullers is the namespace of the pods that pull the images of a start.
const pullers = "lesson-start"

// pull brings images to every node, as whoever used the cluster before did: by a
// DaemonSet for each, which is gone when the lesson begins.
func pull(ctx context.Context, running *cluster.Cluster, images []string, put func(name string, text []byte) error) error {
	if len(images) == 0 {
		return nil
	}
	var text strings.Builder
	fmt.Fprintf(&text, "apiVersion: v1\nkind: Namespace\nmetadata: {name: %s}\n", pullers)
	for i, image := range images {
		fmt.Fprintf(&text, `---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: image-%[1]d, namespace: %[2]s}
spec:
  selector: {matchLabels: {image: "%[1]d"}}
  template:
    metadata: {labels: {image: "%[1]d"}}
    spec:
      terminationGracePeriodSeconds: 0
      containers: [{name: image, image: %[3]q}]
`, i, pullers, image)
	}
	if err := put("images", []byte(text.String())); err != nil {
		return err
	}
	if err := running.Settle(ctx, settleLimit); err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(running.RESTConfig())
	if err != nil {
		return err
	}
	if err := client.CoreV1().Namespaces().Delete(ctx, pullers, metav1.DeleteOptions{}); err != nil {
		return fmt.Errorf("remove what has pulled the images: %w", err)
	}
	for range int(settleLimit / time.Second) {
		if _, err := client.CoreV1().Namespaces().Get(ctx, pullers, metav1.GetOptions{}); err != nil {
			return nil
		}
		time.Sleep(time.Second)
	}
	return fmt.Errorf("namespace %q is still there after %s", pullers, settleLimit)
}
