package apiserver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/authorization/authorizerfactory"
	"k8s.io/apiserver/pkg/authorization/union"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/util/retry"
	"k8s.io/component-helpers/auth/rbac/reconciliation"
	"k8s.io/kubernetes/pkg/registry/rbac/validation"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy"
)

// roleBasedAccess decides what a user may do, as kubeadm has kube-apiserver decide it
// (--authorization-mode=Node,RBAC).
type roleBasedAccess struct {
	authorizer.Authorizer
	authorizer.RuleResolver
	defaults *defaultRoles
}

func newRoleBasedAccess(shared informers.SharedInformerFactory) (*roleBasedAccess, error) {
	resources := shared.Rbac().V1()
	byRoles := rbac.New(
		&rbac.RoleGetter{Lister: resources.Roles().Lister()},
		&rbac.RoleBindingLister{Lister: resources.RoleBindings().Lister()},
		&rbac.ClusterRoleGetter{Lister: resources.ClusterRoles().Lister()},
		&rbac.ClusterRoleBindingLister{Lister: resources.ClusterRoleBindings().Lister()},
	)
	masters := authorizerfactory.NewPrivilegedGroups(user.SystemPrivilegedGroup)
	defaults := newDefaultRoles()
	decides, err := union.New(
		union.NamedAuthorizer{AuthorizerName: "masters", Authorizer: masters},
		union.NamedAuthorizer{AuthorizerName: "Node", Authorizer: nodes{}},
		union.NamedAuthorizer{AuthorizerName: "RBAC", Authorizer: byRoles},
		union.NamedAuthorizer{AuthorizerName: "defaults", Authorizer: defaults},
	)
	if err != nil {
		return nil, fmt.Errorf("create the authorizer: %w", err)
	}
	return &roleBasedAccess{Authorizer: decides, RuleResolver: byRoles, defaults: defaults}, nil
}

// nodes lets the kubelets do what upstream's Node authorizer lets all of them do
// (k8s.io/kubernetes/plugin/pkg/auth/authorizer/node). That one also asks which node
// a kubelet is, to hide from it what belongs to the pods of others; here the kubelets
// of all nodes are one client.
type nodes struct{}

// Authorize implements authorizer.Authorizer.
func (nodes) Authorize(_ context.Context, attributes authorizer.Attributes) (authorizer.Decision, string, error) {
	if slices.Contains(attributes.GetUser().GetGroups(), user.NodesGroup) && rbac.RulesAllow(attributes, nodeRules...) {
		return authorizer.DecisionAllow, "", nil
	}
	return authorizer.DecisionNoOpinion, "", nil
}

// ConditionsAwareAuthorize implements authorizer.Authorizer.
func (n nodes) ConditionsAwareAuthorize(ctx context.Context, attributes authorizer.Attributes) authorizer.ConditionsAwareDecision {
	return authorizer.ConditionsAwareDecisionFromParts(n.Authorize(ctx, attributes))
}

// EvaluateConditions implements authorizer.Authorizer.
func (nodes) EvaluateConditions(context.Context, authorizer.ConditionsAwareDecision, authorizer.ConditionsData) (authorizer.Decision, string, error) {
	return authorizer.DecisionDeny, "", authorizer.ErrorConditionEvaluationNotSupported
}

var nodeRules = bootstrappolicy.NodeRules()

// defaultRoles are the roles and bindings of every cluster: those that kube-apiserver
// writes at each start, and the binding of the administrators by kubeadm. Until they
// are written they decide as if they were.
type defaultRoles struct {
	*rbac.RBACAuthorizer
	written atomic.Bool
}

func newDefaultRoles() *defaultRoles {
	_, static := validation.NewTestRuleResolver(nil, nil, pointers(clusterRoles()), pointers(clusterRoleBindings()))
	return &defaultRoles{RBACAuthorizer: rbac.New(static, static, static, static)}
}

// Authorize implements authorizer.Authorizer.
func (d *defaultRoles) Authorize(ctx context.Context, attributes authorizer.Attributes) (authorizer.Decision, string, error) {
	if d.written.Load() {
		return authorizer.DecisionNoOpinion, "", nil
	}
	return d.RBACAuthorizer.Authorize(ctx, attributes)
}

// ConditionsAwareAuthorize implements authorizer.Authorizer.
func (d *defaultRoles) ConditionsAwareAuthorize(ctx context.Context, attributes authorizer.Attributes) authorizer.ConditionsAwareDecision {
	return authorizer.ConditionsAwareDecisionFromParts(d.Authorize(ctx, attributes))
}

