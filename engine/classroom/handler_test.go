package classroom

import (
	"bytes"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

const (
	learner = "192.168.1.20:4000"
	teacher = "127.0.0.1:4000"
)

type class struct {
	t       *testing.T
	handler *Handler
	now     time.Time
	// addresses are where learners reach the class.
	addresses []string
}

func newClass(t *testing.T) *class {
	t.Helper()
	class := &class{
		t: t, now: time.Date(2026, 12, 7, 9, 0, 0, 0, time.UTC),
		addresses: []string{"http://192.168.1.5:8080/", "http://10.0.0.7:8080/"},
	}
	handler, err := New(Options{
		Site: http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(writer, "site") }),
		Files: fstest.MapFS{"lessons/index.json": {Data: []byte(
			`[{"id": "undo", "titles": {"en": "Undo <it>", "zh": "撤销"}}, {"id": "quarter", "titles": {"zh": "四分之一"}, "variants": ["half", "third"]}]`)}},
		Seed:      7,
		Addresses: func() ([]string, error) { return class.addresses, nil },
		Now:       func() time.Time { return class.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	class.handler = handler
	return class
}

// ask sends a request from an address, to a host; body is empty for GET.
func (c *class) ask(from, host, method, target, body string) *httptest.ResponseRecorder {
	c.t.Helper()
	request := httptest.NewRequest(method, target, strings.NewReader(body))
	request.RemoteAddr = from
	request.Host = host
	recorder := httptest.NewRecorder()
	c.handler.ServeHTTP(recorder, request)
	return recorder
}

func (c *class) report(body string) int {
	c.t.Helper()
	return c.ask(learner, "192.168.1.5:8080", http.MethodPost, reportPath, body).Code
}

func (c *class) page(query string) string {
	c.t.Helper()
	response := c.ask(teacher, "127.0.0.1:8080", http.MethodGet, teacherPath+query, "")
	if response.Code != http.StatusOK {
		c.t.Fatalf("the teacher's page has status %d", response.Code)
	}
	return response.Body.String()
}

func TestTheTeacherSeesWhoIsHowFar(t *testing.T) {
	c := newClass(t)
	for _, body := range []string{
		`{"name": "Ada", "lesson": "Undo", "passed": 1, "steps": 3}`,
		`{"name": " Li\u0007 Na ", "lesson": "Undo", "passed": 3, "steps": 3}`,
		`{"name": "Ada", "lesson": "Undo", "passed": 2, "steps": 3}`,
		`{"name": "<script>alert(1)</script>", "lesson": "Undo", "passed": 0, "steps": 3}`,
	} {
		if code := c.report(body); code != http.StatusNoContent {
			t.Errorf("the report %s has status %d", body, code)
		}
	}
	c.now = c.now.Add(90 * time.Second)
	page := c.page("")
	for _, wanted := range []string{
		`<th scope="row">Ada</th><td>Undo</td><td>2 / 3`,
		`<th scope="row">Li Na</th><td>Undo</td><td>✓ 3 / 3`,
		`1m30s`,
		`&lt;script&gt;alert(1)&lt;/script&gt;`,
	} {
		if !strings.Contains(page, wanted) {
			t.Errorf("the page lacks %s:\n%s", wanted, page)
		}
	}
	c.now = c.now.Add(time.Hour)
	if page := c.page(""); !strings.Contains(page, `<tr class="gone">`) {
		t.Error("a learner who was last heard of an hour ago looks present")
	}
	if code := c.ask(teacher, "127.0.0.1:8080", http.MethodPost, forgetPath, "").Code; code != http.StatusSeeOther {
		t.Errorf("clearing the list has status %d", code)
	}
	if page := c.page(""); strings.Contains(page, "Ada") {
		t.Error("the list was not cleared")
	}
}

func TestReportsThatMakeNoSenseAreRefused(t *testing.T) {
	c := newClass(t)
	for _, body := range []string{
		``, `[]`, `{"name": "Ada"}`,
		`{"name": "", "lesson": "Undo", "passed": 1, "steps": 3}`,
		`{"name": "\u0000", "lesson": "Undo", "passed": 1, "steps": 3}`,
		`{"name": "Ada", "lesson": "Undo", "passed": 4, "steps": 3}`,
		`{"name": "Ada", "lesson": "Undo", "passed": -1, "steps": 3}`,
		`{"name": "Ada", "lesson": "Undo", "passed": 1, "steps": 3000}`,
		`{"name": "Ada", "lesson": "Undo", "passed": 1, "steps": 3, "grade": 1}`,
		fmt.Sprintf(`{"name": %q, "lesson": "Undo", "passed": 1, "steps": 3}`, strings.Repeat("a", 61)),
		fmt.Sprintf(`{"name": %q, "lesson": "Undo", "passed": 1, "steps": 3}`, strings.Repeat("a", 5000)),
	} {
		if code := c.report(body); code != http.StatusBadRequest {
			t.Errorf("the report %.80s has status %d", body, code)
		}
	}
}

func TestARosterIsBounded(t *testing.T) {
	c := newClass(t)
	report := func(i int) int {
		return c.report(fmt.Sprintf(`{"name": "learner %d", "lesson": "Undo", "passed": 1, "steps": 3}`, i))
	}
	for i := range mostLearners {
		if code := report(i); code != http.StatusNoContent {
			t.Fatalf("report %d has status %d", i, code)
		}
	}
	if code := report(mostLearners); code != http.StatusServiceUnavailable {
		t.Errorf("a report too many has status %d", code)
	}
	if code := report(0); code != http.StatusNoContent {
		t.Errorf("the next report of a known learner has status %d", code)
	}
}

func TestTheTeachersPageIsThisMachinesAlone(t *testing.T) {
	c := newClass(t)
	for _, test := range []struct{ name, from, host, method, path string }{
		{"a learner", learner, "192.168.1.5:8080", http.MethodGet, teacherPath},
		{"a learner who names loopback", learner, "127.0.0.1:8080", http.MethodGet, teacherPath},
		{"a page whose name was pointed here", teacher, "evil.example", http.MethodGet, teacherPath},
		{"a learner who clears the list", learner, "127.0.0.1:8080", http.MethodPost, forgetPath},
	} {
		if code := c.ask(test.from, test.host, test.method, test.path, "").Code; code != http.StatusForbidden {
			t.Errorf("%s gets status %d", test.name, code)
		}
	}
	if body := c.ask(learner, "192.168.1.5:8080", http.MethodGet, "/anything", "").Body.String(); body != "site" {
		t.Errorf("a learner gets %q, want the site", body)
	}
}

func TestAForeignPageReportsNothing(t *testing.T) {
	c := newClass(t)
	request := httptest.NewRequest(http.MethodPost, reportPath, strings.NewReader(`{"name": "x", "lesson": "y", "passed": 1, "steps": 1}`))
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	recorder := httptest.NewRecorder()
	c.handler.ServeHTTP(recorder, request)
	if recorder.Code != http.StatusForbidden {
		t.Errorf("a foreign page's report has status %d", recorder.Code)
	}
}

// TestAMachineThatComesIntoANetwork starts in none, where the page has to say why it has
// no link.
func TestAMachineThatComesIntoANetwork(t *testing.T) {
	c := newClass(t)
	c.addresses = nil
	for language, why := range map[string]string{"en": "This machine is in no network", "zh": "本机没有连上任何网络"} {
		page := c.page("?lang=" + language)
		if !strings.Contains(page, why) || strings.Contains(page, "--lan") || strings.Contains(page, "?class=1") {
			t.Errorf("in no network the page has:\n%s\nwant %q and no link", page, why)
		}
		c.addresses = []string{"http://192.168.1.5:8080/"}
		if page := c.page("?lang=" + language); strings.Contains(page, why) || !strings.Contains(page, "http://192.168.1.5:8080/?class=1") {
			t.Errorf("in a network the page has:\n%s\nwant the link", page)
		}
		c.addresses = nil
	}
}

func TestTheLinkOfAClass(t *testing.T) {
	c := newClass(t)
	english := c.page("?lesson=undo&help=none&lang=en")
	for _, wanted := range []string{
		`http://192.168.1.5:8080/?class=1&amp;hints=0&amp;lang=en&amp;lesson=undo&amp;solutions=0`,
		`<option value="none" selected>`,
		`http://10.0.0.7:8080/?class=1`,
		`<option value="undo" selected>Undo &lt;it&gt;</option>`,
		`<option value="quarter">quarter</option>`,
	} {
		if !strings.Contains(english, wanted) {
			t.Errorf("the page lacks %s:\n%s", wanted, english)
		}
	}
	if chinese := c.page("?lang=zh"); !strings.Contains(chinese, "四分之一") || !strings.Contains(chinese, "?class=1&amp;lang=zh") {
		t.Error("the page is not in Chinese")
	}

	if hints := c.page("?lesson=undo&help=hints"); !strings.Contains(hints, "?class=1&amp;lang=en&amp;lesson=undo&amp;solutions=0") {
		t.Error("the link of a class without solutions does not say so")
	}
	if variant := c.page("?lesson=quarter"); !strings.Contains(variant, "?class=1&amp;lang=en&amp;lesson=quarter&amp;seed=7") {
		t.Error("the link does not give the whole class the same variant")
	}

	link := c.handler.classLink("http://192.168.1.5:8080/", "undo", "zh", helpAll)
	response := c.ask(teacher, "localhost:8080", http.MethodGet, codePath+"?"+url.Values{"link": {link}}.Encode(), "")
	if _, err := png.Decode(bytes.NewReader(response.Body.Bytes())); err != nil {
		t.Errorf("the QR code is no picture: %v", err)
	}
	foreign := c.ask(teacher, "localhost:8080", http.MethodGet, codePath+"?link=http://evil.example/", "")
	if foreign.Code != http.StatusBadRequest {
		t.Errorf("a code for a foreign link has status %d", foreign.Code)
	}
}

func TestTextsAreTheSameInAllLanguages(t *testing.T) {
	english, err := readTexts("en")
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range languages {
		other, err := readTexts(language)
		if err != nil {
			t.Fatal(err)
		}
		for key := range english.Page {
			if other.Page[key] == "" {
				t.Errorf("%s lacks %q", language, key)
			}
		}
		if len(other.Works) != len(english.Works) || len(other.Page) != len(english.Page) {
			t.Errorf("%s has %d and %d texts, want %d and %d", language, len(other.Page), len(other.Works), len(english.Page), len(english.Works))
		}
	}
}
