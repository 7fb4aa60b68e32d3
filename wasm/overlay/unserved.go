package overlay

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Unserved lists the group versions that the page's API server does not serve,
// by their directory below k8s.io/api. None of their requests, objects or
// informers can occur in the page, yet each version keeps its types, their
// protobuf and conversion code in the module: as an entry of a registry that
// upstream fills as a package is initialised, or as a method of an interface that
// a reachable type holds. They make up a tenth of the module (RATIONALE.md).
//
// [Reduced] leaves those entries and methods out. The versions stay known to the
// schemes, by WatchEvent, DeleteOptions and the other types that every version
// has, so that discovery and OpenAPI do not change.
func Unserved() []string {
	return []string{
		"admissionregistration/v1alpha1",
		"admissionregistration/v1beta1",
		"authentication/v1alpha1",
		"authentication/v1beta1",
		"authorization/v1beta1",
		"certificates/v1alpha1",
		"coordination/v1alpha2",
		"discovery/v1beta1",
		"events/v1beta1",
		"flowcontrol/v1beta1",
		"flowcontrol/v1beta2",
		"flowcontrol/v1beta3",
		"imagepolicy/v1alpha1",
		"lifecycle/v1alpha1",
		"node/v1alpha1",
		"node/v1beta1",
		"rbac/v1alpha1",
		"rbac/v1beta1",
		"resource/v1alpha3",
		"resource/v1beta1",
		"resource/v1beta2",
		"storage/v1alpha1",
		"storage/v1beta1",
		"storagemigration/v1beta1",
	}
}

// undescribed lists the other packages whose types no request of the page can name
// and which upstream's OpenAPI definitions describe: configuration files of
// components, and API groups of servers that do not run here.
func undescribed() []string {
	return []string{
		"k8s.io/api/apiserverinternal/v1alpha1",
		"k8s.io/api/certificates/v1beta1",
		"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1beta1",
		"k8s.io/apimachinery/pkg/apis/testapigroup/v1",
		"k8s.io/apiserver/pkg/apis/audit/v1",
		"k8s.io/client-go/pkg/apis/clientauthentication/v1",
		"k8s.io/client-go/pkg/apis/clientauthentication/v1beta1",
		"k8s.io/cloud-provider/config/v1alpha1",
		"k8s.io/cloud-provider/controllers/node/config/v1alpha1",
		"k8s.io/cloud-provider/controllers/nodelifecycle/config/v1alpha1",
		"k8s.io/cloud-provider/controllers/service/config/v1alpha1",
		"k8s.io/component-base/config/v1alpha1",
		"k8s.io/component-base/logs/api/v1",
		"k8s.io/component-base/tracing/api/v1",
		"k8s.io/controller-manager/config/v1alpha1",
		"k8s.io/controller-manager/config/v1beta1",
		"k8s.io/kube-aggregator/pkg/apis/apiregistration/v1beta1",
		"k8s.io/kube-controller-manager/config/v1alpha1",
		"k8s.io/kube-proxy/config/v1alpha1",
		"k8s.io/kube-scheduler/config/v1",
		"k8s.io/kubectl/pkg/config/v1alpha1",
		"k8s.io/kubectl/pkg/config/v1beta1",
		"k8s.io/kubelet/config/v1",
		"k8s.io/kubelet/config/v1alpha1",
		"k8s.io/kubelet/config/v1beta1",
		"k8s.io/kubernetes/pkg/apis/abac/v1beta1",
		"k8s.io/metrics/pkg/apis/custom_metrics/v1beta1",
		"k8s.io/metrics/pkg/apis/custom_metrics/v1beta2",
		"k8s.io/metrics/pkg/apis/external_metrics/v1beta1",
		"k8s.io/metrics/pkg/apis/metrics/v1",
		"k8s.io/metrics/pkg/apis/metrics/v1alpha1",
	}
}

// versioned lists functions for one of the unserved versions alone, in files that need
// their clients or informers, with the imports that nothing else there needs.
func versioned() []struct {
	file, function string
	imports        []string
} {
	return []struct {
		file, function string
		imports        []string
	}{
		{"k8s.io/kubernetes/pkg/kubelet/clustertrustbundle/clustertrustbundle_manager.go", "NewAlphaInformerManager", nil},
		{
			"k8s.io/kubernetes/pkg/controller/certificates/clustertrustbundlepublisher/publisher.go", "NewAlphaClusterTrustBundlePublisher",
			[]string{"k8s.io/client-go/informers/certificates/v1alpha1", "k8s.io/client-go/listers/certificates/v1alpha1"},
		},
	}
}

