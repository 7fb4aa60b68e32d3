// Package refusal reads from an API server's answer who has refused a request: a
// policy, a webhook, a quota, a range of limits, Pod Security, RBAC. The answer says
// so in prose only; what it looks like is quoted from upstream at each form.
//
// engine/client/apply and the terminal ask it about the errors of requests, and
// engine/view/diagnose about those that a controller meets when it creates pods. It
// knows texts and nothing else: no cluster, no client, no language of the page.
package refusal

import (
	"regexp"
	"strings"
)

// Party is who refuses requests. The page has a sentence for each.
type Party string

// The parties.
const (
	// ValidatingPolicy is a ValidatingAdmissionPolicy with a binding.
	ValidatingPolicy Party = "ValidatingPolicy"
	// MutatingPolicy is a MutatingAdmissionPolicy that could not do its work.
	MutatingPolicy Party = "MutatingPolicy"
	// Webhook is an admission webhook that has answered no.
	Webhook Party = "Webhook"
	// WebhookFailure is an admission webhook that has not answered.
	WebhookFailure Party = "WebhookFailure"
	// Quota is a ResourceQuota that is used up.
	Quota Party = "Quota"
	// QuotaUnspecified is a ResourceQuota of a resource that an object does not ask for.
	QuotaUnspecified Party = "QuotaUnspecified"
	// LimitRange is a LimitRange, which the message does not name.
	LimitRange Party = "LimitRange"
	// PodSecurity is Pod Security admission, by a label of the namespace.
	PodSecurity Party = "PodSecurity"
	// ServiceAccount is the admission of pods whose account does not exist.
	ServiceAccount Party = "ServiceAccount"
	// Authorization is RBAC: nobody has allowed the request to this user.
	Authorization Party = "Authorization"
	// Discovery is the client itself, which knows no resource for a kind.
	Discovery Party = "Discovery"
)

// Refusal says who has refused a request. Its wire form is that of the interface
// Refusal in web/src/protocol/refusal.ts; a test keeps the two the same.
type Refusal struct {
	By Party `json:"by"`
	// Parameters fill the party's sentence: those that Parties lists for it.
	Parameters map[string]string `json:"parameters"`
	// Command shows in any cluster what stands behind the refusal.
	Command string `json:"command"`
}

// Parties lists the parameters of every party's refusals. One that the message does
// not give is "".
var Parties = map[Party][]string{
	ValidatingPolicy: {"policy", "binding", "message"},
	MutatingPolicy:   {"policy", "binding", "message"},
	Webhook:          {"webhook", "message"},
	WebhookFailure:   {"webhook", "message"},
	Quota:            {"quota", "requested", "used", "limited"},
	QuotaUnspecified: {"quota", "missing"},
	LimitRange:       {"message"},
	PodSecurity:      {"level", "message"},
	ServiceAccount:   {"namespace", "account"},
	Authorization:    {"user", "verb", "resource", "group", "namespace"},
	Discovery:        {"kind", "version"},
}

// form is how a message says that a party has refused.
type form struct {
	party Party
	// says has the party's parameters as named groups.
	says *regexp.Regexp
	// command makes the Command of the parameters.
	command func(is map[string]string) string
}

const webhooks = "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations"