func clusterRoles() []rbacv1.ClusterRole {
	return append(bootstrappolicy.ClusterRoles(), bootstrappolicy.ControllerRoles()...)
}

// clusterRoleBindings are upstream's, and that of kubeadm
// (k8s.io/kubernetes/cmd/kubeadm/app/phases/kubeconfig).
func clusterRoleBindings() []rbacv1.ClusterRoleBinding {
	bindings := append(bootstrappolicy.ClusterRoleBindings(), bootstrappolicy.ControllerRoleBindings()...)
	return append(bindings, rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: administrators},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "cluster-admin"},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.GroupKind, Name: administrators}},
	})
}

// write brings the roles and bindings of the cluster up to date, as the hook of
// upstream's RBAC storage does (k8s.io/kubernetes/pkg/registry/rbac/rest). That one
// waits a second first, and holds back the server until then.
func (d *defaultRoles) write(ctx context.Context, client kubernetes.Interface) error {
	var problems []error
	reconcile := func(kind, name string, run func() error) {
		err := retry.OnError(retry.DefaultBackoff, func(err error) bool {
			return ctx.Err() == nil && (apierrors.IsConflict(err) || apierrors.IsServiceUnavailable(err))
		}, run)
		if err != nil {
			problems = append(problems, fmt.Errorf("write %s %q: %w", kind, name, err))
		}
	}
	access := client.RbacV1()
	role := func(kind string, owner reconciliation.RuleOwner, modifier reconciliation.RuleOwnerModifier) {
		reconcile(kind, owner.GetName(), func() error {
			_, err := (&reconciliation.ReconcileRoleOptions{Role: owner, Client: modifier, Confirm: true}).Run()
			return err
		})
	}
	binding := func(kind string, binding reconciliation.RoleBinding, modifier reconciliation.RoleBindingModifier) {
		reconcile(kind, binding.GetName(), func() error {
			_, err := (&reconciliation.ReconcileRoleBindingOptions{RoleBinding: binding, Client: modifier, Confirm: true}).Run()
			return err
		})
	}
	// Nearly always all is there. To ask for each would take a stored cluster a tenth
	// of a second.
	roles, err := access.ClusterRoles().List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("list the roles: %w", err)
	}
	bindings, err := access.ClusterRoleBindings().List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("list the bindings: %w", err)
	}
	for _, made := range clusterRoles() {
		if !slices.ContainsFunc(roles.Items, func(there rbacv1.ClusterRole) bool { return sameRole(&there, &made) }) {
			role("ClusterRole", reconciliation.ClusterRoleRuleOwner{ClusterRole: &made}, reconciliation.ClusterRoleModifier{Client: access.ClusterRoles()})
		}
	}
	for _, made := range clusterRoleBindings() {
		if !slices.ContainsFunc(bindings.Items, func(there rbacv1.ClusterRoleBinding) bool { return sameBinding(&there, &made) }) {
			binding("ClusterRoleBinding", reconciliation.ClusterRoleBindingAdapter{ClusterRoleBinding: &made},
				reconciliation.ClusterRoleBindingClientAdapter{Client: access.ClusterRoleBindings()})
		}
	}
	for _, namespace := range systemNamespaces {
		for _, made := range bootstrappolicy.NamespaceRoles()[namespace] {
			role("Role", reconciliation.RoleRuleOwner{Role: &made}, reconciliation.RoleModifier{Client: access, NamespaceClient: client.CoreV1().Namespaces()})
		}
		for _, made := range bootstrappolicy.NamespaceRoleBindings()[namespace] {
			binding("RoleBinding", reconciliation.RoleBindingAdapter{RoleBinding: &made},
				reconciliation.RoleBindingClientAdapter{Client: access, NamespaceClient: client.CoreV1().Namespaces()})
		}
	}
	d.written.Store(len(problems) == 0)
	return errors.Join(problems...)
}

// sameRole says whether a role grants what its default does. The rules of one that
// others are aggregated into are theirs.
func sameRole(there, made *rbacv1.ClusterRole) bool {
	return there.Name == made.Name && equality.Semantic.DeepEqual(there.AggregationRule, made.AggregationRule) &&
		(made.AggregationRule != nil || equality.Semantic.DeepEqual(there.Rules, made.Rules))
}

func sameBinding(there, made *rbacv1.ClusterRoleBinding) bool {
	return there.Name == made.Name && there.RoleRef == made.RoleRef && equality.Semantic.DeepEqual(there.Subjects, made.Subjects)
}

func pointers[Object any](objects []Object) []*Object {
	result := make([]*Object, len(objects))
	for i := range objects {
		result[i] = &objects[i]
	}
	return result
}
