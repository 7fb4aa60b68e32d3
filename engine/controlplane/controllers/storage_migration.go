package controllers

import (
	"context"
	"fmt"

	"k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/kubernetes/pkg/controller/storageversionmigrator"
)

// newStorageVersionMigrator writes all objects of a resource again, in the version in
// which it is stored now. It takes their names from the garbage collector's graph.
func newStorageVersionMigrator(ctx context.Context, env *environment) ([]func(context.Context), error) {
	const name = "storage-version-migrator-controller"
	config := env.clientConfig(name)
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("create client of %q: %w", name, err)
	}
	definitions, err := clientset.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("create client of %q for definitions: %w", name, err)
	}
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("create dynamic client of %q: %w", name, err)
	}
	metadata, err := metadata.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("create metadata client of %q: %w", name, err)
	}
	migrations := env.Informers.Storagemigration().V1().StorageVersionMigrations()
	return []func(context.Context){
		storageversionmigrator.NewSVMController(ctx, client, objects, migrations, name, env.mapper, env.graph).Run,
		storageversionmigrator.NewResourceVersionController(ctx, client, env.discovery, metadata, migrations, env.mapper).Run,
		storageversionmigrator.NewCustomResourceController(ctx, client, migrations, definitions.ApiextensionsV1().CustomResourceDefinitions()).Run,
	}, nil
}
