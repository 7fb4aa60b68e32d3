package files

import (
	"context"
	"fmt"
	"io/fs"
	"strconv"

	"tabernetes/engine/userland/process"
)

// Du prints what files take.
func Du(ctx context.Context, i *process.Invocation) int {
	found, names, ok := i.Options("shkad:cm", nil)
	if !ok {
		return 1
	}
	if len(names) == 0 {
		names = []string{"."}
	}
	for _, name := range names {
		total := int64(0)
		err := i.Walk(ctx, name, true, func(_ string, info fs.FileInfo) error {
			total += blocks([]listed{{"", info}})
			return nil
		})
		if err != nil {
			i.Fail(name, err)
			return 1
		}
		text := strconv.FormatInt(total, 10)
		if found.Has('h') {
			text = humanSize(total * 1024)
		}
		fmt.Fprintf(i.Stdout, "%s\t%s\n", text, name)
	}
	return 0
}

// blocks is the size in KiB of whole blocks of 4 KiB.
func blocks(entries []listed) int64 {
	total := int64(0)
	for _, entry := range entries {
		if !entry.info.IsDir() {
			total += (entry.info.Size() + 4095) / 4096 * 4
		} else {
			total += 4
		}
	}
	return total
}

func humanSize(size int64) string {
	value, unit := float64(size), ""
	for _, next := range []string{"K", "M", "G"} {
		if value < 1024 {
			break
		}
		value, unit = value/1024, next
	}
	if unit == "" {
		return strconv.FormatInt(size, 10)
	}
	return strconv.FormatFloat(value, 'f', 1, 64) + unit
}
