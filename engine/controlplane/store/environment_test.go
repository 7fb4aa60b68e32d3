package store

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apiserver/pkg/apis/example"
	examplev1 "k8s.io/apiserver/pkg/apis/example/v1"
	"k8s.io/apiserver/pkg/storage"
	storagetesting "k8s.io/apiserver/pkg/storage/testing"
	"k8s.io/apiserver/pkg/storage/value"
)

// environment is a store with the resources that the tests use.
type environment struct {
	store *Store
	codec runtime.Codec
	// pods is the resource under test, others one that only creates revisions.
	pods   *resource
	others *resource
}

// mediaTypes are the storage encodings that the tests run with.
var mediaTypes = []string{runtime.ContentTypeJSON, runtime.ContentTypeProtobuf}

func newScheme(t testing.TB) *runtime.Scheme {
	t.Helper()
	scheme := runtime.NewScheme()
	metav1.AddToGroupVersion(scheme, metav1.SchemeGroupVersion)
	for _, add := range []func(*runtime.Scheme) error{example.AddToScheme, examplev1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	return scheme
}

func newCodec(t testing.TB, mediaType string) runtime.Codec {
	t.Helper()
	codecs := serializer.NewCodecFactory(newScheme(t))
	info, ok := runtime.SerializerInfoForMediaType(codecs.SupportedMediaTypes(), mediaType)
	if !ok {
		t.Fatalf("no serializer for %q", mediaType)
	}
	return runtime.NewCodec(
		codecs.EncoderForVersion(info.Serializer, examplev1.SchemeGroupVersion),
		codecs.DecoderToVersion(codecs.UniversalDeserializer(), example.SchemeGroupVersion),
	)
}

func newPod() runtime.Object { return &example.Pod{} }

func podsConfig(codec runtime.Codec) ResourceConfig {
	return ResourceConfig{
		GroupResource:  schema.GroupResource{Resource: "pods"},
		Codec:          codec,
		Prefix:         "/registry",
		ResourcePrefix: "/pods/",
		NewObject:      newPod,
	}
}

func newEnvironment(t testing.TB, options Options, codec runtime.Codec) *environment {
	t.Helper()
	s, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	e := &environment{store: s, codec: codec}
	if e.pods, err = s.resource(podsConfig(codec)); err != nil {
		t.Fatal(err)
	}
	config := podsConfig(codec)
	config.GroupResource.Resource = "others"
	config.ResourcePrefix = "/others"
	if e.others, err = s.resource(config); err != nil {
		t.Fatal(err)
	}
	return e
}

// newStore returns an environment with the options of most tests.
func newStore(t testing.TB, options Options) *environment {
	t.Helper()
	return newEnvironment(t, options, newCodec(t, runtime.ContentTypeProtobuf))
}

// increaseRevision makes a revision that no test of pods sees.
func (e *environment) increaseRevision(ctx context.Context, t *testing.T) int64 {
	t.Helper()
	err := e.others.GuaranteedUpdate(ctx, "/others/counter", &example.Pod{}, true, nil, storage.SimpleUpdate(
		func(object runtime.Object) (runtime.Object, error) {
			pod := object.(*example.Pod)
			pod.Name = "counter"
			pod.Generation++
			return pod, nil
		}), nil)
	if err != nil {
		t.Fatalf("increase revision: %v", err)
	}
	return e.store.Revision()
}

// compact is upstream's hook to compact the storage.
func (e *environment) compact(_ context.Context, t *testing.T, resourceVersion string) {
	t.Helper()
	revision, err := storage.APIObjectVersioner{}.ParseResourceVersion(resourceVersion)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.store.Compact(int64(revision)); err != nil {
		t.Fatal(err)
	}
}

// compactAsEtcd compacts as the API server does it with etcd, where the
// compaction is coordinated by a key whose write makes a revision.
func (e *environment) compactAsEtcd(ctx context.Context, t *testing.T, resourceVersion string) {
	t.Helper()
	e.compact(ctx, t, resourceVersion)
	e.increaseRevision(ctx, t)
}

// checkStored is upstream's hook to check what is actually stored.
func (e *environment) checkStored(_ context.Context, t *testing.T, key string) {
	t.Helper()
	for _, stored := range e.store.Snapshot().Values {
		if stored.Key != "/registry"+key {
			continue
		}
		object, err := runtime.Decode(e.codec, stored.Encoded)
		if err != nil {
			t.Fatalf("decode %q: %v", key, err)
		}
		if version := object.(*example.Pod).ResourceVersion; version != "" {
			t.Errorf("stored %q with resourceVersion %q, want none", key, version)
		}
		return
	}
	t.Fatalf("nothing is stored at %q", key)
}

// transformingPods gives upstream's tests of rewriting the transformer that they
// require. The store has no transformers. The tests check that an update without a
// change writes if and only if the stored bytes differ from those that would be
// stored now, which depends on the codec here.
type transformingPods struct {
	*resource
	codec *transformingCodec
}

func newTransformingPods(t *testing.T, codec runtime.Codec) (*environment, *transformingPods) {
	t.Helper()
	transforming := &transformingCodec{Codec: codec, transformer: newPrefixTransformer()}
	e := newEnvironment(t, Options{}, transforming)
	return e, &transformingPods{e.pods, transforming}
}

func newPrefixTransformer() *storagetesting.PrefixTransformer {
	return storagetesting.NewPrefixTransformer([]byte("test!"), false)
}

// UpdatePrefixTransformer implements storagetesting.InterfaceWithPrefixTransformer.
func (p *transformingPods) UpdatePrefixTransformer(modify storagetesting.PrefixTransformerModifier) func() {
	previous := p.codec.transformer
	p.codec.transformer = modify(newPrefixTransformer())
	return func() { p.codec.transformer = previous }
}

// rotated marks what was stored by a transformer that calls everything stale.
const rotated = "rotated!"

// transformingCodec is a codec followed by a transformer. A transformer that calls
// everything stale makes it produce other bytes than before, as a rotated key
// would.
type transformingCodec struct {
	runtime.Codec
	transformer value.Transformer
}

func (c *transformingCodec) Encode(object runtime.Object, w io.Writer) error {
	var plain bytes.Buffer
	if err := c.Codec.Encode(object, &plain); err != nil {
		return err
	}
	stored, err := c.transformer.TransformToStorage(context.Background(), plain.Bytes(), value.DefaultContext{})
	if err != nil {
		return err
	}
	if _, stale, err := c.transformer.TransformFromStorage(context.Background(), stored, value.DefaultContext{}); err != nil {
		return err
	} else if stale {
		stored = append([]byte(rotated), stored...)
	}
	_, err = w.Write(stored)
	return err
}

func (c *transformingCodec) Decode(data []byte, defaults *schema.GroupVersionKind, into runtime.Object) (runtime.Object, *schema.GroupVersionKind, error) {
	data = bytes.TrimPrefix(data, []byte(rotated))
	plain, _, err := c.transformer.TransformFromStorage(context.Background(), data, value.DefaultContext{})
	if err != nil {
		return nil, nil, err
	}
	return c.Codec.Decode(plain, defaults, into)
}

// growingPods creates another object for each one that a list reads, during the
// list. Upstream's test of lists at a revision has a transformer that does so when
// etcd3 decodes.
type growingPods struct {
	*resource
	created int
}

// UpdatePrefixTransformer implements storagetesting.InterfaceWithPrefixTransformer.
func (p *growingPods) UpdatePrefixTransformer(storagetesting.PrefixTransformerModifier) func() {
	return func() {}
}

func (p *growingPods) GetList(ctx context.Context, key string, opts storage.ListOptions, list runtime.Object) error {
	attributes := opts.Predicate.GetAttrs
	opts.Predicate.GetAttrs = func(object runtime.Object) (labels.Set, fields.Set, error) {
		p.created++
		created := pod("", fmt.Sprintf("pod-%06d", p.created))
		created.Labels = map[string]string{"even": "true"}
		if err := p.Create(ctx, podKey(created), created, nil, 0); err != nil {
			return nil, nil, err
		}
		return attributes(object)
	}
	return p.resource.GetList(ctx, key, opts, list)
}

// pod returns a pod to create.
func pod(namespace, name string) *example.Pod {
	return &example.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
}

func podKey(p *example.Pod) string {
	return fmt.Sprintf("/pods/%s/%s", p.Namespace, p.Name)
}

// create stores a new pod and returns it as stored.
func (e *environment) create(t testing.TB, p *example.Pod) *example.Pod {
	t.Helper()
	out := &example.Pod{}
	if err := e.pods.Create(context.Background(), podKey(p), p, out, 0); err != nil {
		t.Fatalf("create %q: %v", podKey(p), err)
	}
	return out
}

// label sets a label of a stored pod and returns the pod.
func (e *environment) label(t testing.TB, namespace, name, key, value string) *example.Pod {
	t.Helper()
	out := &example.Pod{}
	err := e.pods.GuaranteedUpdate(context.Background(), podKey(pod(namespace, name)), out, false, nil, storage.SimpleUpdate(
		func(object runtime.Object) (runtime.Object, error) {
			p := object.(*example.Pod)
			p.Labels = map[string]string{key: value}
			return p, nil
		}), nil)
	if err != nil {
		t.Fatalf("update %s/%s: %v", namespace, name, err)
	}
	return out
}

// remove deletes a stored pod and returns it.
func (e *environment) remove(t testing.TB, namespace, name string) *example.Pod {
	t.Helper()
	out := &example.Pod{}
	err := e.pods.Delete(context.Background(), podKey(pod(namespace, name)), out, nil, storage.ValidateAllObjectFunc, nil, storage.DeleteOptions{})
	if err != nil {
		t.Fatalf("delete %s/%s: %v", namespace, name, err)
	}
	return out
}

// list returns the names of the pods below key and the list's revision.
func (e *environment) list(t testing.TB, key string, opts storage.ListOptions) ([]string, string, error) {
	t.Helper()
	opts.Recursive = true
	if opts.Predicate.Label == nil {
		limit, token := opts.Predicate.Limit, opts.Predicate.Continue
		opts.Predicate = storage.Everything
		opts.Predicate.Limit, opts.Predicate.Continue = limit, token
	}
	out := &example.PodList{}
	if err := e.pods.GetList(context.Background(), key, opts, out); err != nil {
		return nil, "", err
	}
	names := []string{}
	for _, item := range out.Items {
		names = append(names, strings.TrimPrefix(item.Namespace+"/"+item.Name, "/"))
	}
	return names, out.ResourceVersion, nil
}
