package preview

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"tabernetes/engine/site"
	"tabernetes/lessons/lint"
	"tabernetes/lessons/reading"
)

// lookInterval is the time from one look at the folder to the next.
const lookInterval = 300 * time.Millisecond

// eventsPath is where a page is told of changes.
const eventsPath = "/preview/events"

// Options says what to show.
type Options struct {
	// Site is the built site; see site.Options.
	Site fs.FS
	// Content has the folder of the lesson, whose name is ID.
	Content fs.FS
	ID      string
	// Problems is called when the lesson was made, with what is wrong with it.
	Problems func(reading.Problems)
}

// Preview shows a lesson. It is safe for concurrent use.
type Preview struct {
	options Options
	files   *overlay
	pages   *site.Handler
	ended   chan struct{}

	mu      sync.Mutex
	state   []byte        // of the newest build, in JSON; guarded by mu
	changed chan struct{} // closed when there is a newer one; guarded by mu
}

// New makes the lesson for the first time. The error is that of the site; what is wrong
// with the lesson is shown.
func New(options Options) (*Preview, error) {
	files := newOverlay(options.Site, options.ID)
	p := &Preview{options: options, files: files, ended: make(chan struct{}), changed: make(chan struct{})}
	if err := p.build(); err != nil {
		return nil, err
	}
	pages, err := site.New(site.Options{Files: files})
	if err != nil {
		return nil, err
	}
	p.pages = pages
	return p, nil
}

// Run makes the lesson anew whenever a file of it changes, until ctx ends. Then it ends
// what pages listen to.
func (p *Preview) Run(ctx context.Context) error {
	defer close(p.ended)
	seen := p.fingerprint()
	ticker := time.NewTicker(lookInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if now := p.fingerprint(); now != seen {
			seen = now
			if err := p.build(); err != nil {
				return err
			}
		}
	}
}

// fingerprint differs when a file of the lesson was written, added or removed.
func (p *Preview) fingerprint() string {
	var all strings.Builder
	err := fs.WalkDir(p.options.Content, p.options.ID, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			fmt.Fprintf(&all, "%s %d %s\n", name, info.Size(), info.ModTime())
		}
		return err
	})
	if err != nil {
		// An editor may be in the middle of replacing a file: the next look tells.
		fmt.Fprintln(&all, err)
	}
	return all.String()
}

// state is what a page is told, as preview.js reads it.
type state struct {
	// Version differs from build to build.
	Version  string    `json:"version"`
	Problems []problem `json:"problems"`
}

type problem struct {
	Place   string `json:"place"` // file:line:column
	Message string `json:"message"`
}

func (p *Preview) build() error {
	problems := lint.Lesson(p.options.Content, p.options.ID)
	if err := p.files.put(p.options.Content); err != nil {
		return err
	}
	told := state{Version: strconv.FormatInt(time.Now().UnixNano(), 10), Problems: []problem{}}
	for _, one := range problems {
		place, _ := strings.CutSuffix(one.Error(), ": "+one.Message)
		told.Problems = append(told.Problems, problem{Place: place, Message: one.Message})
	}
	encoded, err := json.Marshal(told)
	if err != nil {
		return fmt.Errorf("tell the problems of lesson %q: %w", p.options.ID, err)
	}
	p.mu.Lock()
	p.state = encoded
	close(p.changed)
	p.changed = make(chan struct{})
	p.mu.Unlock()
	p.options.Problems(problems)
	return nil
}

// ServeHTTP serves the site with the lesson.
func (p *Preview) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	if request.URL.Path == eventsPath && request.Method == http.MethodGet {
		p.serveEvents(writer, request)
		return
	}
	p.pages.ServeHTTP(writer, request)
}

// serveEvents tells a page the state now, and each newer one. A page that is slow to read
// misses those in between.
func (p *Preview) serveEvents(writer http.ResponseWriter, request *http.Request) {
	header := writer.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	controller := http.NewResponseController(writer)
	for {
		p.mu.Lock()
		state, changed := p.state, p.changed
		p.mu.Unlock()
		if _, err := fmt.Fprintf(writer, "data: %s\n\n", state); err != nil {
			return // the page is gone
		}
		if err := controller.Flush(); err != nil {
			return
		}
		select {
		case <-changed:
		case <-request.Context().Done():
			return
		case <-p.ended:
			return
		}
	}
}
