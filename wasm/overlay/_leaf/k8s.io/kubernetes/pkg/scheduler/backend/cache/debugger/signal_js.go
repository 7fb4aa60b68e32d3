//go:build js && wasm

package debugger

import "os"

// compareSignal is never delivered: a browser tab receives no signals.
var compareSignal = os.Interrupt
