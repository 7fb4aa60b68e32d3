package network

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"tabernetes/engine/userland/process"
)

// curlVersion is the version that curl says it is.
const curlVersion = "8.14.1"

// curlError is an error with curl's number for it.
type curlError struct {
	code int
	text string
}

func (e curlError) Error() string { return "(" + strconv.Itoa(e.code) + ") " + e.text }

// Curl sends HTTP requests, with the options, texts and exit codes of curl.
func Curl(ctx context.Context, i *process.Invocation) int {
	c := &curling{resolve: map[string]string{}}
	words := i.Args[1:]
	if len(words) == 1 && (words[0] == "--version" || words[0] == "-V") {
		fmt.Fprintf(i.Stdout, "curl %s (tabernetes) simulated network\nProtocols: http https\n", curlVersion)
		return 0
	}
	addresses, wrong, code := c.parse(words)
	if wrong == "" && len(addresses) == 0 {
		wrong, code = "(2) no URL specified", 2
	}
	if wrong != "" {
		i.Errorf("%s", wrong)
		fmt.Fprintln(i.Stderr, "curl: try 'curl --help' or 'curl --manual' for more information")
		return code
	}
	for _, address := range addresses {
		var failed error
		for attempt := 0; ; attempt++ {
			failed = transfer(ctx, i, c, address)
			var known curlError
			transient := errors.As(failed, &known) && (known.code == 7 || known.code == 28 || known.code == 52 || known.code == 56)
			if !transient || attempt >= c.retries || i.System.Sleep(ctx, time.Duration(1<<min(attempt, 9))*time.Second) != nil {
				break
			}
		}
		code = 0
		if failed != nil {
			if ctx.Err() != nil {
				return process.ExitStatus(ctx)
			}
			code = 1
			var known curlError
			if errors.As(failed, &known) {
				code = known.code
			}
			if !c.silent || c.showError {
				i.Errorf("%s", failed)
			}
		}
	}
	return code
}