// Reduced returns upstream's files without the entries of unserved versions and
// without the routes' regular expressions (routes.go), by
// slash path below the vendor directory of the module's root. They are made from
// upstream's own text by deleting, so they follow a new version of upstream; if
// upstream no longer has the expected shape, that is an error.
func Reduced(root string) (map[string][]byte, error) {
	vendor := filepath.Join(root, "vendor")
	reduced := map[string][]byte{}
	reduce := func(file string, change func(source []byte) ([]byte, error)) error {
		source, known := reduced[file]
		if !known {
			content, err := os.ReadFile(filepath.Join(vendor, filepath.FromSlash(file)))
			if err != nil {
				return fmt.Errorf("read what is to be reduced: %w", err)
			}
			source = content
		}
		changed, err := change(source)
		if err != nil {
			return fmt.Errorf("reduce vendor/%s: %w", file, err)
		}
		reduced[file] = changed
		return nil
	}

	var clients, types []string
	described := undescribed()
	informers := map[string][]string{} // by group
	for _, version := range Unserved() {
		group, _, _ := strings.Cut(version, "/")
		// 1. The types of the version in every scheme.
		if err := reduce("k8s.io/api/"+version+"/register.go", withoutKnownTypes); err != nil {
			return nil, err
		}
		described = append(described, "k8s.io/api/"+version)
		// 2. Its conversions, defaults and validation.
		files, err := registering(vendor, "k8s.io/kubernetes/pkg/apis/"+version)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			if err := reduce(file, withoutRegistration); err != nil {
				return nil, err
			}
		}
		// 3. Its client and its informers, where it has any.
		if vendored(vendor, "k8s.io/client-go/kubernetes/typed/"+version) {
			clients = append(clients, "k8s.io/client-go/kubernetes/typed/"+version)
		}
		if vendored(vendor, "k8s.io/client-go/informers/"+version) {
			types = append(types, "k8s.io/api/"+version)
			informers[group] = append(informers[group], "k8s.io/client-go/informers/"+version)
		}
	}
	without := func(packages []string) func([]byte) ([]byte, error) {
		return func(source []byte) ([]byte, error) { return withoutPackages(source, packages) }
	}
	if err := reduce("k8s.io/client-go/kubernetes/clientset.go", without(clients)); err != nil {
		return nil, err
	}
	if err := reduce("k8s.io/client-go/informers/generic.go", without(types)); err != nil {
		return nil, err
	}
	err := reduce("k8s.io/kubernetes/pkg/generated/openapi/zz_generated.openapi.go", func(source []byte) ([]byte, error) {
		return withoutDefinitions(source, described)
	})
	if err != nil {
		return nil, err
	}
	for _, only := range versioned() {
		err := reduce(only.file, func(source []byte) ([]byte, error) { return withoutFunction(source, only.function, only.imports) })
		if err != nil {
			return nil, err
		}
	}
	if err := reduce(pathExpressions, withoutMatchers); err != nil {
		return nil, err
	}
	for group, packages := range informers {
		if err := reduce("k8s.io/client-go/informers/"+group+"/interface.go", without(packages)); err != nil {
			return nil, err
		}
	}
	return reduced, nil
}

// registering returns the files of a package that register functions with its
// scheme builder; none where the package is not vendored.
func registering(vendor, directory string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(vendor, filepath.FromSlash(directory)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var files []string
	for _, entry := range entries {
		file := directory + "/" + entry.Name()
		source, err := os.ReadFile(filepath.Join(vendor, filepath.FromSlash(file)))
		if err != nil {
			return nil, err
		}
		if strings.Contains(string(source), registration) {
			files = append(files, file)
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("vendor/%s: no file has %q", directory, registration)
	}
	return slices.Clip(files), nil
}

func vendored(vendor, directory string) bool {
	_, err := os.Stat(filepath.Join(vendor, filepath.FromSlash(directory)))
	return err == nil
}
