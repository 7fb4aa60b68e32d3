package cluster_test

import (
	"testing"
	"time"

	storagemigrationv1 "k8s.io/api/storagemigration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

func TestStorageMigration(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 6}, func(t *testing.T, running *cluster.Cluster) {
		u := newUser(t, running)
		for _, test := range []struct {
			group, resource string
			want            storagemigrationv1.MigrationConditionType
		}{
			{"", "configmaps", storagemigrationv1.MigrationSucceeded},
			{"example.org", "unknown", storagemigrationv1.MigrationFailed},
		} {
			migration, err := u.StoragemigrationV1().StorageVersionMigrations().Create(t.Context(), &storagemigrationv1.StorageVersionMigration{
				ObjectMeta: metav1.ObjectMeta{Name: test.resource},
				Spec:       storagemigrationv1.StorageVersionMigrationSpec{Resource: metav1.GroupResource{Group: test.group, Resource: test.resource}},
			}, metav1.CreateOptions{})
			u.must(err)
			u.until(test.resource+": "+string(test.want), 30*time.Minute, func() bool {
				migration, err = u.StoragemigrationV1().StorageVersionMigrations().Get(t.Context(), test.resource, metav1.GetOptions{})
				u.must(err)
				for _, condition := range migration.Status.Conditions {
					if condition.Type == string(test.want) && condition.Status == metav1.ConditionTrue {
						return true
					}
				}
				return false
			})
		}
	})
}
