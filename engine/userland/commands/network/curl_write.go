package network

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// measured are the figures of --write-out.
type measured struct {
	status, size, redirects     int
	began                       time.Time
	connected, firstByte, total time.Duration
	remote, scheme, method      string
	contentType, effective      string
	redirect                    string // where an answer that was not followed leads
	port                        string
	failed                      int
}

// format fills the variables of --write-out.
func (m *measured) format(text string) string {
	seconds := func(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 6, 64) }
	values := map[string]string{
		"http_code": fmt.Sprintf("%03d", m.status), "response_code": fmt.Sprintf("%03d", m.status), "size_download": strconv.Itoa(m.size),
		"time_total": seconds(m.total), "time_connect": seconds(m.connected), "time_starttransfer": seconds(m.firstByte),
		"time_namelookup": seconds(0), "time_pretransfer": seconds(m.connected), "num_redirects": strconv.Itoa(m.redirects),
		"remote_ip": m.remote, "remote_port": m.port, "content_type": m.contentType, "url_effective": m.effective, "url": m.effective,
		"method": m.method, "scheme": m.scheme, "exitcode": strconv.Itoa(m.failed), "http_version": "1.1", "speed_download": "0",
		"redirect_url": m.redirect,
	}
	text = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\r`, "\r", `\\`, `\`).Replace(text)
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "%{")
		out.WriteString(strings.ReplaceAll(before, "%%", "%"))
		if !ok {
			return out.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return out.String() + "%{" + rest
		}
		out.WriteString(values[name])
		text = after
	}
}
