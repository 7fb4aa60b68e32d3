package journal

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tabernetes/engine/controlplane/store"
)

const (
	// archiveFormat identifies the files that Archive.Encode makes.
	archiveFormat = "tabernetes.dev/cluster"
	// archiveVersion is the version of their layout. A reader accepts its own
	// version and every older one.
	archiveVersion = 2
	// versionWithoutDisks is that of a file that has no contents of disks.
	versionWithoutDisks = 1
	// MaxArchiveBytes bounds an archive that is to be read.
	MaxArchiveBytes = 128 << 20
	keyPrefix       = "/registry/"
)

// Archive is a cluster as one file: for export and import, for a link, and for
// returning to an earlier revision.
type Archive struct {
	// Kubernetes and Tabernetes are the versions that made the archive.
	Kubernetes, Tabernetes string
	// Stored is the objects and their time, History the changes that led to them,
	// oldest first.
	Stored
	History []Undo
	// Page is what the page stores beside the cluster, such as the editor's files:
	// a JSON object, or nothing.
	Page json.RawMessage
}

type archiveFile struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	// Exported is when the file was made. It is the only difference between two
	// exports of the same state.
	Exported time.Time `json:"exported"`
	// SHA256 is the digest of Content exactly as in the file.
	SHA256  string          `json:"sha256"`
	Content json.RawMessage `json:"content"`
}

type archiveContent struct {
	Kubernetes string          `json:"kubernetes"`
	Tabernetes string          `json:"tabernetes"`
	Seed       float64         `json:"seed"`
	Revision   int64           `json:"revision"`
	Time       time.Time       `json:"time"`
	Page       json.RawMessage `json:"page,omitempty"`
	Disks      json.RawMessage `json:"disks,omitempty"`
	Objects    []archiveValue  `json:"objects"`
	History    []archiveUndo   `json:"history"`
}

type archiveValue struct {
	Key      string          `json:"key"`
	Revision int64           `json:"revision"`
	Expires  *time.Time      `json:"expires,omitempty"`
	Object   json.RawMessage `json:"object"`
}

type archiveUndo struct {
	Revision int64         `json:"revision"`
	Time     time.Time     `json:"time"`
	Key      string        `json:"key"`
	Replaced *archiveValue `json:"replaced,omitempty"`
}

// Encode writes the archive as JSON. exported is the time stamp of the file.
func (a Archive) Encode(exported time.Time) ([]byte, error) {
	content := archiveContent{
		Kubernetes: a.Kubernetes, Tabernetes: a.Tabernetes, Seed: a.Seed,
		Revision: a.Snapshot.Revision, Time: a.Time.UTC(), Page: a.Page, Disks: a.Disks,
		Objects: make([]archiveValue, 0, len(a.Snapshot.Values)),
		History: make([]archiveUndo, 0, len(a.History)),
	}
	for _, value := range a.Snapshot.Values {
		content.Objects = append(content.Objects, *writeValue(&value))
	}
	for _, undo := range a.History {
		content.History = append(content.History, archiveUndo{
			Revision: undo.Revision, Time: undo.Time.UTC(), Key: undo.Key, Replaced: writeValue(undo.Replaced),
		})
	}
	encoded, err := json.Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("write archive: %w", err)
	}
	digest := sha256.Sum256(encoded)
	layout := archiveVersion
	if len(a.Disks) == 0 {
		layout = versionWithoutDisks
	}
	return json.Marshal(archiveFile{
		Format: archiveFormat, Version: layout, Exported: exported.UTC(),
		SHA256: hex.EncodeToString(digest[:]), Content: encoded,
	})
}

// DecodeArchive reads what Encode wrote. It returns an ArchiveError for an archive
// that is truncated, altered, of a newer version or of another format, and for one
// whose contents no store could have held. Whether the objects are valid becomes
// known when a cluster is built from them.
func DecodeArchive(encoded []byte) (Archive, error) {
	archive, err := decodeArchive(encoded)
	if err != nil {
		return Archive{}, fmt.Errorf("read cluster file: %w", err)
	}
	return archive, nil
}

