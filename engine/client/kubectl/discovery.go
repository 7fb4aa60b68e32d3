package kubectl

import (
	"errors"
	"net/http"
	"reflect"
	"sync/atomic"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/rest"
)

// newDiscovery creates upstream's discovery client with a cache in memory, which
// all commands share. The one that upstream's flags make has its cache in files,
// each of which is read three times by the simplest command and more often by
// others. That is necessary between processes, but not within one.
func newDiscovery(transport http.RoundTripper) (discovery.CachedDiscoveryInterface, error) {
	if !discoveryField(genericclioptions.NewConfigFlags(true)).IsValid() {
		return nil, errors.New("genericclioptions.ConfigFlags keeps no discovery client")
	}
	client, err := discovery.NewDiscoveryClientForConfig(&rest.Config{Host: serverAddress, Transport: transport, QPS: -1})
	if err != nil {
		return nil, err
	}
	return memory.NewMemCacheClient(client), nil
}

// discoveryField is the field in which upstream's flags keep the client that
// they have made. They use the client in it, but have no function to set it.
func discoveryField(flags *genericclioptions.ConfigFlags) reflect.Value {
	field := reflect.ValueOf(flags).Elem().FieldByName("discoveryClient")
	if !field.IsValid() {
		return field
	}
	return reflect.NewAt(field.Type(), field.Addr().UnsafePointer()).Elem()
}

// shareDiscovery makes a command use the discovery client of all commands, unless
// its flags or its kubeconfig lead to another server.
func shareDiscovery(root *cobra.Command, flags *genericclioptions.ConfigFlags, shared discovery.CachedDiscoveryInterface) {
	before := root.PersistentPreRunE
	root.PersistentPreRunE = func(command *cobra.Command, arguments []string) error {
		// An error in the configuration is reported where the configuration is needed.
		if config, err := flags.ToRESTConfig(); err == nil && config.Host == serverAddress {
			discoveryField(flags).Set(reflect.ValueOf(&commandDiscovery{CachedDiscoveryInterface: shared}))
		}
		return before(command, arguments)
	}
}

// commandDiscovery is the shared client as one command sees it: what other
// commands have fetched is not fresh.
type commandDiscovery struct {
	discovery.CachedDiscoveryInterface
	fresh atomic.Bool
}

// Fresh implements discovery.CachedDiscoveryInterface: false makes a command that
// does not find a kind ask once more.
func (d *commandDiscovery) Fresh() bool { return d.fresh.Load() }

// Invalidate implements discovery.CachedDiscoveryInterface.
func (d *commandDiscovery) Invalidate() {
	d.fresh.Store(true)
	d.CachedDiscoveryInterface.Invalidate()
}
