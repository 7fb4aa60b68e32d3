package notation

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Forever stands for a sleep without end.
const Forever = time.Duration(math.MaxInt64)

// Duration reads a number with a suffix s, m, h or d, or "infinity".
func Duration(text string) (time.Duration, bool) {
	if text == "infinity" || text == "inf" {
		return Forever, true
	}
	unit := time.Second
	if text != "" {
		switch text[len(text)-1] {
		case 's':
			text = text[:len(text)-1]
		case 'm':
			text, unit = text[:len(text)-1], time.Minute
		case 'h':
			text, unit = text[:len(text)-1], time.Hour
		case 'd':
			text, unit = text[:len(text)-1], 24*time.Hour
		}
	}
	if strings.Trim(text, "0123456789.") != "" {
		return 0, false
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || number < 0 {
		return 0, false
	}
	if number*float64(unit) >= float64(Forever) {
		return Forever, true
	}
	return time.Duration(number * float64(unit)), true
}
