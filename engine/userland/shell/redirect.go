package shell

import (
	"context"

	"mvdan.cc/sh/v3/syntax"

	"tabernetes/engine/userland/filesystem"
)

// redirect applies redirections to the descriptors. When one fails it says so and
// sets the status.
func (in *interpreter) redirect(ctx context.Context, redirections []*syntax.Redirect) bool {
	for _, redirection := range redirections {
		if !in.redirectOne(ctx, redirection) {
			if in.status == 0 {
				in.status = 1
			}
			return false
		}
	}
	return true
}

func describeOpenError(bash bool, name string, err error, creates bool) string {
	text := filesystem.Text(err)
	if bash {
		return name + ": " + text
	}
	verb := "open"
	if creates {
		verb = "create"
	}
	if text == filesystem.Text(filesystem.ErrNotExist) {
		text = "no such file"
		if creates {
			text = "nonexistent directory"
		}
	}
	return "can't " + verb + " " + name + ": " + text
}
