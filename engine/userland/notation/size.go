package notation

import (
	"strconv"
	"strings"
)

// Size reads a number of bytes with a suffix k, m or g.
func Size(text string) (int64, bool) {
	text = strings.TrimSuffix(strings.ToLower(text), "b")
	unit := int64(1)
	for n, suffix := range []string{"k", "m", "g"} {
		if rest, ok := strings.CutSuffix(text, suffix); ok {
			text = rest
			unit = 1 << (10 * (n + 1))
		}
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 || number > 1<<40/unit {
		return 0, false
	}
	return number * unit, true
}
