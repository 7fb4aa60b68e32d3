package preview_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"tabernetes/lessons/preview"
	"tabernetes/lessons/publish"
	"tabernetes/lessons/reading"
	"tabernetes/lessons/template"
)

// builtSite has a lesson of the same name as the one that is written, and its packed form.
var builtSite = fstest.MapFS{
	"index.html":                  {Data: []byte("<html data-build=\"00ff\" lang=\"en\"><head><title>T</title></head></html>")},
	"app.js":                      {Data: []byte("app")},
	"lessons/index.json":          {Data: []byte(`[{"id": "other"}, {"id": "mine"}]`)},
	"lessons/index.json.gz":       {Data: []byte("packed"), ModTime: time.Now().Add(time.Hour)},
	"lessons/other/lesson.json":   {Data: []byte("other")},
	"lessons/mine/lesson.en.html": {Data: []byte("old")},
	"lessons/mine/old.yaml":       {Data: []byte("old")},
}

// author writes a lesson that is served.
type author struct {
	t      *testing.T
	folder string
	server *httptest.Server
}

func newAuthor(t *testing.T) *author {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "mine")
	if err := template.Write(folder); err != nil {
		t.Fatal(err)
	}
	shown, err := preview.New(preview.Options{
		Site: builtSite, Content: os.DirFS(filepath.Dir(folder)), ID: "mine", Problems: func(reading.Problems) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- shown.Run(ctx) }()
	server := httptest.NewServer(shown)
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return &author{t: t, folder: folder, server: server}
}

func (a *author) get(path string) (status int, body string) {
	a.t.Helper()
	response, err := http.Get(a.server.URL + path)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return response.StatusCode, string(read)
}

// replace changes a file of the lesson.
func (a *author) replace(name, old, replacement string) {
	a.t.Helper()
	file := filepath.Join(a.folder, name)
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), old) {
		a.t.Fatalf("%s: %v, want %q in it", name, err, old)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), old, replacement, 1)), 0o600); err != nil {
		a.t.Fatal(err)
	}
}

func TestServesTheSiteWithTheLesson(t *testing.T) {
	a := newAuthor(t)
	if _, page := a.get("/"); !strings.Contains(page, `src="preview/preview.js"></script>`) || !strings.Contains(page, "<title>T</title>") {
		t.Errorf("the page is %q, want the site's with the script", page)
	} else if !strings.Contains(page, `<html lang="en">`) {
		t.Errorf("the page is %q, want none that browsers keep", page)
	}
	_, list := a.get("/lessons/index.json")
	var index []publish.Entry
	if err := json.Unmarshal([]byte(list), &index); err != nil {
		t.Fatal(err)
	}
	if len(index) != 2 || index[0].ID != "mine" || index[0].Titles["en"] != "The title of the lesson" || index[1].ID != "other" {
		t.Errorf("the list is %+v, want the lesson first, and the others of the site", index)
	}
	for path, want := range map[string]string{
		"/lessons/mine/lesson.zh.html": "这一课的标题",
		"/lessons/mine/solution.json":  "kubectl apply -f web.yaml",
		"/lessons/mine/web.yaml":       "kind: Deployment",
		"/lessons/other/lesson.json":   "other",
		"/app.js":                      "app",
		"/preview/preview.css":         ".lesson-preview",
	} {
		if status, body := a.get(path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: got %d and %q, want %q in it", path, status, body, want)
		}
	}
	if status, _ := a.get("/lessons/mine/old.yaml"); status != http.StatusNotFound {
		t.Errorf("got %d for a file of the site's lesson of the same name, want that it is not there", status)
	}
}

// TestTellsChanges spoils a lesson while a page shows it.
func TestTellsChanges(t *testing.T) {
	a := newAuthor(t)
	response, err := http.Get(a.server.URL + "/preview/events")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	lines := bufio.NewScanner(response.Body)
	next := func() (version, problems string) {
		for lines.Scan() {
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			if !ok {
				continue
			}
			var told struct {
				Version  string
				Problems []struct{ Place, Message string }
			}
			if err := json.Unmarshal([]byte(data), &told); err != nil {
				t.Fatal(err)
			}
			for _, one := range told.Problems {
				problems += one.Place + " " + one.Message + "\n"
			}
			return told.Version, problems
		}
		t.Fatal("the events have ended:", lines.Err())
		return "", ""
	}
	first, _ := next()
	a.replace("lesson.yaml", "    hints: [command]", "    hnits: [command]")
	second, problems := next()
	if first == second || !strings.Contains(problems, `mine/lesson.yaml:24:5 step: unknown key "hnits"`) {
		t.Errorf("after version %s: got version %s with the problems\n%s", first, second, problems)
	}
	if _, text := a.get("/lessons/mine/lesson.en.html"); !strings.Contains(text, "The title of the lesson") {
		t.Errorf("a lesson with problems is %q, want it shown", text)
	}
	a.replace("lesson.en.md", "title: The title of the lesson", "title: Another title")
	if third, _ := next(); third == second {
		t.Error("a change of the text is no new version")
	}
	if _, text := a.get("/lessons/mine/lesson.en.html"); !strings.Contains(text, "Another title") {
		t.Errorf("got %q, want the changed text", text)
	}
}

func TestNewWantsAPage(t *testing.T) {
	_, err := preview.New(preview.Options{Site: fstest.MapFS{}, Content: fstest.MapFS{}, ID: "mine", Problems: func(reading.Problems) {}})
	if err == nil || !strings.Contains(err.Error(), "index.html") {
		t.Errorf("got %v, want that there is no page", err)
	}
}
