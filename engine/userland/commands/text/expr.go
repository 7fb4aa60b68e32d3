package text

import (
	"context"
	"fmt"

	"tabernetes/engine/userland/process"
)

// Expr evaluates its words: arithmetic, comparison, matching.
func Expr(_ context.Context, i *process.Invocation) int {
	expression := &exprParser{words: i.Args[1:]}
	value, err := expression.or()
	if err == nil && len(expression.words) > 0 {
		err = errExpr
	}
	if len(i.Args) == 1 {
		i.Errorf("too few arguments")
		return 2
	}
	if err != nil {
		i.Errorf("%s", err)
		return 2
	}
	fmt.Fprintln(i.Stdout, value)
	if value == "" || value == "0" {
		return 1
	}
	return 0
}
