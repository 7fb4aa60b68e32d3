// Package rollout is the arithmetic of the Deployment controller: from one
// Deployment and its ReplicaSets, how many pods it may have and must have, and
// what the controller may add and take away next.
//
// engine/view/diagnose uses it to explain a rollout that makes no progress, and
// engine/view/timeline draws floor and ceiling. The numbers are those of
// upstream's own functions (k8s.io/kubernetes/pkg/controller/deployment/util);
// where the controller combines them in an unexported method, the comment names
// the method.
package rollout

import (
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	deploymentutil "k8s.io/kubernetes/pkg/controller/deployment/util"

	"tabernetes/engine/view/fields"
)

// Arithmetic is what the Deployment controller computes from one state of the
// objects. Numbers without a unit are pods. The wire form is that of the
// interface Arithmetic in web/src/protocol/diagnosis.ts; a test keeps the two the same.
type Arithmetic struct {
	Strategy string `json:"strategy"`
	Paused   bool   `json:"paused"`
	Desired  int32  `json:"desired"`

	// Surge and Unavailable are the bounds, as written and as numbers of pods.
	Surge       Bound `json:"surge"`
	Unavailable Bound `json:"unavailable"`
	// Ceiling is the maximum number of replicas: desired + max surge.
	Ceiling int32 `json:"ceiling"`
	// Floor is the minimum number of available pods: desired - max unavailable.
	Floor int32 `json:"floor"`

	// Total is the sum of all ReplicaSets' sizes; Available is how many pods are
	// available.
	Total     int32 `json:"total"`
	Available int32 `json:"available"`
	// New and NewAvailable are the size and the available pods of the ReplicaSet
	// of the current template, Old is the size of all others, and OldUnhealthy is
	// how many of their pods are not available.
	New          int32 `json:"new"`
	NewAvailable int32 `json:"newAvailable"`
	Old          int32 `json:"old"`
	OldUnhealthy int32 `json:"oldUnhealthy"`

	// ScaleUp is by how much the new ReplicaSet may grow now.
	ScaleUp int32 `json:"scaleUp"`
	// ScaleDown is by how much the old ReplicaSets may shrink now, and CleanUp the
	// part of it that are unavailable pods.
	ScaleDown int32 `json:"scaleDown"`
	CleanUp   int32 `json:"cleanUp"`
	// Next is the controller's next step.
	Next Step `json:"next"`
	// Plan has the sizes that the controller sets in this step, in order; never
	// nil.
	Plan []Resize `json:"plan"`
}

// Bound is a bound of the strategy.
type Bound struct {
	// Written is the value of the field, such as "25%".
	Written string `json:"written"`
	// Exact is what the percentage is before rounding, such as "1.25"; empty for a
	// number.
	Exact string `json:"exact"`
	// Pods is the resulting number. A percentage is rounded up for max surge and
	// down for max unavailable; when both would be 0, max unavailable is 1.
	Pods int32 `json:"pods"`
}

// Step is the next step of the controller.
type Step string

// The steps.
const (
	// Create the ReplicaSet of a new template.
	Create Step = "create"
	// ScaleUp the new ReplicaSet.
	ScaleUp Step = "scaleUp"
	// ScaleDown the old ReplicaSets, or the new one to what is desired.
	ScaleDown Step = "scaleDown"
	// Share a change of the Deployment's size out to the ReplicaSets.
	Share Step = "share"
	// Wait until pods become available or are gone.
	Wait Step = "wait"
	// Rest: the rollout is complete, or paused.
	Rest Step = "rest"
)

// Compute does the arithmetic for a Deployment and the ReplicaSets that it
// controls. The objects are not changed.
func Compute(deployment *appsv1.Deployment, replicaSets []*appsv1.ReplicaSet) Arithmetic {
	desired := fields.Replicas(deployment.Spec.Replicas)
	current := deploymentutil.FindNewReplicaSet(deployment, replicaSets)
	arithmetic := Arithmetic{
		Strategy:  string(deployment.Spec.Strategy.Type),
		Paused:    deployment.Spec.Paused,
		Desired:   desired,
		Ceiling:   desired + deploymentutil.MaxSurge(*deployment),
		Floor:     deploymentutil.MinAvailable(deployment),
		Total:     deploymentutil.GetReplicaCountForReplicaSets(replicaSets),
		Available: deploymentutil.GetAvailableReplicaCountForReplicaSets(replicaSets),
	}
	if rolling := deployment.Spec.Strategy.RollingUpdate; rolling != nil && deploymentutil.IsRollingUpdate(deployment) {
		arithmetic.Surge = bound(rolling.MaxSurge, desired, deploymentutil.MaxSurge(*deployment))
		arithmetic.Unavailable = bound(rolling.MaxUnavailable, desired, deploymentutil.MaxUnavailable(*deployment))
	}
	if current != nil {
		arithmetic.New, arithmetic.NewAvailable = fields.Replicas(current.Spec.Replicas), current.Status.AvailableReplicas
	}
	for _, replicaSet := range replicaSets {
		if current != nil && replicaSet.UID == current.UID {
			continue
		}
		arithmetic.Old += fields.Replicas(replicaSet.Spec.Replicas)
		arithmetic.OldUnhealthy += max(0, fields.Replicas(replicaSet.Spec.Replicas)-replicaSet.Status.AvailableReplicas)
	}
	_, old := deploymentutil.FindOldReplicaSets(deployment, replicaSets)
	switch {
	case deploymentutil.IsRollingUpdate(deployment):
		arithmetic.rolling(deployment, replicaSets, old, current)
	default:
		arithmetic.recreate(old, current)
	}
	if deployment.Spec.Paused || isScaling(deployment, replicaSets) {
		// DeploymentController.sync: no rollout takes place, and sizes follow the
		// Deployment's.
		arithmetic.Plan, arithmetic.Next = planScaling(deployment, replicaSets, current), Share
		arithmetic.CleanUp = 0
		arithmetic.ScaleUp, arithmetic.ScaleDown = sums(arithmetic.Plan)
		if len(arithmetic.Plan) == 0 {
			arithmetic.Next = Wait
		}
	}
	if arithmetic.Next == Wait && (deployment.Spec.Paused || deploymentutil.DeploymentComplete(deployment, &deployment.Status)) {
		arithmetic.Next = Rest
	}
	if arithmetic.Plan == nil {
		arithmetic.Plan = []Resize{}
	}
	return arithmetic
}

