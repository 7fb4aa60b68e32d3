package controllers

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apiserver/pkg/server/dynamiccertificates"
	"k8s.io/kubernetes/pkg/controller/certificates/approver"
	"k8s.io/kubernetes/pkg/controller/certificates/cleaner"
	"k8s.io/kubernetes/pkg/controller/certificates/clustertrustbundlepublisher"
	"k8s.io/utils/clock"
)

// certificateWorkers is how many requests for certificates a controller works on at once
// (k8s.io/kubernetes/cmd/kube-controller-manager/app/certificates.go).
const certificateWorkers = 5

// How long kube-controller-manager leaves requests for certificates of pods, and how
// often it looks for older ones (as above).
const (
	podCertificateRequestAge  = 15 * time.Minute
	podCertificateRequestPoll = 5 * time.Minute
)

func newCertificateApproving(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("certificate-controller")
	if err != nil {
		return nil, err
	}
	controller := approver.NewCSRApprovingController(ctx, client, env.Informers.Certificates().V1().CertificateSigningRequests())
	return one(func(ctx context.Context) { controller.Run(ctx, certificateWorkers) }), nil
}

func newCertificateCleaner(_ context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("certificate-controller")
	if err != nil {
		return nil, err
	}
	controller := cleaner.NewCSRCleanerController(
		client.CertificatesV1().CertificateSigningRequests(),
		env.Informers.Certificates().V1().CertificateSigningRequests())
	return one(func(ctx context.Context) { controller.Run(ctx, 1) }), nil
}

func newPodCertificateRequestCleaner(_ context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("podcertificaterequestcleaner")
	if err != nil {
		return nil, err
	}
	controller := cleaner.NewPCRCleanerController(client,
		env.Informers.Certificates().V1().PodCertificateRequests(),
		clock.RealClock{}, podCertificateRequestAge, podCertificateRequestPoll)
	return one(func(ctx context.Context) { controller.Run(ctx, 1) }), nil
}

// servingSigner signs the API server's certificate
// (k8s.io/kubernetes/cmd/kube-controller-manager/app/certificates.go).
const servingSigner = "kubernetes.io/kube-apiserver-serving"

// newTrustBundlePublisher builds the controller that publishes what signs the API
// server's certificate as a ClusterTrustBundle. Upstream's asks first which version of
// that API is served; here it is v1.
func newTrustBundlePublisher(_ context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("kube-apiserver-serving-clustertrustbundle-publisher")
	if err != nil {
		return nil, err
	}
	authority, err := dynamiccertificates.NewStaticCAContent("kube-apiserver-serving", env.RootCA)
	if err != nil {
		return nil, fmt.Errorf("read the API server's certificate authority: %w", err)
	}
	controller, err := clustertrustbundlepublisher.NewGAClusterTrustBundlePublisher(
		servingSigner, authority, client)
	if err != nil {
		return nil, err
	}
	return one(controller.Run), nil
}
