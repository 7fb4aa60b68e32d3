package refusal_test

import (
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tabernetes/engine/refusal"
)

func TestRead(t *testing.T) {
	for _, test := range []struct {
		message string
		want    refusal.Refusal
	}{
		{
			`The deployments "web" is invalid: : ValidatingAdmissionPolicy 'replica-limit' with binding 'everywhere' denied request: at most 5 replicas, not 6`,
			refusal.Refusal{
				By:         refusal.ValidatingPolicy,
				Parameters: map[string]string{"policy": "replica-limit", "binding": "everywhere", "message": "at most 5 replicas, not 6"},
				Command:    "kubectl get validatingadmissionpolicy replica-limit -o yaml",
			},
		},
		{
			`pods "a" is forbidden: policy 'sidecars' with binding 'team' denied request: no such key: tier`,
			refusal.Refusal{
				By:         refusal.MutatingPolicy,
				Parameters: map[string]string{"policy": "sidecars", "binding": "team", "message": "no such key: tier"},
				Command:    "kubectl get mutatingadmissionpolicy sidecars -o yaml",
			},
		},
		{
			`Error from server: error when creating "a.yaml": admission webhook "images.example.com" denied the request: latest is no tag`,
			refusal.Refusal{
				By:         refusal.Webhook,
				Parameters: map[string]string{"webhook": "images.example.com", "message": "latest is no tag"},
				Command:    "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations",
			},
		},
		{
			`admission webhook "images.example.com" denied the request without explanation`,
			refusal.Refusal{
				By:         refusal.Webhook,
				Parameters: map[string]string{"webhook": "images.example.com", "message": "without explanation"},
				Command:    "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations",
			},
		},
		{
			`Internal error occurred: failed calling webhook "images.example.com": failed to call webhook: Post "https://images.shop.svc:443/?timeout=10s": service "images" not found`,
			refusal.Refusal{
				By: refusal.WebhookFailure,
				Parameters: map[string]string{
					"webhook": "images.example.com",
					"message": `failed to call webhook: Post "https://images.shop.svc:443/?timeout=10s": service "images" not found`,
				},
				Command: "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations",
			},
		},
		{
			`pods "web-x" is forbidden: exceeded quota: few, requested: pods=1,requests.cpu=1, used: pods=2,requests.cpu=2, limited: pods=2,requests.cpu=2`,
			refusal.Refusal{
				By: refusal.Quota,
				Parameters: map[string]string{
					"quota": "few", "requested": "pods=1,requests.cpu=1", "used": "pods=2,requests.cpu=2", "limited": "pods=2,requests.cpu=2",
				},
				Command: "kubectl get resourcequotas --all-namespaces",
			},
		},
		{
			`pods "web-x" is forbidden: failed quota: cpu: must specify limits.cpu for: main; requests.cpu for: main`,
			refusal.Refusal{
				By:         refusal.QuotaUnspecified,
				Parameters: map[string]string{"quota": "cpu", "missing": "limits.cpu for: main; requests.cpu for: main"},
				Command:    "kubectl get resourcequotas --all-namespaces",
			},
		},
		{
			`pods "a" is forbidden: [maximum cpu usage per Container is 100m, but limit is 200m, maximum memory usage per Container is 1Gi, but limit is 2Gi]`,
			refusal.Refusal{
				By: refusal.LimitRange,
				Parameters: map[string]string{
					"message": "[maximum cpu usage per Container is 100m, but limit is 200m, maximum memory usage per Container is 1Gi, but limit is 2Gi]",
				},
				Command: "kubectl describe limitranges --all-namespaces",
			},
		},
		{
			`pods "a" is forbidden: violates PodSecurity "restricted:latest": privileged (container "main" must not set securityContext.privileged=true)`,
			refusal.Refusal{
				By: refusal.PodSecurity,
				Parameters: map[string]string{
					"level": "restricted:latest", "message": `privileged (container "main" must not set securityContext.privileged=true)`,
				},
				Command: "kubectl get namespaces -L pod-security.kubernetes.io/enforce",
			},
		},
		{
			`pods "a-" is forbidden: error looking up service account shop/builder: serviceaccount "builder" not found`,
			refusal.Refusal{
				By:         refusal.ServiceAccount,
				Parameters: map[string]string{"namespace": "shop", "account": "builder"},
				Command:    "kubectl get serviceaccounts -n shop",
			},
		},
		{
			`Error from server (Forbidden): deployments.apps "web" is forbidden: User "nobody" cannot patch resource "deployments/scale" in API group "apps" in the namespace "shop"`,
			refusal.Refusal{
				By:         refusal.Authorization,
				Parameters: map[string]string{"user": "nobody", "verb": "patch", "resource": "deployments/scale", "group": "apps", "namespace": "shop"},
				Command:    "kubectl auth can-i patch deployments.apps --subresource=scale --as nobody -n shop",
			},
		},
		{
			`Error from server (Forbidden): nodes is forbidden: User "system:serviceaccount:shop:viewer" cannot list resource "nodes" in API group "" at the cluster scope`,
			refusal.Refusal{
				By:         refusal.Authorization,
				Parameters: map[string]string{"user": "system:serviceaccount:shop:viewer", "verb": "list", "resource": "nodes", "group": "", "namespace": ""},
				Command:    "kubectl auth can-i list nodes --as system:serviceaccount:shop:viewer",
			},
		},
		{
			`forbidden: User "nobody" cannot get path "/metrics"`,
			refusal.Refusal{
				By:         refusal.Authorization,
				Parameters: map[string]string{"user": "nobody", "verb": "get", "resource": "/metrics", "group": "", "namespace": ""},
				Command:    "kubectl auth can-i get /metrics --as nobody",
			},
		},
		{
			`resource mapping not found for name: "corner" namespace: "" from "a.yaml": no matches for kind "Bakery" in version "food.example/v1"`,
			refusal.Refusal{
				By:         refusal.Discovery,
				Parameters: map[string]string{"kind": "Bakery", "version": "food.example/v1"},
				Command:    "kubectl get customresourcedefinitions",
			},
		},
	} {
		got, found := refusal.Read(test.message)
		if !found {
			t.Errorf("nobody refuses by %s", test.message)
			continue
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: want - got +\n%s", test.message, diff)
		}
		names := slices.Sorted(maps.Keys(got.Parameters))
		if want := slices.Sorted(slices.Values(refusal.Parties[got.By])); !slices.Equal(names, want) {
			t.Errorf("%s: the parameters are %q, want %q", got.By, names, want)
		}
	}
}