// rolling is what DeploymentController.rolloutRolling does: scale up if possible,
// and only otherwise down. A ReplicaSet that it creates has the largest size
// allowed, and the old ones shrink in the same sync.
func (arithmetic *Arithmetic) rolling(deployment *appsv1.Deployment, replicaSets, old []*appsv1.ReplicaSet, current *appsv1.ReplicaSet) {
	// A ReplicaSet that does not exist yet is created with as many replicas as one
	// of size 0 may be scaled to (getNewReplicaSet).
	growing := current
	if growing == nil {
		growing = &appsv1.ReplicaSet{Spec: appsv1.ReplicaSetSpec{Replicas: new(int32)}}
	}
	// reconcileNewReplicaSet
	wanted := arithmetic.Desired
	if arithmetic.New < arithmetic.Desired {
		// An error means a strategy of an unknown type, which validation rejects.
		wanted, _ = deploymentutil.NewRSNewReplicas(deployment, replicaSets, growing)
		arithmetic.ScaleUp = max(0, wanted-arithmetic.New)
	}
	resize := Resize{growing.Name, arithmetic.New, wanted}
	// reconcileOldReplicaSets
	total, newUnavailable := arithmetic.Total, arithmetic.New-arithmetic.NewAvailable
	if current == nil {
		total, newUnavailable = total+wanted, wanted
	}
	down, cleanedUp := planOldDown(deployment, old, total, arithmetic.Available, newUnavailable)
	arithmetic.CleanUp = cleanedUp
	_, arithmetic.ScaleDown = sums(down)
	switch {
	case current == nil:
		arithmetic.Next, arithmetic.Plan = Create, append([]Resize{resize}, down...)
	case wanted < arithmetic.New:
		arithmetic.Next, arithmetic.Plan = ScaleDown, []Resize{resize}
	case wanted > arithmetic.New:
		arithmetic.Next, arithmetic.Plan = ScaleUp, []Resize{resize}
	case len(down) > 0:
		arithmetic.Next, arithmetic.Plan = ScaleDown, down
	default:
		arithmetic.Next = Wait
	}
}

// recreate is what DeploymentController.rolloutRecreate does: no new pod before
// the last old one is gone.
func (arithmetic *Arithmetic) recreate(old []*appsv1.ReplicaSet, current *appsv1.ReplicaSet) {
	switch {
	case arithmetic.Old > 0:
		arithmetic.ScaleDown, arithmetic.Next = arithmetic.Old, ScaleDown
		for _, replicaSet := range old {
			if size := fields.Replicas(replicaSet.Spec.Replicas); size > 0 {
				arithmetic.Plan = append(arithmetic.Plan, Resize{replicaSet.Name, size, 0})
			}
		}
	case deploymentutil.GetActualReplicaCountForReplicaSets(old) > 0 || terminating(old) > 0:
		arithmetic.Next = Wait
	case current == nil:
		arithmetic.ScaleUp, arithmetic.Next = arithmetic.Desired, Create
		arithmetic.Plan = []Resize{{"", 0, arithmetic.Desired}}
	case arithmetic.New != arithmetic.Desired:
		arithmetic.Plan = []Resize{{current.Name, arithmetic.New, arithmetic.Desired}}
		arithmetic.ScaleUp, arithmetic.Next = max(0, arithmetic.Desired-arithmetic.New), ScaleUp
		if arithmetic.New > arithmetic.Desired {
			arithmetic.Next = ScaleDown
		}
	default:
		arithmetic.Next = Wait
	}
}

func terminating(replicaSets []*appsv1.ReplicaSet) int32 {
	if sum := deploymentutil.GetTerminatingReplicaCountForReplicaSets(replicaSets); sum != nil {
		return *sum
	}
	return 0
}

func bound(written *intstr.IntOrString, desired, pods int32) Bound {
	if written == nil {
		return Bound{Pods: pods}
	}
	bound := Bound{Written: written.String(), Pods: pods}
	if percent, isPercent := strings.CutSuffix(bound.Written, "%"); isPercent {
		if value, err := strconv.Atoi(percent); err == nil {
			bound.Exact = strconv.FormatFloat(float64(value)*float64(desired)/100, 'f', -1, 64)
		}
	}
	return bound
}