func decodeArchive(encoded []byte) (Archive, error) {
	if len(encoded) > MaxArchiveBytes {
		return Archive{}, refused(TooLarge, "it has %d bytes, at most %d are read", len(encoded), MaxArchiveBytes)
	}
	var file archiveFile
	err := unmarshalWhole(encoded, &file)
	switch {
	case file.Format == archiveFormat && file.Version > archiveVersion:
		// Other faults do not matter: the newer version may have reasons for them.
		return Archive{}, refused(Newer, "it is of version %d, made by a newer Tabernetes; this one reads up to version %d", file.Version, archiveVersion)
	case err != nil:
		return Archive{}, err
	case file.Format != archiveFormat:
		return Archive{}, refused(Foreign, "it is no cluster file of Tabernetes")
	case file.Version < 1:
		return Archive{}, invalid("version", "%d is none", file.Version)
	}
	if digest := sha256.Sum256(file.Content); file.SHA256 != hex.EncodeToString(digest[:]) {
		return Archive{}, refused(Altered, "it was altered or damaged: its contents do not match their checksum")
	}
	var content archiveContent
	if err := unmarshalWhole(file.Content, &content); err != nil {
		return Archive{}, invalid("content", "%w", err)
	}
	archive := Archive{
		Kubernetes: content.Kubernetes, Tabernetes: content.Tabernetes, Page: content.Page,
		Stored: Stored{Time: content.Time, Seed: content.Seed, Disks: content.Disks, Snapshot: store.Snapshot{Revision: content.Revision}},
	}
	if len(content.Page) > 0 && content.Page[0] != '{' {
		return Archive{}, invalid("page", "must be an object")
	}
	if len(content.Disks) > 0 && content.Disks[0] != '{' {
		return Archive{}, invalid("disks", "must be an object")
	}
	if content.Time.IsZero() {
		return Archive{}, invalid("time", "is missing")
	}
	for i, value := range content.Objects {
		read, err := value.read(content.Revision)
		if err != nil {
			return Archive{}, invalid(fmt.Sprintf("objects[%d]", i), "%w", err)
		}
		archive.Snapshot.Values = append(archive.Snapshot.Values, *read)
	}
	sorted := func(a, b store.Value) int { return cmp.Compare(a.Key, b.Key) }
	if !slices.IsSortedFunc(archive.Snapshot.Values, sorted) {
		return Archive{}, invalid("objects", "are not in the order of their keys")
	}
	next := content.Revision - int64(len(content.History)) + 1
	for i, undo := range content.History {
		at := fmt.Sprintf("history[%d]", i)
		if undo.Revision != next+int64(i) {
			return Archive{}, invalid(at, "revision %d does not lead up to revision %d", undo.Revision, content.Revision)
		}
		read := Undo{Revision: undo.Revision, Time: undo.Time, Key: undo.Key}
		if err := validateKey(undo.Key); err != nil {
			return Archive{}, invalid(at, "%w", err)
		}
		if undo.Replaced != nil {
			if undo.Replaced.Key != undo.Key {
				return Archive{}, invalid(at, "replaced %q is not %q", undo.Replaced.Key, undo.Key)
			}
			var err error
			if read.Replaced, err = undo.Replaced.read(undo.Revision - 1); err != nil {
				return Archive{}, invalid(at, "%w", err)
			}
		}
		archive.History = append(archive.History, read)
	}
	return archive, nil
}

// unmarshalWhole reads one JSON value that has only known fields, and after which
// nothing follows.
func unmarshalWhole(encoded []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return refused(CutOff, "it is cut off")
		}
		return refused(Foreign, "%w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return refused(Altered, "something follows its end")
	}
	return nil
}

func writeValue(value *store.Value) *archiveValue {
	if value == nil {
		return nil
	}
	written := &archiveValue{Key: value.Key, Revision: value.Revision, Object: bytes.TrimSpace(value.Encoded)}
	if !value.Expires.IsZero() {
		expires := value.Expires.UTC()
		written.Expires = &expires
	}
	return written
}

func (v *archiveValue) read(newest int64) (*store.Value, error) {
	if err := validateKey(v.Key); err != nil {
		return nil, err
	}
	switch {
	case v.Revision < 1 || v.Revision > newest:
		return nil, fmt.Errorf("revision %d of %q is not within 1 to %d", v.Revision, v.Key, newest)
	case len(v.Object) == 0 || v.Object[0] != '{':
		return nil, fmt.Errorf("%q is no object", v.Key)
	}
	read := &store.Value{Key: v.Key, Revision: v.Revision, Encoded: v.Object}
	if v.Expires != nil {
		read.Expires = *v.Expires
	}
	return read, nil
}

func validateKey(key string) error {
	if !strings.HasPrefix(key, keyPrefix) || strings.Contains(key, "..") || strings.HasSuffix(key, "/") {
		return fmt.Errorf("%q is no registry key", key)
	}
	return nil
}
