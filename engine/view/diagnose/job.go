package diagnose

import (
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/cache"

	"tabernetes/engine/view/fields"
)

func (d *Diagnoser) job(job *batchv1.Job, now time.Time) []Link {
	reference := referenceTo("Job", job)
	desired := fields.Replicas(job.Spec.Completions)
	if job.Spec.Completions == nil {
		desired = fields.Replicas(job.Spec.Parallelism)
	}
	pods := d.podsOf(job.UID)
	for _, condition := range job.Status.Conditions {
		if condition.Status != corev1.ConditionTrue {
			continue
		}
		switch condition.Type {
		case batchv1.JobComplete, batchv1.JobSuccessCriteriaMet:
			return nil
		case batchv1.JobFailed, batchv1.JobFailureTarget:
			chain := []Link{{
				Object: reference, Reason: ReasonJobFailed, State: Blocked,
				Parameters: Parameters{"reason": condition.Reason, "failed": job.Status.Failed},
				Evidence:   []Evidence{conditionEvidence(string(condition.Type), "True", condition.Message)},
				Command:    describe(reference),
			}}
			return append(chain, d.lastFailure(pods, now)...)
		}
	}
	if job.Spec.Suspend != nil && *job.Spec.Suspend {
		return []Link{suspended(reference)}
	}
	running := Link{
		Object: reference, Reason: ReasonJobRunning, State: Waiting,
		Parameters: Parameters{"succeeded": job.Status.Succeeded, "desired": desired},
		Evidence:   []Evidence{field(".status.succeeded", job.Status.Succeeded)},
		Command:    describe(reference),
	}
	if job.Status.Active == 0 {
		if refused := d.eventRefusal(reference, job, desired-job.Status.Succeeded, desired, failedCreate); refused != nil {
			return refused
		}
	}
	var worst []Link
	for _, pod := range pods {
		if pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
			continue
		}
		if chain := d.pod(pod, now); stateOf(chain).rank() > stateOf(worst).rank() {
			worst = chain
		}
	}
	if worst == nil {
		worst = d.lastFailure(pods, now)
	}
	return append([]Link{running}, worst...)
}

// lastFailure explains the pod that failed last.
func (d *Diagnoser) lastFailure(pods []*corev1.Pod, now time.Time) []Link {
	for index := len(pods) - 1; index >= 0; index-- {
		if pods[index].Status.Phase == corev1.PodFailed {
			return d.pod(pods[index], now)
		}
	}
	return nil
}

func (d *Diagnoser) cronJob(cron *batchv1.CronJob, now time.Time) []Link {
	reference := referenceTo("CronJob", cron)
	if cron.Spec.Suspend != nil && *cron.Spec.Suspend {
		return []Link{suspended(reference)}
	}
	// Upstream's reasons for giving up a schedule (cronjob_controllerv2.go).
	if events := d.eventsOf(cron.UID, "UnparseableSchedule", "InvalidSchedule", "TooManyMissedTimes"); len(events) > 0 {
		return []Link{{
			Object: reference, Reason: ReasonScheduleNotUsable, State: Blocked,
			Parameters: Parameters{"schedule": cron.Spec.Schedule},
			Evidence:   newest(events),
			Command:    describe(reference),
		}}
	}
	indexer, ok := d.stores["Job"].(cache.Indexer)
	if !ok {
		return nil // every informer's store is an indexer
	}
	jobs := controlled[*batchv1.Job](indexer, cron.UID)
	if len(jobs) == 0 {
		return nil
	}
	return d.job(jobs[len(jobs)-1], now)
}

func suspended(reference Reference) Link {
	return Link{
		Object: reference, Reason: ReasonSuspended, State: Held, Parameters: Parameters{},
		Evidence: []Evidence{field(".spec.suspend", true)},
		Command:  command(reference.Namespace, "get", resourceOf(reference.Kind), reference.Name),
	}
}
