package notation

import (
	"strconv"
	"strings"
	"time"
)

// Date reads a time as date -d takes it: @seconds, or a date and a time.
func Date(text string) (time.Time, bool) {
	if seconds, ok := strings.CutPrefix(text, "@"); ok {
		number, err := strconv.ParseInt(seconds, 10, 64)
		return time.Unix(number, 0).UTC(), err == nil
	}
	for _, layout := range []string{
		time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02", time.UnixDate, time.RFC1123Z,
	} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), true
		}
	}
	if text == "now" {
		return time.Now().UTC(), true
	}
	return time.Time{}, false
}
