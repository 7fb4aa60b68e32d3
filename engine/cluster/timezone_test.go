package cluster_test

import (
	"testing"
	"time"
	_ "time/tzdata" // as the programs have it

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/clustertest"
)

// A CronJob keeps the hours of its time zone; an unknown one is refused.
func TestTimeZones(t *testing.T) {
	clustertest.Virtual(t, cluster.Options{Seed: 1}, func(t *testing.T, running *cluster.Cluster) {
		u := asUser(t, running)
		create := func(name, zone, schedule string) error {
			_, err := u.BatchV1().CronJobs("default").Create(t.Context(), &batchv1.CronJob{
				ObjectMeta: metav1.ObjectMeta{Name: name},
				Spec: batchv1.CronJobSpec{Schedule: schedule, TimeZone: &zone, JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{
					Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
						RestartPolicy: corev1.RestartPolicyNever,
						Containers:    []corev1.Container{{Name: "c", Image: "busybox:1.36", Command: []string{"true"}}},
					}},
				}}},
			}, metav1.CreateOptions{})
			return err
		}
		// The clock of a bubble begins at midnight UTC, 2000-01-01.
		u.must(create("east", "Asia/Shanghai", "20 8 * * *"))
		u.must(create("half", "Asia/Kolkata", "0 6 * * *"))
		if err := create("nowhere", "Mars/Base", "20 8 * * *"); !apierrors.IsInvalid(err) {
			t.Errorf("an unknown time zone: got %v", err)
		}
		time.Sleep(40 * time.Minute)
		for name, minute := range map[string]int{"east": 20, "half": 30} {
			found, err := u.BatchV1().CronJobs("default").Get(t.Context(), name, metav1.GetOptions{})
			u.must(err)
			if last := found.Status.LastScheduleTime; last == nil || last.UTC().Hour() != 0 || last.UTC().Minute() != minute {
				t.Errorf("%s: last scheduled at %v, want at 00:%02d UTC", name, last, minute)
			}
		}
	})
}
