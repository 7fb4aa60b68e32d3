package text

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"tabernetes/engine/userland/process"
)

// hexdumpWidth is how many bytes a line shows.
const hexdumpWidth = 16

// Hexdump shows bytes as words of two, or with -C one by one and as text. Lines that
// repeat the one before are shown as one asterisk, unless -v is given.
func Hexdump(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("Cv", nil)
	if !ok {
		return 1
	}
	var input []byte
	code := i.Each(ctx, names, i.CannotOpen, func(_ string, reader io.Reader) error {
		data, err := io.ReadAll(reader)
		input = append(input, data...)
		return err
	})
	digits := 7
	if found.Has('C') {
		digits = 8
	}
	var before []byte
	folded := false
	for at := 0; at < len(input); at += hexdumpWidth {
		line := input[at:min(at+hexdumpWidth, len(input))]
		if !found.Has('v') && bytes.Equal(line, before) {
			if !folded {
				fmt.Fprintln(i.Stdout, "*")
			}
			folded = true
			continue
		}
		before, folded = line, false
		if found.Has('C') {
			_, shown, _ := strings.Cut(hex.Dump(line), " ")
			fmt.Fprintf(i.Stdout, "%08x %s", at, shown)
			continue
		}
		fmt.Fprintf(i.Stdout, "%07x", at)
		for n := 0; n < len(line); n += 2 {
			word := append(bytes.Clone(line[n:min(n+2, len(line))]), 0)
			fmt.Fprintf(i.Stdout, " %04x", binary.LittleEndian.Uint16(word))
		}
		fmt.Fprintln(i.Stdout)
	}
	if len(input) > 0 {
		fmt.Fprintf(i.Stdout, "%0*x\n", digits, len(input))
	}
	return code
}
