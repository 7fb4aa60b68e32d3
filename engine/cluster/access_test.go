package cluster_test

import (
	"strings"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	clientrest "k8s.io/client-go/rest"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
	"tabernetes/engine/controlplane/store"
)

// as is the administrator's client in the name of somebody else.
func (u *user) as(name string, groups ...string) kubernetes.Interface {
	config := u.running.RESTConfig()
	config.Impersonate = clientrest.ImpersonationConfig{UserName: name, Groups: groups}
	return kubernetes.NewForConfigOrDie(config)
}

func TestRolesDecide(t *testing.T) {
	var stored store.Snapshot
	clustertest.Virtual(t, cluster.Options{Seed: 8}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		whoami, err := u.AuthenticationV1().SelfSubjectReviews().Create(t.Context(), &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
		u.must(err)
		if whoami.Status.UserInfo.Username != "kubernetes-admin" {
			t.Errorf("the administrator is %q", whoami.Status.UserInfo.Username)
		}

		reader := u.as("mia")
		_, err = reader.CoreV1().Secrets("default").List(t.Context(), metav1.ListOptions{})
		u.refused(err, `secrets is forbidden: User "mia" cannot list resource "secrets" in API group "" in the namespace "default"`)
		_, err = u.RbacV1().RoleBindings("default").Create(t.Context(), &rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: "readers"},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "view"},
			Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: "mia"}},
		}, metav1.CreateOptions{})
		u.must(err)
		time.Sleep(time.Second)
		_, err = reader.CoreV1().Pods("default").List(t.Context(), metav1.ListOptions{})
		u.must(err)
		_, err = reader.CoreV1().Secrets("default").List(t.Context(), metav1.ListOptions{})
		u.refused(err, `cannot list resource "secrets"`)
		_, err = reader.CoreV1().Pods("kube-system").List(t.Context(), metav1.ListOptions{})
		u.refused(err, `in the namespace "kube-system"`)
		if err := reader.CoreV1().Pods("default").Delete(t.Context(), "none", metav1.DeleteOptions{}); !apierrors.IsForbidden(err) {
			t.Errorf("a reader deletes: got error %v", err)
		}

		// Nobody gives away more than he has, and impersonating is a right of its own.
		_, err = u.as("eve", "system:masters").RbacV1().ClusterRoles().Get(t.Context(), "cluster-admin", metav1.GetOptions{})
		u.must(err)
		_, err = reader.RbacV1().RoleBindings("default").Create(t.Context(), &rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: "more"},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "admin"},
		}, metav1.CreateOptions{})
		if !apierrors.IsForbidden(err) {
			t.Errorf("a reader makes bindings: got error %v", err)
		}

		u.deploy("web", 2, nil)
		clustertest.Settle(t, running, 5*time.Minute)
		if pods := u.pods("app=web"); len(pods) != 2 {
			t.Errorf("%d pods, want 2", len(pods))
		}
		stored = running.Store().Snapshot()
	})

	roles := 0
	for _, value := range stored.Values {
		if strings.HasPrefix(value.Key, "/registry/clusterroles/") {
			roles++
		}
	}
	if roles < 60 {
		t.Errorf("%d cluster roles are stored", roles)
	}
	// A cluster of an earlier version, or of a link, has no roles.
	var without []store.Value
	for _, value := range stored.Values {
		if !strings.HasPrefix(value.Key, "/registry/clusterrole") {
			without = append(without, value)
		}
	}
	stored.Values = without
	clustertest.Virtual(t, cluster.Options{Seed: 8, Restore: &stored}, func(t *testing.T, running *cluster.Cluster) {
		u := newUser(t, running)
		u.deploy("later", 2, nil)
		clustertest.Settle(t, running, 5*time.Minute)
		if pods := u.pods("app=later"); len(pods) != 2 {
			t.Errorf("%d pods, want 2", len(pods))
		}
		list, err := u.RbacV1().ClusterRoles().List(t.Context(), metav1.ListOptions{})
		u.must(err)
		if len(list.Items) != roles {
			t.Errorf("%d cluster roles, want %d", len(list.Items), roles)
		}
	})
}

func TestComponentsAndKubelets(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 8}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		components, err := u.CoreV1().ComponentStatuses().List(t.Context(), metav1.ListOptions{})
		u.must(err)
		for _, component := range components.Items {
			if len(component.Conditions) != 1 || component.Conditions[0].Message != "ok" {
				t.Errorf("%s: got conditions %v", component.Name, component.Conditions)
			}
		}
		if len(components.Items) != 3 {
			t.Errorf("%d components, want 3", len(components.Items))
		}
		// The kubelet answers for itself: it has no such pod.
		answer, err := u.CoreV1().RESTClient().Get().AbsPath("/api/v1/nodes/node-1/proxy/containerLogs/default/none/web").DoRaw(t.Context())
		if !apierrors.IsNotFound(err) || !strings.Contains(string(answer), `pod "none" does not exist`) {
			t.Errorf("got error %v and answer %q, want the kubelet's", err, answer)
		}
	})
}
