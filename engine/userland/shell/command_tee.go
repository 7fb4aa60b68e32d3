package shell

import (
	"context"
	"crypto/md5" //nolint:gosec // md5sum is what it is
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

func commandTee(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("ai", map[string]byte{"append": 'a'})
	if !ok {
		return 1
	}
	flag := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if found.has('a') {
		flag = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	}
	outputs := []io.Writer{i.Stdout}
	code := 0
	for _, name := range names {
		opened, err := i.System.openStream(i.files, i.Path(name), flag, 0o644)
		if err != nil {
			i.Fail(name, err)
			code = 1
			continue
		}
		opened.retain()
		defer opened.release()
		outputs = append(outputs, bound{ctx, i.task, opened})
	}
	if _, err := io.Copy(io.MultiWriter(outputs...), i.Stdin); err != nil {
		return 1
	}
	return code
}

func commandTac(ctx context.Context, i *Invocation) int {
	return i.each(ctx, i.Args[1:], func(_ string, reader io.Reader) error {
		lines, err := i.readLines(ctx, reader)
		for _, line := range slices.Backward(lines) {
			fmt.Fprintln(i.Stdout, line)
		}
		return err
	})
}

func commandRev(ctx context.Context, i *Invocation) int {
	return i.each(ctx, i.Args[1:], func(_ string, reader io.Reader) error {
		return i.lines(ctx, reader, func(line string, _ bool) bool {
			runes := []rune(line)
			slices.Reverse(runes)
			_, err := fmt.Fprintln(i.Stdout, string(runes))
			return err == nil
		})
	})
}

func commandShuf(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("n:ei:", nil)
	if !ok {
		return 1
	}
	var lines []string
	switch {
	case found.has('e'):
		lines = names
	case found.has('i'):
		begin, end, _ := strings.Cut(found['i'], "-")
		from, errFrom := strconv.Atoi(begin)
		to, errTo := strconv.Atoi(end)
		if errFrom != nil || errTo != nil || to < from || to-from > maxFields {
			i.Errorf("invalid range '%s'", found['i'])
			return 1
		}
		for n := from; n <= to; n++ {
			lines = append(lines, strconv.Itoa(n))
		}
	default:
		code := i.each(ctx, names, func(_ string, reader io.Reader) error {
			read, err := i.readLines(ctx, reader)
			lines = append(lines, read...)
			return err
		})
		if code != 0 {
			return code
		}
	}
	for n := len(lines) - 1; n > 0; n-- {
		m := i.System.random(n + 1)
		lines[n], lines[m] = lines[m], lines[n]
	}
	if text := found['n']; text != "" {
		count, err := strconv.Atoi(text)
		if err != nil || count < 0 {
			i.Errorf("invalid number '%s'", text)
			return 1
		}
		lines = lines[:min(count, len(lines))]
	}
	for _, line := range lines {
		fmt.Fprintln(i.Stdout, line)
	}
	return 0
}

func commandSum(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("cs", map[string]byte{"check": 'c'})
	if !ok {
		return 1
	}
	sum := map[string]func() hash.Hash{"md5sum": md5.New, "sha1sum": sha1.New, "sha256sum": sha256.New, "sha512sum": sha512.New}[i.Name()]
	of := func(reader io.Reader) (string, error) {
		digest := sum()
		_, err := io.Copy(digest, reader)
		return hex.EncodeToString(digest.Sum(nil)), err
	}
	if !found.has('c') {
		return i.each(ctx, names, func(name string, reader io.Reader) error {
			digest, err := of(reader)
			if err == nil {
				fmt.Fprintf(i.Stdout, "%s  %s\n", digest, name)
			}
			return err
		})
	}
	wrong := 0
	code := i.each(ctx, names, func(_ string, reader io.Reader) error {
		lines, err := i.readLines(ctx, reader)
		for _, line := range lines {
			want, name, _ := strings.Cut(line, "  ")
			file, openErr := i.open(ctx, name)
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

func commandBase64(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("diw:", map[string]byte{"decode": 'd', "wrap": 'w', "ignore-garbage": 'i'})
	if !ok {
		return 1
	}
	width := 76
	if text := found['w']; text != "" {
		number, err := strconv.Atoi(text)
		if err != nil || number < 0 {
			i.Errorf("invalid number '%s'", text)
			return 1
		}
		width = number
	}
	return i.each(ctx, names, func(_ string, reader io.Reader) error {
		data, err := io.ReadAll(io.LimitReader(reader, maxText))
		if err != nil {
			return err
		}
		if found.has('d') {
			text := strings.Join(strings.Fields(string(data)), "")
			decoded, err := base64.StdEncoding.DecodeString(text)
			_, _ = i.Stdout.Write(decoded)
			if err != nil {
				return errTruncated
			}
			return nil
		}
		text := base64.StdEncoding.EncodeToString(data)
		for width > 0 && len(text) > width {
			fmt.Fprintln(i.Stdout, text[:width])
			text = text[width:]
		}
		if text != "" && width > 0 {
			text += "\n"
		}
		fmt.Fprint(i.Stdout, text)
		return nil
	})
}
