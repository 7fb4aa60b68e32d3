package text

import (
	"context"
	"fmt"
	"strings"

	"tabernetes/engine/userland/process"
)

// Yes prints a word until nobody reads it.
func Yes(ctx context.Context, i *process.Invocation) int {
	word := "y"
	if len(i.Args) > 1 {
		word = strings.Join(i.Args[1:], " ")
	}
	block := strings.Repeat(word+"\n", max(1, process.BytesPerStep/(len(word)+1)))
	for i.Step(ctx) == nil {
		if _, err := fmt.Fprint(i.Stdout, block); err != nil {
			break
		}
	}
	return 1
}
