package diagnose

import (
	"fmt"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"

	"tabernetes/engine/refusal"
)

// createRefused explains that the API server does not let a controller create
// pods; message is the API server's answer.
func (d *Diagnoser) createRefused(reference Reference, missing, desired int32, evidence []Evidence, message string) []Link {
	return []Link{
		{
			Object: reference, Reason: ReasonCreateRefused, State: Blocked,
			Parameters: Parameters{"missing": missing, "desired": desired},
			Evidence:   evidence,
			Command:    describe(reference),
		},
		d.refused(reference, evidence, message),
	}
}

// refused explains who has refused a controller's pods.
func (d *Diagnoser) refused(reference Reference, evidence []Evidence, message string) Link {
	link := Link{
		Object: reference, Reason: ReasonAdmissionRefused, State: Blocked,
		Parameters: Parameters{"message": message},
		Evidence:   evidence,
		Command:    command(reference.Namespace, "get", "events", "--field-selector", "reason="+failedCreate),
	}
	by, found := refusal.Read(message)
	if !found {
		return link
	}
	is := by.Parameters
	switch by.By {
	case refusal.Quota:
		if quota := d.exceededQuota(reference.Namespace, is); quota != nil {
			return *quota
		}
		return link // deleted since, so the next try will pass
	case refusal.QuotaUnspecified:
		link.Object = d.reference("ResourceQuota", reference.Namespace, is["quota"])
		link.Reason, link.Parameters = ReasonQuotaUnspecified, Parameters{"quota": is["quota"], "missing": is["missing"]}
		link.Command = describe(link.Object)
	case refusal.LimitRange:
		if limits := all[*corev1.LimitRange](d, "LimitRange", reference.Namespace); len(limits) > 0 {
			link.Object = referenceTo("LimitRange", limits[0])
		}
		link.Reason, link.Parameters = ReasonLimitRangeRefused, Parameters{"message": is["message"]}
		link.Command = command(reference.Namespace, "describe", "limitranges")
	case refusal.PodSecurity:
		link.Object = d.reference("Namespace", "", reference.Namespace)
		link.Reason, link.Parameters = ReasonPodSecurityRefused, Parameters{"level": is["level"], "message": is["message"]}
		link.Command = command("", "get", "namespace", reference.Namespace, "--show-labels")
	case refusal.ServiceAccount:
		link.Object = Reference{Kind: "ServiceAccount", Namespace: is["namespace"], Name: is["account"]}
		link.Reason, link.Parameters = ReasonServiceAccountMissing, Parameters{"account": is["account"], "namespace": is["namespace"]}
		link.Command = command(is["namespace"], "get", "serviceaccounts")
	case refusal.ValidatingPolicy:
		return d.policyRefused(link, "ValidatingAdmissionPolicy", by)
	case refusal.MutatingPolicy:
		return d.policyRefused(link, "MutatingAdmissionPolicy", by)
	case refusal.Webhook, refusal.WebhookFailure:
		link.Reason = ReasonWebhookRefused
		if by.By == refusal.WebhookFailure {
			link.Reason = ReasonWebhookFailed
		}
		link.Object = d.webhookConfiguration(is["webhook"])
		link.Parameters = Parameters{"webhook": is["webhook"], "message": is["message"]}
		link.Command = command("", "get", resourceOf(link.Object.Kind), link.Object.Name, "-o", "yaml")
	}
	return link
}

func (d *Diagnoser) policyRefused(link Link, kind string, by refusal.Refusal) Link {
	is := by.Parameters
	link.Object = d.reference(kind, "", is["policy"])
	link.Reason = ReasonPolicyRefused
	link.Parameters = Parameters{"kind": kind, "policy": is["policy"], "binding": is["binding"], "message": is["message"]}
	link.Command = by.Command
	return link
}

// reference names an object that may not exist any more.
func (d *Diagnoser) reference(kind, namespace, name string) Reference {
	if object := d.find(kind, namespace, name); object != nil {
		return referenceTo(kind, object)
	}
	return Reference{Kind: kind, Namespace: namespace, Name: name}
}

// webhookConfiguration finds the configuration with a webhook of a name, by which
// alone the API server names it. If none has it any more, it names the webhook itself.
func (d *Diagnoser) webhookConfiguration(webhook string) Reference {
	for _, validating := range all[*admissionregistrationv1.ValidatingWebhookConfiguration](d, "ValidatingWebhookConfiguration", "") {
		for _, one := range validating.Webhooks {
			if one.Name == webhook {
				return referenceTo("ValidatingWebhookConfiguration", validating)
			}
		}
	}
	for _, mutating := range all[*admissionregistrationv1.MutatingWebhookConfiguration](d, "MutatingWebhookConfiguration", "") {
		for _, one := range mutating.Webhooks {
			if one.Name == webhook {
				return referenceTo("MutatingWebhookConfiguration", mutating)
			}
		}
	}
	return Reference{Kind: "ValidatingWebhookConfiguration", Name: webhook}
}

// exceededQuota explains that pods do not fit into a ResourceQuota, nil if it does
// not exist any more.
func (d *Diagnoser) exceededQuota(namespace string, is map[string]string) *Link {
	quota, ok := d.find("ResourceQuota", namespace, is["quota"]).(*corev1.ResourceQuota)
	if !ok {
		return nil
	}
	link := Link{
		Object: referenceTo("ResourceQuota", quota), Reason: ReasonQuotaExceeded, State: Blocked,
		Parameters: Parameters{"quota": is["quota"], "requested": is["requested"], "used": is["used"], "limited": is["limited"]},
		Command:    command(namespace, "describe", "resourcequota", is["quota"]),
	}
	for resource, hard := range quota.Status.Hard {
		if !strings.Contains(is["limited"], string(resource)+"=") {
			continue
		}
		usage := quota.Status.Used[resource]
		link.Evidence = append(link.Evidence, field(fmt.Sprintf(".status.used[%q]", resource), usage.String()+" of "+hard.String()))
	}
	sortEvidence(link.Evidence)
	return &link
}
