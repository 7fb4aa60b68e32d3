package controllers

import (
	"context"

	"k8s.io/kubernetes/pkg/controller/clusterroleaggregation"
)

func newClusterRoleAggregation(_ context.Context, env *environment) ([]func(context.Context), error) {
	client, err := env.client("clusterrole-aggregation-controller")
	if err != nil {
		return nil, err
	}
	controller := clusterroleaggregation.NewClusterRoleAggregation(env.Informers.Rbac().V1().ClusterRoles(), client.RbacV1())
	return one(func(ctx context.Context) { controller.Run(ctx, 5) }), nil
}
