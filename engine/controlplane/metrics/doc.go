// Package metrics is the cluster's metrics server: every 15 s it asks each node's
// kubelet for its statistics, keeps the last two answers, and serves the rates
// between them as metrics.k8s.io/v1beta1, for kubectl top and the
// HorizontalPodAutoscaler. What it keeps, and when a pod has metrics, is as in
// kubernetes-sigs/metrics-server; types and conversions are those of
// k8s.io/metrics.
//
// It is put together by engine/cluster, which has the API server serve Group. It
// must not know how a node makes its statistics.
package metrics
