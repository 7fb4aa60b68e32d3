package container

import (
	"context"
	"io"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Bounds of one container's log. When it is full, the oldest lines are dropped, as
// when a real log is rotated.
const (
	maxLogLines = 2000
	maxLogBytes = 256 << 10
)

// Log is the output of one run of a container. It is safe for concurrent use: the
// sync loop writes, requests read.
type Log struct {
	mu sync.Mutex
	// guarded by mu
	lines []Line
	// dropped counts the dropped lines, so that a reader's position stays valid. guarded by mu
	dropped int
	// guarded by mu
	bytes int
	// closed says that no more lines will follow. guarded by mu
	closed bool
	// changed is closed, and replaced, when lines or closed change. guarded by mu
	changed chan struct{}
}

// Line is a line of a log.
type Line struct {
	At     time.Time
	Stream string
	Text   string
	// Partial says that the stream ended within the line.
	Partial bool
}

// whole is the line as it was written.
func (l Line) whole() string {
	if l.Partial {
		return l.Text
	}
	return l.Text + "\n"
}

// NewLog makes an empty log.
func NewLog() *Log { return &Log{changed: make(chan struct{})} }

func (l *Log) write(line Line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
	l.bytes += len(line.Text)
	for len(l.lines) > maxLogLines || l.bytes > maxLogBytes && len(l.lines) > 1 {
		l.bytes -= len(l.lines[0].Text)
		l.lines = l.lines[1:]
		l.dropped++
	}
	l.wake()
}

func (l *Log) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.closed = true
		l.wake()
	}
}

func (l *Log) wake() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// From returns the lines from position on, the position after them, whether the
// log ends there, and a channel that is closed when there is more.
func (l *Log) From(position int) (lines []Line, next int, end bool, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	start := max(0, position-l.dropped)
	if start < len(l.lines) {
		lines = append(lines, l.lines[start:]...)
	}
	return lines, l.dropped + len(l.lines), l.closed, l.changed
}

// CopyTo writes the log as the options ask, and with Follow everything that is
// added until the container or ctx ends. flush is called when what was written
// should reach the reader.
func (l *Log) CopyTo(ctx context.Context, to io.Writer, options *corev1.PodLogOptions, now time.Time, flush func()) error {
	var since time.Time
	switch {
	case options.SinceSeconds != nil:
		since = now.Add(-time.Duration(*options.SinceSeconds) * time.Second)
	case options.SinceTime != nil:
		since = options.SinceTime.Time
	}
	limit := int64(-1)
	if options.LimitBytes != nil {
		limit = *options.LimitBytes
	}
	lines, position, end, changed := l.From(0)
	// The API allows a limit of lines only for both streams together.
	if tail := options.TailLines; tail != nil && int64(len(lines)) > *tail {
		lines = lines[int64(len(lines))-*tail:]
	}
	for {
		for _, line := range lines {
			if line.At.Before(since) || !wanted(options.Stream, line.Stream) {
				continue
			}
			text := line.whole()
			if options.Timestamps {
				text = line.At.UTC().Format(time.RFC3339Nano) + " " + text
			}
			if limit >= 0 && int64(len(text)) >= limit {
				_, err := io.WriteString(to, text[:limit])
				return err
			}
			if limit >= 0 {
				limit -= int64(len(text))
			}
			if _, err := io.WriteString(to, text); err != nil {
				return err
			}
		}
		flush()
		if end || !options.Follow {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
		lines, position, end, changed = l.From(position)
	}
}

// wanted reports whether the options ask for the lines of a stream.
func wanted(asked *string, stream string) bool {
	return asked == nil || *asked == corev1.LogStreamAll || strings.EqualFold(*asked, stream)
}

// last returns the end of the log as text: at most the given number of lines and
// bytes.
func (l *Log) last(lines, limit int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var text strings.Builder
	for _, line := range l.lines[max(0, len(l.lines)-lines):] {
		text.WriteString(line.whole())
	}
	whole := text.String()
	return whole[max(0, len(whole)-limit):]
}
