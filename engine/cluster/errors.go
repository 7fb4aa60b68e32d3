package cluster

import (
	"context"
	"sync"
	"time"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
)

// errorPause is upstream's pause: it slows down a controller that reports errors
// in a tight loop.
const errorPause = time.Millisecond

// pauseAfterErrors replaces the second of upstream's error handlers; the first one
// logs. Upstream's handler sleeps until a millisecond after the last error, or at
// first after the start of the process. If the clock has been set back since then
// (a restored cluster continues at its own time, a test's virtual clock begins in
// the year 2000), that would stop the first controller that reports an error until
// the clock has caught up.
var pauseAfterErrors = sync.OnceFunc(func() {
	pause := func(context.Context, error, string, ...any) { time.Sleep(errorPause) }
	utilruntime.ErrorHandlers = append(utilruntime.ErrorHandlers[:1:1], pause)
})
