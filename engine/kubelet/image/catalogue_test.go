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
		if image.SizeBytes <= 0 || image.PullDuration() <= 0 || !strings.HasPrefix(image.Digest, "sha256:") {
			t.Errorf("%s: size %d, pull %s, digest %q", test.name, image.SizeBytes, image.PullDuration(), image.Digest)
		}
	}
}

func TestMissingTagFailsInContainerdsWords(t *testing.T) {
	_, err := builtInCatalogue(t).Resolve("nginx:1.161")
	var notFound *NotFoundError
	if !errors.As(err, &notFound) {
		t.Fatalf("got error %v, want a NotFoundError", err)
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
		if got := image.Body("pod-1", "/"); got != want {
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
		{head + tags + "stop: {ignored: true, code: 1}", `catalogue file "x.yaml": stop: ignored excludes after and code`},
		{head + tags + "shell: true", `catalogue file "x.yaml": exit: a shell image needs it, because its own process ends at once without a terminal`},
		{head + tags + "prots: [80]", `catalogue file "x.yaml": error unmarshaling JSON: while decoding JSON: json: unknown field "prots"`},
	} {
		_, err := Load(fstest.MapFS{"x.yaml": {Data: []byte(test.text)}})
		if err == nil || err.Error() != test.want {
			t.Errorf("%s\ngot  %v\nwant %s", test.text, err, test.want)
		}
	}
	twice := []byte(head + tags)
	_, err := Load(fstest.MapFS{"a.yaml": {Data: twice}, "b.yaml": {Data: twice}})
	if want := `catalogue file "b.yaml": repository "docker.io/library/x" is in another file too`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestPullDuration(t *testing.T) {
	image := Image{SizeBytes: 50_000_000, BytesPerSecond: 20_000_000}
	if got, want := image.PullDuration(), 2500*time.Millisecond; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
