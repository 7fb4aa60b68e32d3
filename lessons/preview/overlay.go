package preview

import (
	"bytes"
	_ "embed" // preview.js and preview.css
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing/fstest"
	"time"

	"tabernetes/lessons"
	"tabernetes/lessons/plan"
	"tabernetes/lessons/publish"
)

// Names of files in the site.
const (
	pageName         = "index.html"
	lessonsDirectory = "lessons"
	scriptName       = "preview/preview.js"
	styleName        = "preview/preview.css"
)

var (
	//go:embed preview.js
	script []byte
	//go:embed preview.css
	style []byte
)

// buildName is what names a build in its page. A page without it is not kept for use
// without a network, where it would be shown in place of what the author writes next.
var buildName = regexp.MustCompile(` data-build="[^"]*"`)

// overlay is the site with a lesson laid over it.
type overlay struct {
	site fs.FS
	id   string
	// files are those of the newest build. The standard library's only file system in
	// memory has its place among the tests.
	files atomic.Pointer[fstest.MapFS]
}

func newOverlay(site fs.FS, id string) *overlay {
	o := &overlay{site: site, id: id}
	o.files.Store(&fstest.MapFS{})
	return o
}

// Open implements fs.FS.
func (o *overlay) Open(name string) (fs.File, error) {
	file, err := o.files.Load().Open(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return file, err
	}
	if o.isReplaced(name) {
		return nil, err
	}
	return o.site.Open(name)
}

// isReplaced reports whether nothing of this name is the site's: what is packed there is
// older.
func (o *overlay) isReplaced(name string) bool {
	for _, replaced := range []string{pageName + ".", path.Join(lessonsDirectory, publish.IndexName), path.Join(lessonsDirectory, o.id) + "/"} {
		if strings.HasPrefix(name, replaced) {
			return true
		}
	}
	return false
}

// put makes the lesson's files anew.
func (o *overlay) put(content fs.FS) error {
	page, err := o.page()
	if err != nil {
		return err
	}
	now := time.Now()
	files := fstest.MapFS{}
	add := func(name string, data []byte) {
		files[name] = &fstest.MapFile{Data: data, Mode: 0o444, ModTime: now}
	}
	add(pageName, page)
	add(scriptName, script)
	add(styleName, style)
	var all []lessons.Lesson
	for _, variant := range plan.Variants(content, o.id) {
		// Its problems are the linter's.
		lesson, _ := lessons.Load(content, o.id, variant)
		made, err := publish.Files(content, lesson)
		if err != nil {
			return err
		}
		for name, data := range made {
			add(path.Join(lessonsDirectory, name), data)
		}
		if len(lesson.Documents) > 0 {
			all = append(all, lesson)
		}
	}
	index, err := o.index(all)
	if err != nil {
		return err
	}
	add(path.Join(lessonsDirectory, publish.IndexName), index)
	o.files.Store(&files)
	return nil
}

// page is the site's page with what shows the problems.
func (o *overlay) page() ([]byte, error) {
	page, err := fs.ReadFile(o.site, pageName)
	if err != nil {
		return nil, fmt.Errorf("read the site's page: %w", err)
	}
	const end = "</head>"
	if !bytes.Contains(page, []byte(end)) {
		return nil, fmt.Errorf("read the site's page: %s has no %s", pageName, end)
	}
	links := fmt.Sprintf("<link rel=\"stylesheet\" href=%q>\n<script type=\"module\" src=%q></script>\n", styleName, scriptName)
	page = buildName.ReplaceAll(page, nil)
	return bytes.Replace(page, []byte(end), []byte(links+end), 1), nil
}

// index is the site's list of lessons with this one before all others.
func (o *overlay) index(all []lessons.Lesson) ([]byte, error) {
	entries := publish.Index(all)
	text, err := fs.ReadFile(o.site, path.Join(lessonsDirectory, publish.IndexName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the site's list of lessons: %w", err)
	}
	if err == nil {
		var others []publish.Entry
		if err := json.Unmarshal(text, &others); err != nil {
			return nil, fmt.Errorf("read the site's list of lessons: %w", err)
		}
		entries = append(entries, slices.DeleteFunc(others, func(e publish.Entry) bool { return e.ID == o.id })...)
	}
	return publish.JSON(entries)
}
