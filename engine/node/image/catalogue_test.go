package image

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func builtInCatalogue(t *testing.T) *Catalogue {
	t.Helper()
	catalogue, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	return catalogue
}

func TestBuiltInCatalogueIsValid(t *testing.T) {
	catalogue := builtInCatalogue(t)
	for _, want := range []string{
		"registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx", "docker.io/library/nginx",
		"docker.io/library/httpd", "docker.io/library/redis", "docker.io/library/busybox", "docker.io/library/alpine",
		"docker.io/library/postgres", "registry.k8s.io/pause", "registry.k8s.io/e2e-test-images/agnhost",
	} {
		if !slices.Contains(catalogue.Repositories(), want) {
			t.Errorf("repository %q is missing", want)
		}
	}
	if got, want := catalogue.Preloaded(), []string{"registry.k8s.io/pause:3.10.2"}; !slices.Equal(got, want) {
		t.Errorf("preloaded: got %q, want %q", got, want)
	}
}

func TestResolve(t *testing.T) {
	catalogue := builtInCatalogue(t)
	for _, test := range []struct {
		name, want string
		known      bool
	}{
		{"nginx", "docker.io/library/nginx:latest", true},
		{"nginx:1.14.2", "docker.io/library/nginx:1.14.2", true},
		{"docker.io/library/busybox:1.28", "docker.io/library/busybox:1.28", true},
		{"nginx@sha256:0000000000000000000000000000000000000000000000000000000000000001", "docker.io/library/nginx@sha256:0000000000000000000000000000000000000000000000000000000000000001", true},
		{"example.com/team/app:v7", "example.com/team/app:v7", false},
	} {
		image, err := catalogue.Resolve(test.name)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if image.Name != test.want || image.Known != test.known {
			t.Errorf("%s: got %q (known %t), want %q (known %t)", test.name, image.Name, image.Known, test.want, test.known)
		}
		if image.SizeBytes <= 0 || image.PullDuration(nothing) <= 0 || !strings.HasPrefix(image.Digest, "sha256:") {
			t.Errorf("%s: size %d, pull %s, digest %q", test.name, image.SizeBytes, image.PullDuration(nothing), image.Digest)
		}
	}
}

func TestMissingTagFailsInContainerdsWords(t *testing.T) {
	_, err := builtInCatalogue(t).Resolve("nginx:1.161")
	var notFound *PullError
	if !errors.As(err, &notFound) {
		t.Fatalf("got error %v, want a PullError", err)
	}
	want := `rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:1.161": failed to resolve reference "docker.io/library/nginx:1.161": docker.io/library/nginx:1.161: not found`
	if err.Error() != want {
		t.Fatalf("got  %s\nwant %s", err, want)
	}
	if _, err := builtInCatalogue(t).Resolve("Not A Name"); err == nil || errors.As(err, &notFound) && notFound.Name == "Not A Name" {
		t.Fatalf("got error %v, want one that says it is no image name", err)
	}
}