// forms are tried in this order.
var forms = []form{
	{
		// apiserver/pkg/admission/plugin/policy/validating/dispatcher.go
		ValidatingPolicy,
		regexp.MustCompile(`ValidatingAdmissionPolicy '(?P<policy>[^']+)'(?: with binding '(?P<binding>[^']+)')? denied request: (?P<message>.*)`),
		func(is map[string]string) string {
			return "kubectl get validatingadmissionpolicy " + is["policy"] + " -o yaml"
		},
	},
	{
		// apiserver/pkg/admission/plugin/policy/generic/policy_dispatcher.go
		MutatingPolicy,
		regexp.MustCompile(`\bpolicy ['"](?P<policy>[^'"]+)['"](?: with binding '(?P<binding>[^']+)')? denied request: (?P<message>.*)`),
		func(is map[string]string) string {
			return "kubectl get mutatingadmissionpolicy " + is["policy"] + " -o yaml"
		},
	},
	{
		// apiserver/pkg/admission/plugin/webhook/errors/statuserror.go
		Webhook,
		regexp.MustCompile(`admission webhook "(?P<webhook>[^"]+)" denied the request(?::? (?P<message>.*))?`),
		func(map[string]string) string { return webhooks },
	},
	{
		// apiserver/pkg/util/webhook/error.go
		WebhookFailure,
		regexp.MustCompile(`failed calling webhook "(?P<webhook>[^"]+)"[:;] (?P<message>.*)`),
		func(map[string]string) string { return webhooks },
	},
	{
		// apiserver/pkg/admission/plugin/resourcequota/controller.go
		Quota,
		regexp.MustCompile(`exceeded quota: (?P<quota>[^,\s]+), requested: (?P<requested>.*?), used: (?P<used>.*?), limited: (?P<limited>.*)`),
		func(map[string]string) string { return "kubectl get resourcequotas --all-namespaces" },
	},
	{
		// the same file, with pkg/quota/v1/evaluator/core of Kubernetes
		QuotaUnspecified,
		regexp.MustCompile(`failed quota: (?P<quota>[^:\s]+): must specify (?P<missing>.*)`),
		func(map[string]string) string { return "kubectl get resourcequotas --all-namespaces" },
	},
	{
		// plugin/pkg/admission/limitranger/admission.go
		LimitRange,
		regexp.MustCompile(`(?P<message>\[?(?:(?:minimum|maximum) \S+ usage|\S+ max limit to request ratio) per (?:Container|Pod|PersistentVolumeClaim) is .*)`),
		func(map[string]string) string { return "kubectl describe limitranges --all-namespaces" },
	},
	{
		// pod-security-admission/admission/admission.go
		PodSecurity,
		regexp.MustCompile(`violates PodSecurity "(?P<level>[^"]+)": (?P<message>.*)`),
		func(map[string]string) string { return "kubectl get namespaces -L pod-security.kubernetes.io/enforce" },
	},
	{
		// plugin/pkg/admission/serviceaccount/admission.go
		ServiceAccount,
		regexp.MustCompile(`error looking up service account (?P<namespace>[^/\s]+)/(?P<account>[^:\s]+): `),
		func(is map[string]string) string { return "kubectl get serviceaccounts -n " + is["namespace"] },
	},
	{
		// apiserver/pkg/endpoints/handlers/responsewriters/errors.go
		Authorization,
		regexp.MustCompile(`User "(?P<user>[^"]*)" cannot (?P<verb>\S+) (?:resource "(?P<resource>[^"]+)" in API group "(?P<group>[^"]*)" (?:in the namespace "(?P<namespace>[^"]+)"|at the cluster scope)|path "(?P<path>[^"]+)")`),
		mayI,
	},
	{
		// apimachinery/pkg/api/meta/errors.go
		Discovery,
		regexp.MustCompile(`no matches for kind "(?P<kind>[^"]+)" in version "(?P<version>[^"]+)"`),
		func(map[string]string) string { return "kubectl get customresourcedefinitions" },
	},
}

// mayI asks the API server the question to which its answer was no.
func mayI(is map[string]string) string {
	line := "kubectl auth can-i " + is["verb"] + " "
	if path := is["path"]; path != "" {
		is["resource"] = path // which stands for itself
	}
	delete(is, "path")
	resource, subresource, hasSubresource := strings.Cut(is["resource"], "/")
	switch {
	case resource == "":
		line += is["resource"]
	case is["group"] != "":
		line += resource + "." + is["group"]
	default:
		line += resource
	}
	if hasSubresource && resource != "" {
		line += " --subresource=" + subresource
	}
	line += " --as " + is["user"]
	if is["namespace"] != "" {
		line += " -n " + is["namespace"]
	}
	return line
}

// Read returns who has refused a request, by the API server's answer to it. There
// may be something before the answer, as a command's name of the file.
func Read(message string) (Refusal, bool) {
	for _, form := range forms {
		found := form.says.FindStringSubmatch(message)
		if found == nil {
			continue
		}
		is := map[string]string{}
		for index, name := range form.says.SubexpNames() {
			if name != "" {
				is[name] = strings.TrimSpace(found[index])
			}
		}
		command := form.command(is)
		return Refusal{By: form.party, Parameters: is, Command: command}, true
	}
	return Refusal{}, false
}

// maxRefusals bounds what ReadAll returns: the first of many tell enough.
const maxRefusals = 3

// ReadAll returns who has refused requests by what a command has said, each party's
// refusal once, at most three.
func ReadAll(output string) []Refusal {
	var refusals []Refusal
	known := map[string]bool{}
	for line := range strings.Lines(output) {
		refusal, found := Read(line)
		if !found {
			continue
		}
		key := string(refusal.By) + refusal.Command
		if known[key] {
			continue
		}
		known[key] = true
		if refusals = append(refusals, refusal); len(refusals) == maxRefusals {
			break
		}
	}
	return refusals
}