func TestReadFindsNobodyElse(t *testing.T) {
	for _, message := range []string{
		"",
		`Error from server (NotFound): pods "policy" not found`,
		`The Deployment "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0`,
		`Error from server (AlreadyExists): deployments.apps "quota" already exists`,
		"error: exec plugin: the network policy denied it",
	} {
		if got, found := refusal.Read(message); found {
			t.Errorf("%s refuses by %q", got.By, message)
		}
	}
}

func TestReadAllTellsEachOnce(t *testing.T) {
	forbidden := `Error from server (Forbidden): pods is forbidden: User "nobody" cannot list resource "pods" in API group "" in the namespace "default"` + "\n"
	others := strings.ReplaceAll(forbidden, `"pods"`, `"secrets"`)
	got := refusal.ReadAll(forbidden + "warning: nothing\n" + others + forbidden)
	if len(got) != 2 || got[0].Parameters["resource"] != "pods" || got[1].Parameters["resource"] != "secrets" {
		t.Errorf("got %+v, want one refusal of pods and one of secrets", got)
	}
	if many := refusal.ReadAll(forbidden + others + strings.ReplaceAll(forbidden, "list", "watch") + strings.ReplaceAll(forbidden, "list", "get")); len(many) != 3 {
		t.Errorf("%d refusals, want at most 3", len(many))
	}
}

// TestProtocol keeps the Go and the TypeScript form of a refusal the same, and checks
// that the page words every party, with the parameters that it has.
func TestProtocol(t *testing.T) {
	declaration := regexp.MustCompile(`(?s)export interface Refusal \{(.*?)\n\}`).FindStringSubmatch(read(t, "../../web/src/protocol/refusal.ts"))
	if declaration == nil {
		t.Fatal("web/src/protocol/refusal.ts has no interface Refusal")
	}
	var want, got []string
	for _, property := range regexp.MustCompile(`(?m)^  readonly (\w+)\??:`).FindAllStringSubmatch(declaration[1], -1) {
		want = append(want, property[1])
	}
	for field := range reflect.TypeFor[refusal.Refusal]().Fields() {
		got = append(got, field.Tag.Get("json"))
	}
	if !slices.Equal(got, want) {
		t.Errorf("a refusal has the fields %q, in TypeScript %q", got, want)
	}
	for _, file := range []string{"../../web/src/language/refusals.english.ts", "../../web/src/language/refusals.chinese.ts"} {
		source := read(t, file)
		sentences := regexp.MustCompile(`(?m)^  (\w+): \((.*)\) =>`).FindAllStringSubmatch(source, -1)
		worded := map[refusal.Party]bool{}
		for _, sentence := range sentences {
			party := refusal.Party(sentence[1])
			worded[party] = true
			for _, parameter := range regexp.MustCompile(`\w+`).FindAllString(sentence[2], -1) {
				if !slices.Contains(refusal.Parties[party], parameter) {
					t.Errorf("%s: %s has no parameter %q", file, party, parameter)
				}
			}
		}
		for party := range refusal.Parties {
			if !worded[party] {
				t.Errorf("%s does not word %s", file, party)
			}
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
