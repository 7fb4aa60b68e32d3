package journal_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"tabernetes/engine/controlplane/journal"
)

func archiveForTest(t *testing.T) journal.Archive {
	r := newRecording(t)
	r.random(4, 40)
	return journal.Archive{
		Kubernetes: "v1.37.2", Tabernetes: "test",
		Stored:  journal.Stored{Seed: 7, Snapshot: r.snapshot(), Time: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)},
		History: r.history.Changes(),
		Page:    []byte(`{"files":{"a.yaml":"kind: <Pod>"}}`),
	}
}

func TestArchiveComesBackAsItWas(t *testing.T) {
	archive := archiveForTest(t)
	moment := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	encoded, err := archive.Encode(moment)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := journal.DecodeArchive(encoded)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(decoded.Snapshot.Values), len(archive.Snapshot.Values); got != want {
		t.Errorf("objects: got %d, want %d", got, want)
	}
	history := journal.NewHistory(decoded.Snapshot.Revision)
	history.Restore(decoded.History)
	then, err := history.At(decoded.Snapshot, 20)
	if err != nil {
		t.Fatal(err)
	}
	original := journal.NewHistory(archive.Snapshot.Revision)
	original.Restore(archive.History)
	want, err := original.At(archive.Snapshot, 20)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(then, want) {
		t.Errorf("at revision 20: got %+v, want %+v", then, want)
	}
	again, err := decoded.Encode(moment)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again, encoded) {
		t.Errorf("exported again: got\n%s\nwant\n%s", again, encoded)
	}
}

// A file with the contents of disks is of a newer version than one without, which
// older pages read.
func TestArchiveHasTheDisks(t *testing.T) {
	archive := archiveForTest(t)
	for disks, version := range map[string]string{"": `"version":1`, `{"node-1":[{"path":"/mnt/a"}]}`: `"version":2`} {
		archive.Disks = []byte(disks)
		encoded, err := archive.Encode(time.Now())
		if err != nil || !bytes.Contains(encoded, []byte(version)) {
			t.Errorf("disks %s: got %.60s and error %v, want %s", disks, encoded, err, version)
		}
		decoded, err := journal.DecodeArchive(encoded)
		if err != nil || string(decoded.Disks) != disks {
			t.Errorf("disks: got %s and error %v, want %s", decoded.Disks, err, disks)
		}
	}
	archive.Disks = []byte(`[]`)
	encoded, err := archive.Encode(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := journal.DecodeArchive(encoded); err == nil || !strings.Contains(err.Error(), "disks") {
		t.Errorf("disks that are no object: got %v", err)
	}
}

func TestBadArchivesAreRefusedWhole(t *testing.T) {
	archive := archiveForTest(t)
	encoded, err := archive.Encode(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	text := string(encoded)
	change := func(change func(*journal.Archive)) string {
		changed := archiveForTest(t)
		change(&changed)
		encoded, err := changed.Encode(time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return string(encoded)
	}
	for name, test := range map[string]struct {
		text, want string
		fault      journal.ArchiveFault
		at         string
	}{
		"empty":        {"", "it is cut off", journal.CutOff, ""},
		"cut off":      {text[:len(text)/2], "it is cut off", journal.CutOff, ""},
		"large":        {strings.Repeat(" ", journal.MaxArchiveBytes+1), "at most", journal.TooLarge, ""},
		"something on": {text + "{}", "something follows its end", journal.Altered, ""},
		"no JSON":      {"apiVersion: v1", "invalid character", journal.Foreign, ""},
		"other JSON":   {`{"kind":"List"}`, "unknown field", journal.Foreign, ""},
		"other format": {strings.Replace(text, "tabernetes.dev/cluster", "example.com/cluster", 1), "no cluster file of Tabernetes", journal.Foreign, ""},
		"newer":        {strings.Replace(text, `"version":1`, `"version":3`, 1), "made by a newer Tabernetes", journal.Newer, ""},
		"newer fields": {strings.Replace(text, `"version":1`, `"version":3,"packed":true`, 1), "made by a newer Tabernetes", journal.Newer, ""},
		"no version":   {strings.Replace(text, `"version":1`, `"version":0`, 1), "version: 0 is none", journal.Invalid, "version"},
		"altered":      {strings.Replace(text, "pod-1", "pod-2", 1), "do not match their checksum", journal.Altered, ""},
		"page":         {change(func(a *journal.Archive) { a.Page = []byte(`[1]`) }), "page: must be an object", journal.Invalid, "page"},
		"no time":      {change(func(a *journal.Archive) { a.Time = time.Time{} }), "time: is missing", journal.Invalid, "time"},
		"key":          {change(func(a *journal.Archive) { a.Snapshot.Values[0].Key = "/etc/passwd" }), "is no registry key", journal.Invalid, "objects[0]"},
		"climbing key": {change(func(a *journal.Archive) { a.Snapshot.Values[0].Key = "/registry/../x" }), "is no registry key", journal.Invalid, "objects[0]"},
		"order":        {change(func(a *journal.Archive) { a.Snapshot.Values[0].Key = "/registry/z" }), "not in the order of their keys", journal.Invalid, "objects"},
		"future":       {change(func(a *journal.Archive) { a.Snapshot.Values[0].Revision = 1000 }), "is not within", journal.Invalid, "objects[0]"},
		"no object":    {change(func(a *journal.Archive) { a.Snapshot.Values[0].Encoded = []byte(`"text"`) }), "is no object", journal.Invalid, "objects[0]"},
		"gap":          {change(func(a *journal.Archive) { a.History = append(a.History[:3:3], a.History[4:]...) }), "does not lead up to", journal.Invalid, "history[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := journal.DecodeArchive([]byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want one with %q", err, test.want)
			}
			var refused *journal.ArchiveError
			if !errors.As(err, &refused) || refused.Fault != test.fault || refused.At != test.at {
				t.Errorf("got %+v, want fault %q at %q", refused, test.fault, test.at)
			}
			if !reflect.DeepEqual(got, journal.Archive{}) {
				t.Errorf("got %+v beside the error", got)
			}
		})
	}
}

func FuzzDecodeArchive(f *testing.F) {
	f.Add([]byte(`{"format":"tabernetes.dev/cluster","version":1,"content":{}}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, encoded []byte) {
		archive, err := journal.DecodeArchive(encoded)
		if err != nil {
			var refused *journal.ArchiveError
			if !errors.As(err, &refused) {
				t.Errorf("no fault in %v", err)
			}
			return
		}
		if _, err := archive.Encode(archive.Time); err != nil {
			t.Errorf("an archive that was read cannot be written: %v", err)
		}
	})
}
