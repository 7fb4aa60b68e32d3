package cluster

import (
	"context"
	"sync"
	"time"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
)

// errorPause is upstream's: who reports errors in a tight loop is held up a little.
const errorPause = time.Millisecond

// pauseAfterErrors replaces the second of upstream's error handlers (the first logs), which sleeps
// until a millisecond after the error before it, counting from the start of the
// process. Where the clock was set back since (a restored cluster goes on at its
// own time, a test's virtual clock begins in the year 2000), that would stop the
// first controller that reports an error for as long.
var pauseAfterErrors = sync.OnceFunc(func() {
	pause := func(context.Context, error, string, ...any) { time.Sleep(errorPause) }
	utilruntime.ErrorHandlers = append(utilruntime.ErrorHandlers[:1:1], pause)
})