func TestSeedImagesAnswerWithVersionAndHost(t *testing.T) {
	catalogue := builtInCatalogue(t)
	for _, tag := range []string{"v1", "v2"} {
		image, err := catalogue.Resolve("registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:" + tag)
		if err != nil {
			t.Fatal(err)
		}
		want := "----------\nversion: " + tag + "\nhostname: pod-1\n"
		if got := image.Expand(image.Answer("/", 0).Body, "pod-1", "/"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	const head = "repository: docker.io/library/x\nsummary: x\n"
	const tags = "tags: [{names: [a], sizeBytes: 1}]\n"
	for _, test := range []struct{ text, want string }{
		{"repository: x\nsummary: s\n" + tags, `catalogue file "x.yaml": repository "x": write it in full, as "docker.io/library/x"`},
		{"repository: docker.io/library/x:v1\nsummary: s\n" + tags, `catalogue file "x.yaml": repository "docker.io/library/x:v1": has a tag or a digest`},
		{head, `catalogue file "x.yaml": tags: is empty; a repository without tags cannot be pulled`},
		{head + "tags: [{names: [a], sizeBytes: 0}]", `catalogue file "x.yaml": tags[0].sizeBytes: must be positive, got 0`},
		{head + "tags: [{names: [a, a], sizeBytes: 1}]", `catalogue file "x.yaml": tags[0].names[1] "a": is listed twice`},
		{head + "tags: [{names: [a/b], sizeBytes: 1}]", `catalogue file "x.yaml": tags[0].names[0] "a/b": invalid tag format`},
		{head + tags + "ports: [70000]", `catalogue file "x.yaml": ports[0]: must be between 1 and 65535, got 70000`},
		{head + tags + "http: {body: x}", `catalogue file "x.yaml": http: needs ports to answer on`},
		{head + tags + "ports: [80]\nhttp: {paths: [x]}", `catalogue file "x.yaml": http.paths[0] "x": must begin with "/"`},
		{head + tags + "startUp: -1s", `catalogue file "x.yaml": startUp: must not be negative, got -1s`},
		{head + tags + "stop: {code: 256}", `catalogue file "x.yaml": stop.code: must be between 0 and 255, got 256`},
		{head + tags + "stop: {ignored: true, code: 1}", `catalogue file "x.yaml": stop: ignored excludes abrupt, accepts, after and code`},
		{head + tags + "shell: true", `catalogue file "x.yaml": exit: a shell image needs it, because its own process ends at once without a terminal`},
		{head + tags + "stop: {accepts: 2s, after: 1s}", `catalogue file "x.yaml": stop.accepts: must not be longer than stop.after, got 2s and 1s`},
		{head + tags + "ports: [80]\ngrpc: {health: {\"\": OK}}", `catalogue file "x.yaml": grpc.health[""] "OK": must be one of SERVING, NOT_SERVING, UNKNOWN, SERVICE_UNKNOWN`},
		{head + tags + "ports: [80]\nhttp: {routes: [{path: /a, status: 302}]}", `catalogue file "x.yaml": http.routes[0].location: a redirect needs one, and nothing else has one`},
		{head + tags + "usage: {memory: {base: -1Mi}}", `catalogue file "x.yaml": usage.memory.base: must not be negative, got -1Mi`},
		{head + tags + "arguments: [{first: a, ports: [0]}]", `catalogue file "x.yaml": arguments[0].ports[0]: must be between 1 and 65535, got 0`},
		{head + "tags: [{names: [a], sizeBytes: 5, base: {name: b, sizeBytes: 5}}]", `catalogue file "x.yaml": tags[0].base: needs a name and a size between 0 and that of the image, got "b" and 5`},
		{head + "tags: [{names: [a], sizeBytes: 5, set: {start-up: soon}}]", `catalogue file "x.yaml": tags[0].set: "sim.tabernetes.dev/start-up": must be a duration such as "15s" or "1m30s", got "soon"`},
		{head + tags + "prots: [80]", `catalogue file "x.yaml": error unmarshaling JSON: while decoding JSON: json: unknown field "prots"`},
	} {
		_, err := Load(fstest.MapFS{"x.yaml": {Data: []byte(test.text)}})
		if err == nil || err.Error() != test.want {
			t.Errorf("%s\ngot  %v\nwant %s", test.text, err, test.want)
		}
	}
	twice := []byte(head + tags)
	for _, test := range []struct{ text, want string }{
		{"- {host: a/b, summary: s}", `catalogue file "registries.yaml": [0].host "a/b": must be a host name, without a slash`},
		{"- {host: a, summary: s, fault: slow}", `catalogue file "registries.yaml": [0].fault "slow": must be one of not-found, denied, no-such-host, timeout, refused, rate-limit, server-error`},
		{"- {host: a, summary: s}\n- {host: a, summary: s}", `catalogue file "registries.yaml": [1].host "a": is listed twice`},
	} {
		_, err := Load(fstest.MapFS{"registries.yaml": {Data: []byte(test.text)}})
		if err == nil || err.Error() != test.want {
			t.Errorf("%s\ngot  %v\nwant %s", test.text, err, test.want)
		}
	}
	_, err := Load(fstest.MapFS{"a.yaml": {Data: twice}, "b.yaml": {Data: twice}})
	if want := `catalogue file "b.yaml": repository "docker.io/library/x" is in another file too`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func nothing(string) bool { return false }

func TestPullTakesOnlyMissingLayers(t *testing.T) {
	image := Image{Layers: []Layer{{"base", 50_000_000}, {"own", 10_000_000}}, BytesPerSecond: 20_000_000}
	if got, want := image.PullDuration(nothing), 3*time.Second; got != want {
		t.Errorf("none present: got %s, want %s", got, want)
	}
	if got, want := image.PullDuration(func(layer string) bool { return layer == "base" }), 500*time.Millisecond; got != want {
		t.Errorf("base present: got %s, want %s", got, want)
	}
}

func TestLayersAddUpAndAreShared(t *testing.T) {
	catalogue := builtInCatalogue(t)
	layersOf := func(name string) []Layer {
		image, err := catalogue.Resolve(name)
		if err != nil {
			t.Fatal(err)
		}
		sum := int64(0)
		for _, layer := range image.Layers {
			if layer.SizeBytes <= 0 {
				t.Errorf("%s: layer %q has %d bytes", name, layer.Name, layer.SizeBytes)
			}
			sum += layer.SizeBytes
		}
		if sum != image.SizeBytes {
			t.Errorf("%s: layers have %d bytes, the image %d", name, sum, image.SizeBytes)
		}
		return image.Layers
	}
	for _, pair := range [][2]string{
		{"nginx:1.27", "httpd:2.4"}, {"sim.tabernetes.dev/web:v1", "sim.tabernetes.dev/web:v2"}, {"example.com/app:v1", "example.com/app:v2"},
	} {
		one, other := layersOf(pair[0]), layersOf(pair[1])
		if one[0] != other[0] || one[1].Name == other[1].Name {
			t.Errorf("%q: got layers %v and %v, want the first alone in common", pair, one, other)
		}
	}
}

func TestFaultsInContainerdsWords(t *testing.T) {
	catalogue := builtInCatalogue(t)
	for _, test := range []struct{ name, want string }{
		{"ngnix", `rpc error: code = Unknown desc = failed to pull and unpack image "docker.io/library/ngnix:latest": failed to resolve reference "docker.io/library/ngnix:latest": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`},
		{"unknown.sim.tabernetes.dev/app:v1", `rpc error: code = Unknown desc = failed to pull and unpack image "unknown.sim.tabernetes.dev/app:v1": failed to resolve reference "unknown.sim.tabernetes.dev/app:v1": failed to do request: Head "https://unknown.sim.tabernetes.dev/v2/app/manifests/v1": dial tcp: lookup unknown.sim.tabernetes.dev on 172.18.0.1:53: no such host`},
		{"unreachable.sim.tabernetes.dev/a/b", `rpc error: code = DeadlineExceeded desc = failed to pull and unpack image "unreachable.sim.tabernetes.dev/a/b:latest": failed to resolve reference "unreachable.sim.tabernetes.dev/a/b:latest": failed to do request: Head "https://unreachable.sim.tabernetes.dev/v2/a/b/manifests/latest": dial tcp 203.0.113.10:443: i/o timeout`},
		{"refused.sim.tabernetes.dev/a", `rpc error: code = Unknown desc = failed to pull and unpack image "refused.sim.tabernetes.dev/a:latest": failed to resolve reference "refused.sim.tabernetes.dev/a:latest": failed to do request: Head "https://refused.sim.tabernetes.dev/v2/a/manifests/latest": dial tcp 203.0.113.10:443: connect: connection refused`},
		{"broken.sim.tabernetes.dev/a", `rpc error: code = Unknown desc = failed to pull and unpack image "broken.sim.tabernetes.dev/a:latest": failed to resolve reference "broken.sim.tabernetes.dev/a:latest": unexpected status from HEAD request to https://broken.sim.tabernetes.dev/v2/a/manifests/latest: 503 Service Unavailable`},
	} {
		_, err := catalogue.Resolve(test.name)
		if err == nil || err.Error() != test.want {
			t.Errorf("%s\ngot  %v\nwant %s", test.name, err, test.want)
		}
	}
	nginx, err := catalogue.Resolve("nginx")
	if err != nil {
		t.Fatal(err)
	}
	want := `rpc error: code = Unknown desc = failed to pull and unpack image "docker.io/library/nginx:latest": failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/nginx/manifests/` + nginx.Digest +
		`: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit`
	if got := catalogue.Fail(nginx, FaultRateLimit).Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, name := range []string{"rabbitmq:4", "someone/app", "quay.io/x/y:1"} {
		if _, err := catalogue.Resolve(name); err != nil {
			t.Errorf("%s: %v, want a plain server", name, err)
		}
	}
}

func TestPrivateRepositoryNeedsItsLogin(t *testing.T) {
	catalogue := builtInCatalogue(t)
	const name = "sim.tabernetes.dev/private:v1"
	for _, logins := range [][]Login{nil, {{Username: "learner", Password: "wrong"}}} {
		var denied *PullError
		if _, err := catalogue.Pull(name, logins); !errors.As(err, &denied) || denied.Fault != FaultDenied {
			t.Errorf("%v: got %v, want access denied", logins, err)
		}
	}
	if _, err := catalogue.Pull(name, []Login{{Username: "other", Password: "x"}, {Username: "learner", Password: "secret"}}); err != nil {
		t.Errorf("with the right login: %v", err)
	}
}

func TestArgumentsChangeTheBehaviour(t *testing.T) {
	catalogue := builtInCatalogue(t)
	resolve := func(name string, command, args []string) Image {
		image, err := catalogue.Resolve(name)
		if err != nil {
			t.Fatal(err)
		}
		return image.WithArguments(command, args)
	}
	liveness := resolve("registry.k8s.io/e2e-test-images/agnhost:2.40", nil, []string{"liveness"})
	if early, late := liveness.Answer("/healthz", 9*time.Second).Status, liveness.Answer("/healthz", 10*time.Second).Status; early != 200 || late != 500 {
		t.Errorf("agnhost liveness: got %d and %d, want 200 and 500", early, late)
	}
	checking := resolve("registry.k8s.io/e2e-test-images/agnhost:2.40", []string{"/agnhost", "grpc-health-checking"}, []string{"--port=5083"})
	if !slices.Equal(checking.Ports, []int32{5083}) || checking.GRPC == nil {
		t.Errorf("agnhost grpc-health-checking: got ports %v", checking.Ports)
	}
	for _, test := range []struct{ command, args, want []string }{
		{nil, []string{"netexec", "--http-port=8083"}, []string{"/agnhost", "netexec", "--http-port=8083"}},
		{[]string{"/agnhost"}, []string{"porter"}, []string{"/agnhost", "porter"}},
		{nil, []string{"liveness"}, nil}, // the catalogue has it
		{[]string{"sh", "-c", "/agnhost porter"}, nil, nil},
		{nil, nil, nil},
	} {
		if got := liveness.Runs(test.command, test.args); !slices.Equal(got, test.want) {
			t.Errorf("agnhost with command %q and args %q runs %q, want %q", test.command, test.args, got, test.want)
		}
	}
	if paused := resolve("registry.k8s.io/e2e-test-images/agnhost:2.40", nil, nil); len(paused.Ports) != 0 {
		t.Errorf("agnhost without arguments listens on %v", paused.Ports)
	}
	stress := resolve("polinux/stress", []string{"stress"}, []string{"--vm", "1", "--vm-bytes", "250M", "--vm-hang", "1"})
	if got := stress.Usage.Memory.Base.String(); got != "250M" {
		t.Errorf("stress --vm-bytes 250M takes %s", got)
	}
}

func TestTagsOfTheTeachingFamilyDiffer(t *testing.T) {
	catalogue := builtInCatalogue(t)
	for name, want := range map[string]time.Duration{"sim.tabernetes.dev/crash:5s": 5 * time.Second, "sim.tabernetes.dev/crash:v1": 10 * time.Second} {
		image, err := catalogue.Resolve(name)
		if err != nil {
			t.Fatal(err)
		}
		if image.Exit == nil || image.Exit.After.Duration != want || image.Exit.Code != 1 {
			t.Errorf("%s: got %+v, want code 1 after %s", name, image.Exit, want)
		}
	}
}
