package controllers

import (
	"context"
	"time"

	"k8s.io/kubernetes/pkg/controller/certificates/approver"
	"k8s.io/kubernetes/pkg/controller/certificates/cleaner"
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
