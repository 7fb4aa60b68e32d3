//go:build js && wasm

package metrics

import "time"

// GetProcessStart is the time of the call, in seconds since 1970: there is no
// /proc to ask, and it is called while the program starts.
func GetProcessStart() (float64, error) {
	return float64(time.Now().UnixNano()) / 1e9, nil
}
