package controllers

import (
	"context"
	"fmt"

	"k8s.io/client-go/kubernetes"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/serviceaccount"
)

// newServiceAccountToken fills Secrets of type kubernetes.io/service-account-token.
func newServiceAccountToken(ctx context.Context, env *environment) ([]func(context.Context), error) {
	client, err := kubernetes.NewForConfig(env.ownConfig("tokens-controller"))
	if err != nil {
		return nil, fmt.Errorf("create the client of tokens: %w", err)
	}
	controller, err := serviceaccount.NewTokensController(klog.FromContext(ctx),
		env.Informers.Core().V1().ServiceAccounts(),
		env.Informers.Core().V1().Secrets(),
		client,
		serviceaccount.TokensControllerOptions{TokenGenerator: env.Tokens, RootCA: env.RootCA})
	if err != nil {
		return nil, fmt.Errorf("create the controller of tokens: %w", err)
	}
	workers := int(env.configuration.SAController.ConcurrentSATokenSyncs)
	return one(func(ctx context.Context) { controller.Run(ctx, workers) }), nil
}
