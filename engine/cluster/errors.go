package cluster

import (
	"context"
	"sync"
	"time"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
)

// errorPause is upstream's: a controller that reports errors in a tight loop is slowed
// down by it.
const errorPause = time.Millisecond

// pauseAfterErrors replaces the second of upstream's error handlers; the first logs.
// Upstream's sleeps until a millisecond after the last error, or after the start of the
// process where there was none. Where the clock has been set back since (a restored
// cluster goes on at its own time, a test's virtual clock begins in the year 2000), it
// would stop the first controller that reports an error for as long as that.
var pauseAfterErrors = sync.OnceFunc(func() {
	pause := func(context.Context, error, string, ...any) { time.Sleep(errorPause) }
	utilruntime.ErrorHandlers = append(utilruntime.ErrorHandlers[:1:1], pause)
})
