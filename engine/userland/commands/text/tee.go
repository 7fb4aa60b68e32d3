package text

import (
	"context"
	"io"
	"os"

	"tabernetes/engine/userland/process"
)

// Tee copies its input to files and to its output.
func Tee(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("ai", map[string]byte{"append": 'a'})
	if !ok {
		return 1
	}
	flag := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if found.Has('a') {
		flag = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	}
	outputs := []io.Writer{i.Stdout}
	code := 0
	for _, name := range names {
		opened, err := i.OpenFile(ctx, name, flag)
		if err != nil {
			i.Fail(name, err)
			code = 1
			continue
		}
		defer func() { _ = opened.Close() }()
		outputs = append(outputs, opened)
	}
	if _, err := io.Copy(io.MultiWriter(outputs...), i.Stdin); err != nil {
		return 1
	}
	return code
}
