package text

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"tabernetes/engine/userland/process"
)

// errTruncated is the error of base64 -d for a text that is not base64.
var errTruncated = errors.New("truncated input")

// Base64 encodes, and decodes with -d.
func Base64(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("diw:", map[string]byte{"decode": 'd', "wrap": 'w', "ignore-garbage": 'i'})
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
	return i.Each(ctx, names, i.Fail, func(_ string, reader io.Reader) error {
		data, err := io.ReadAll(io.LimitReader(reader, process.MaxText))
		if err != nil {
			return err
		}
		if found.Has('d') {
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
