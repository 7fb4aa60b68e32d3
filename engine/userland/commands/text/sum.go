package text

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strings"

	"tabernetes/engine/userland/process"
)

// Sum is md5sum, sha1sum, sha256sum and sha512sum.
func Sum(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("cs", map[string]byte{"check": 'c'})
	if !ok {
		return 1
	}
	sum := map[string]func() hash.Hash{"md5sum": md5.New, "sha1sum": sha1.New, "sha256sum": sha256.New, "sha512sum": sha512.New}[i.Name()]
	of := func(reader io.Reader) (string, error) {
		digest := sum()
		_, err := io.Copy(digest, reader)
		return hex.EncodeToString(digest.Sum(nil)), err
	}
	if !found.Has('c') {
		return i.Each(ctx, names, i.Fail, func(name string, reader io.Reader) error {
			digest, err := of(reader)
			if err == nil {
				fmt.Fprintf(i.Stdout, "%s  %s\n", digest, name)
			}
			return err
		})
	}
	wrong := 0
	code := i.Each(ctx, names, i.Fail, func(_ string, reader io.Reader) error {
		lines, err := i.ReadLines(ctx, reader)
		for _, line := range lines {
			want, name, _ := strings.Cut(line, "  ")
			file, openErr := i.Open(ctx, name)
			if openErr != nil {
				i.Fail(name, openErr)
				wrong++
				continue
			}
			got, _ := of(file)
			_ = file.Close()
			if got == want {
				fmt.Fprintf(i.Stdout, "%s: OK\n", name)
			} else {
				fmt.Fprintf(i.Stdout, "%s: FAILED\n", name)
				wrong++
			}
		}
		return err
	})
	if wrong > 0 {
		i.Errorf("WARNING: %d computed checksums did NOT match", wrong)
		return 1
	}
	return code
}
