package timeline

import (
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	deploymentutil "k8s.io/kubernetes/pkg/controller/deployment/util"

	"tabernetes/engine/view/fields"
)

// The values of Mark.What for the source "change".
const (
	ChangeCreated  = "created"
	ChangeImage    = "image"
	ChangeTemplate = "template"
	ChangeReplicas = "replicas"
	ChangePaused   = "paused"
	ChangeResumed  = "resumed"
	ChangeOther    = "other"
	ChangeDeleting = "deleting"
)

// Changes lists the values of Mark.What for the source "change".
var Changes = []string{ChangeCreated, ChangeImage, ChangeTemplate, ChangeReplicas, ChangePaused, ChangeResumed, ChangeOther, ChangeDeleting}

// changes returns the marks for the differences between two versions of a
// Deployment. before is nil for a new one.
func changes(before, after *appsv1.Deployment) []Mark {
	var marks []Mark
	add := func(source, what, from, to string) {
		mark := Mark{
			Time: time.Now().UnixMilli(), Revision: fields.Revision(after), Source: source, What: what, From: from, To: to,
			Kind: "Deployment", Name: after.Name,
		}
		if source == "change" && what == ChangeCreated {
			mark.Time = milliseconds(after.CreationTimestamp.Time)
		}
		if source == "condition" {
			mark.Who = "deployment-controller"
		}
		marks = append(marks, mark)
	}
	if before == nil {
		add("change", ChangeCreated, "", images(after))
		return marks
	}
	if after.DeletionTimestamp != nil && before.DeletionTimestamp == nil {
		add("change", ChangeDeleting, "", "")
	}
	if before.Generation != after.Generation && !equality.Semantic.DeepEqual(before.Spec, after.Spec) {
		known := false
		note := func(what, from, to string) {
			known = true
			add("change", what, from, to)
		}
		if from, to := images(before), images(after); from != to {
			note(ChangeImage, from, to)
		} else if !equality.Semantic.DeepEqual(before.Spec.Template, after.Spec.Template) {
			note(ChangeTemplate, "", "")
		}
		if from, to := fields.Replicas(before.Spec.Replicas), fields.Replicas(after.Spec.Replicas); from != to {
			note(ChangeReplicas, fmt.Sprint(from), fmt.Sprint(to))
		}
		switch {
		case after.Spec.Paused && !before.Spec.Paused:
			note(ChangePaused, "", "")
		case before.Spec.Paused && !after.Spec.Paused:
			note(ChangeResumed, "", "")
		}
		if !known {
			add("change", ChangeOther, "", "")
		}
	}
	for _, kind := range []appsv1.DeploymentConditionType{appsv1.DeploymentProgressing, appsv1.DeploymentAvailable, appsv1.DeploymentReplicaFailure} {
		was, is := deploymentutil.GetDeploymentCondition(before.Status, kind), deploymentutil.GetDeploymentCondition(after.Status, kind)
		if is == nil || was != nil && was.Status == is.Status && was.Reason == is.Reason {
			continue
		}
		from := ""
		if was != nil {
			from = was.Reason
		}
		add("condition", string(kind)+"="+string(is.Status), from, is.Reason)
		marks[len(marks)-1].Warning = kind == appsv1.DeploymentReplicaFailure && is.Status == corev1.ConditionTrue ||
			kind != appsv1.DeploymentReplicaFailure && is.Status == corev1.ConditionFalse
	}
	return marks
}

// images returns the images of the containers in their order.
func images(deployment *appsv1.Deployment) string {
	names := make([]string, 0, len(deployment.Spec.Template.Spec.Containers))
	for _, container := range deployment.Spec.Template.Spec.Containers {
		names = append(names, container.Image)
	}
	return strings.Join(names, ", ")
}
