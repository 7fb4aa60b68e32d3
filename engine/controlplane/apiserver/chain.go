package apiserver

import (
	"net/http"
	"strings"

	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/endpoints/filters"
	"k8s.io/apiserver/pkg/endpoints/filters/impersonation"
	genericapiserver "k8s.io/apiserver/pkg/server"
	genericfilters "k8s.io/apiserver/pkg/server/filters"
)

// Administrator is the identity of requests from outside the process: the user
// that kubeadm writes into admin.conf.
func Administrator() Identity {
	return Identity{Name: "kubernetes-admin", Groups: []string{administrators, user.AllAuthenticated}}
}

// administrators is the group of the administrators of a cluster that kubeadm set up.
const administrators = "kubeadm:cluster-admins"

// Nodes is the identity of the kubelets: the group that kubelets authenticate
// with, and one name for all of them.
func Nodes() Identity {
	return Identity{Name: "system:node", Groups: []string{user.NodesGroup, user.AllAuthenticated}}
}

// Scheduler is the identity of kube-scheduler.
func Scheduler() Identity {
	return Identity{Name: user.KubeScheduler, Groups: []string{user.AllAuthenticated}}
}

// Provisioner is the identity of the provisioner of the default StorageClass. What
// installs it in a cluster makes its service account an owner of volumes; here no
// such objects are seen, so it is one of the masters.
func Provisioner() Identity {
	return Identity{
		Name:   "system:serviceaccount:local-path-storage:local-path-provisioner-service-account",
		Groups: []string{user.SystemPrivilegedGroup, user.AllAuthenticated},
	}
}

// ControllerManager is the identity of kube-controller-manager itself, with which it
// watches and asks what there is.
func ControllerManager() Identity {
	return Identity{Name: user.KubeControllerManager, Groups: []string{user.AllAuthenticated}}
}

// ServiceAccount is the identity of a component that upstream runs under a
// service account of kube-system.
func ServiceAccount(name string) Identity {
	return Identity{
		Name:   "system:serviceaccount:kube-system:" + name,
		Groups: []string{"system:serviceaccounts", "system:serviceaccounts:kube-system", user.AllAuthenticated},
	}
}

// authenticateIdentity returns the user that the transport put into the request,
// or the administrator for a request that came through Handler.
var authenticateIdentity = authenticator.RequestFunc(func(request *http.Request) (*authenticator.Response, bool, error) {
	identity, ok := identityFrom(request.Context())
	if !ok {
		identity = Administrator()
	}
	return &authenticator.Response{User: identity.info()}, true, nil
})

// buildHandlerChain wraps the API in the filters of upstream's
// DefaultBuildHandlerChain (apiserver/pkg/server/config.go), outermost last,
// less those that need a network, a second process or a limit that a small
// cluster would not reach: priority and fairness, in-flight limits, CORS, HSTS, tracing, audit and
// request timeouts (cluster time may stand still).
func buildHandlerChain(handler http.Handler, config *genericapiserver.Config) http.Handler {
	handler = filters.WithAuthorization(handler, config.Authorization.Authorizer, config.Serializer)
	handler = whenImpersonating(impersonation.WithImpersonation(handler, config.Authorization.Authorizer, config.Serializer), handler)
	unauthorized := filters.Unauthorized(config.Serializer)
	handler = filters.WithAuthentication(handler, config.Authentication.Authenticator, unauthorized, nil, nil)
	handler = filters.WithWarningRecorder(handler)
	handler = genericfilters.WithWaitGroup(handler, config.LongRunningFunc, config.NonLongRunningRequestWaitGroup)
	handler = filters.WithCacheControl(handler)
	handler = filters.WithLatencyTrackers(handler)
	handler = filters.WithRequestInfo(handler, config.RequestInfoResolver)
	handler = filters.WithRequestReceivedTimestamp(handler)
	handler = genericfilters.WithPanicRecovery(handler, config.RequestInfoResolver)
	handler = filters.WithAuditInit(handler)
	return handler
}

// whenImpersonating skips the impersonation filter for requests that impersonate
// nobody, which are nearly all, and so saves its checks.
func whenImpersonating(impersonating, otherwise http.Handler) http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		for name := range request.Header {
			if strings.HasPrefix(name, "Impersonate-") {
				impersonating.ServeHTTP(writer, request)
				return
			}
		}
		otherwise.ServeHTTP(writer, request)
	})
}
