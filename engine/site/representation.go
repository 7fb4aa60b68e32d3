package site

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"time"
)

// representation is one form of a file: as it is, or compressed.
type representation struct {
	name     string // in the file system
	encoding string // Content-Encoding; "" for the file as it is
	info     fs.FileInfo
}

// encodings are the compressed forms, the fastest to decompress first: zstd takes
// a quarter of the time of gzip, and a browser decompresses a module at each load,
// even from its cache.
func encodings() []representation {
	return []representation{{name: ".zst", encoding: "zstd"}, {name: ".br", encoding: "br"}, {name: ".gz", encoding: "gzip"}}
}

// choose returns the form of a file to send to a client with this
// Accept-Encoding, and whether there are several.
//
// A compressed file that is older than its original is left over from an
// earlier build and not used.
func choose(files fs.FS, name string, info fs.FileInfo, acceptEncoding string) (chosen representation, several bool) {
	chosen = representation{name: name, info: info}
	for _, form := range encodings() {
		compressed, err := fs.Stat(files, name+form.name)
		if err != nil || !compressed.Mode().IsRegular() || compressed.ModTime().Before(info.ModTime()) {
			continue
		}
		several = true
		if chosen.encoding == "" && accepts(acceptEncoding, form.encoding) {
			chosen = representation{name: name + form.name, encoding: form.encoding, info: compressed}
		}
	}
	return chosen, several
}

// packedOnly returns the name under which the content of a file was built that a site
// carries only packed with gzip. Such a file is sent as that content in gzip encoding, so
// that a browser unpacks and compiles it while it arrives.
func packedOnly(files fs.FS, name, acceptEncoding string) (original string, ok bool) {
	original, packed := strings.CutSuffix(name, ".gz")
	if !packed || !accepts(acceptEncoding, "gzip") {
		return "", false
	}
	_, err := fs.Stat(files, original)
	return original, errors.Is(err, fs.ErrNotExist)
}

// accepts reports whether an Accept-Encoding header names a coding with a weight
// above zero (RFC 9110, section 12.5.3). "*" does not count: a client that sends
// it may not be able to decode brotli.
func accepts(header, coding string) bool {
	for _, item := range strings.Split(header, ",") {
		name, parameter, hasParameter := strings.Cut(item, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		if !hasParameter {
			return true
		}
		text, ok := strings.CutPrefix(strings.TrimSpace(parameter), "q=")
		weight, err := strconv.ParseFloat(text, 64)
		return ok && err == nil && weight > 0
	}
	return false
}

// open returns the bytes of a representation. The caller closes it.
func (r representation) open(files fs.FS) (io.ReadSeekCloser, error) {
	file, err := files.Open(r.name)
	if err != nil {
		return nil, err
	}
	if seeker, ok := file.(io.ReadSeekCloser); ok {
		return seeker, nil
	}
	// A file of an archive cannot seek.
	data, err := io.ReadAll(file)
	if err := firstError(err, file.Close()); err != nil {
		return nil, fmt.Errorf("read %q: %w", r.name, err)
	}
	return inMemory{bytes.NewReader(data)}, nil
}

// inMemory is a file that was read whole.
type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// digestLimit bounds the number of remembered digests. Beyond it, digests of
// further files are computed for each request.
const digestLimit = 4096

// digests remembers the SHA-256 of files that have not changed since it was
// computed.
type digests struct {
	mu    sync.Mutex
	known map[string]knownDigest // by file name; guarded by mu
}

type knownDigest struct {
	modified time.Time
	size     int64
	sum      [sha256.Size]byte
}

// of returns the digest of the bytes of a representation.
func (d *digests) of(files fs.FS, r representation) ([sha256.Size]byte, error) {
	d.mu.Lock()
	known, ok := d.known[r.name]
	d.mu.Unlock()
	if ok && known.size == r.info.Size() && known.modified.Equal(r.info.ModTime()) {
		return known.sum, nil
	}
	content, err := files.Open(r.name)
	if err != nil {
		return known.sum, err
	}
	hash := sha256.New()
	_, err = io.Copy(hash, content)
	if err := firstError(err, content.Close()); err != nil {
		return known.sum, fmt.Errorf("read %q: %w", r.name, err)
	}
	known = knownDigest{modified: r.info.ModTime(), size: r.info.Size()}
	hash.Sum(known.sum[:0])
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, replaces := d.known[r.name]; replaces || len(d.known) < digestLimit {
		d.known[r.name] = known
	}
	return known.sum, nil
}
