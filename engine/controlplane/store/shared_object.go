package store

import (
	"bytes"
	"io"
	"reflect"
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// sharedObject is the object of one event, shared by all its watchers. They share
// one encoding for each format: the API server's watch handlers encode through
// CacheEncode. As with upstream's watch cache, whose events use such objects too,
// the reader of an event must not change its object: GetObject returns a copy, and
// the setters change a copy.
type sharedObject struct {
	object runtime.Object

	mu        sync.Mutex
	encodings map[runtime.Identifier]*encoding // guarded by mu
}

// encoding is the object in one format, made once.
type encoding struct {
	once sync.Once
	raw  []byte
	err  error
}

var (
	_ runtime.CacheableObject   = (*sharedObject)(nil)
	_ metav1.ObjectMetaAccessor = (*sharedObject)(nil)
)

// newSharedObject shares an object that never changes.
func newSharedObject(object runtime.Object) *sharedObject {
	return &sharedObject{object: object}
}

// CacheEncode implements runtime.CacheableObject.
func (o *sharedObject) CacheEncode(id runtime.Identifier, encode func(runtime.Object, io.Writer) error, w io.Writer) error {
	shared := o.encoding(id)
	shared.once.Do(func() {
		var buffer bytes.Buffer
		// A copy, because encoders may set the object's kind. They only read the rest.
		shared.err = encode(shallowCopy(o.object), &buffer)
		shared.raw = buffer.Bytes()
	})
	if shared.err != nil {
		return shared.err
	}
	if splice, ok := w.(runtime.Splice); ok {
		splice.Splice(shared.raw)
		return nil
	}
	_, err := w.Write(shared.raw)
	return err
}

func (o *sharedObject) encoding(id runtime.Identifier) *encoding {
	o.mu.Lock()
	defer o.mu.Unlock()
	shared, ok := o.encodings[id]
	if !ok {
		if o.encodings == nil {
			o.encodings = map[runtime.Identifier]*encoding{}
		}
		shared = &encoding{}
		o.encodings[id] = shared
	}
	return shared
}

// shallowCopy returns an object whose own fields may be set, but which shares
// everything behind pointers, slices and maps with the original.
func shallowCopy(object runtime.Object) runtime.Object {
	if _, ok := object.(runtime.Unstructured); ok {
		return object.DeepCopyObject() // all of its fields are in a map
	}
	original := reflect.ValueOf(object).Elem()
	copied := reflect.New(original.Type())
	copied.Elem().Set(original)
	return copied.Interface().(runtime.Object)
}

// withoutManagedFields returns an object of the store without its managed fields.
func withoutManagedFields(object runtime.Object) runtime.Object {
	accessor, err := meta.Accessor(object)
	if err != nil || accessor.GetManagedFields() == nil {
		return object
	}
	bare := shallowCopy(object)
	if accessor, err := meta.Accessor(bare); err == nil {
		accessor.SetManagedFields(nil)
	}
	return bare
}

// GetObject implements runtime.CacheableObject: it returns a copy.
func (o *sharedObject) GetObject() runtime.Object {
	return o.object.DeepCopyObject()
}

// GetObjectKind implements runtime.Object.
func (o *sharedObject) GetObjectKind() schema.ObjectKind {
	kind := &metav1.TypeMeta{}
	kind.SetGroupVersionKind(o.object.GetObjectKind().GroupVersionKind())
	return kind
}

// DeepCopyObject implements runtime.Object.
func (o *sharedObject) DeepCopyObject() runtime.Object {
	return newSharedObject(o.GetObject())
}

// GetObjectMeta implements metav1.ObjectMetaAccessor. It copies only the metadata,
// for types that embed it, which are all but the unstructured one.
func (o *sharedObject) GetObjectMeta() metav1.Object {
	if accessor, ok := o.object.(metav1.ObjectMetaAccessor); ok {
		if embedded, ok := accessor.GetObjectMeta().(*metav1.ObjectMeta); ok {
			return embedded.DeepCopy()
		}
	}
	accessor, err := meta.Accessor(o.GetObject())
	if err != nil {
		return nil // Not an API object; the store has only API objects.
	}
	return accessor
}
