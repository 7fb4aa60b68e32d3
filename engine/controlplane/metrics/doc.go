// Package metrics is the cluster's metrics server: every 15 s it reads each node's
// statistics from its kubelet, keeps the last two samples, and serves the rates
// between them as metrics.k8s.io/v1beta1, for kubectl top and the
// HorizontalPodAutoscaler. What it keeps, and when a pod has metrics, is as in
// kubernetes-sigs/metrics-server; types and conversions are those of
// k8s.io/metrics.
//
// engine/cluster builds it, and has the API server serve Group. It must not know
// how a node makes its statistics.
package metrics
