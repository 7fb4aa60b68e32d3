package classroom

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"rsc.io/qr"
)

// mostReportBytes bounds the body of a report.
const mostReportBytes = 1 << 10

// Paths of the server besides the site.
const (
	reportPath  = "/class/progress"
	teacherPath = "/teacher/"
	stylePath   = "/teacher/style.css"
	codePath    = "/teacher/code.png"
	forgetPath  = "/teacher/forget"
)

//go:embed style.css
var style []byte

//go:embed teacher.html texts
var files embed.FS

// Options says what to serve.
type Options struct {
	// Site serves the built site.
	Site http.Handler
	// Files are those of the site, which list its lessons.
	Files fs.FS
	// Seed picks the variant of a lesson that has several, the same for the whole class.
	Seed uint32
	// Addresses tells where learners reach the site, the most likely first; none on a
	// machine that is in no network. It is asked anew for each page, as networks come and go.
	Addresses func() ([]string, error)
	// Now is the time; time.Now without it.
	Now func() time.Time
}

// Handler serves the site, takes reports of learners, and shows them to the teacher, who
// is whoever sits at this machine.
type Handler struct {
	options Options
	roster  Roster
	lessons []lesson
	mux     http.Handler
}

// New returns a handler.
func New(options Options) (*Handler, error) {
	lessons, err := readLessons(options.Files)
	if err != nil {
		return nil, err
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	handler := &Handler{options: options, lessons: lessons}
	mux := http.NewServeMux()
	mux.Handle("/", options.Site)
	mux.HandleFunc("POST "+reportPath, handler.takeReport)
	mux.HandleFunc("GET "+teacherPath, handler.own(handler.showTeacher))
	mux.HandleFunc("GET "+stylePath, handler.own(showStyle))
	mux.HandleFunc("GET "+codePath, handler.own(handler.showCode))
	mux.HandleFunc("POST "+forgetPath, handler.own(handler.forget))
	handler.mux = http.NewCrossOriginProtection().Handler(mux)
	return handler, nil
}

func (h *Handler) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	h.mux.ServeHTTP(writer, request)
}

func (h *Handler) takeReport(writer http.ResponseWriter, request *http.Request) {
	decoder := json.NewDecoder(http.MaxBytesReader(writer, request.Body, mostReportBytes))
	decoder.DisallowUnknownFields()
	var report Report
	err := decoder.Decode(&report)
	if err == nil {
		err = h.roster.Take(report, h.options.Now())
	}
	switch {
	case errors.Is(err, ErrRosterFull):
		http.Error(writer, err.Error(), http.StatusServiceUnavailable)
	case err != nil:
		http.Error(writer, ErrMalformedReport.Error(), http.StatusBadRequest)
	default:
		writer.WriteHeader(http.StatusNoContent)
	}
}

// own keeps what is the teacher's from other machines.
func (h *Handler) own(next http.HandlerFunc) http.HandlerFunc {
	return func(writer http.ResponseWriter, request *http.Request) {
		if !fromThisMachine(request) {
			http.Error(writer, "the teacher's page is shown on the machine that serves the class", http.StatusForbidden)
			return
		}
		header := writer.Header()
		header.Set("Cache-Control", "no-store")
		header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		header.Set("X-Content-Type-Options", "nosniff")
		next(writer, request)
	}
}

func (h *Handler) showTeacher(writer http.ResponseWriter, request *http.Request) {
	if request.URL.Path != teacherPath {
		http.NotFound(writer, request)
		return
	}
	var page bytes.Buffer
	if err := h.writeTeacher(&page, request); err != nil {
		http.Error(writer, err.Error(), http.StatusInternalServerError)
		return
	}
	writer.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = writer.Write(page.Bytes())
}

func showStyle(writer http.ResponseWriter, _ *http.Request) {
	writer.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = writer.Write(style)
}

// showCode draws the QR code of a link of this class.
func (h *Handler) showCode(writer http.ResponseWriter, request *http.Request) {
	link := request.URL.Query().Get("link")
	addresses, err := h.options.Addresses()
	if err != nil {
		http.Error(writer, err.Error(), http.StatusInternalServerError)
		return
	}
	if !slices.ContainsFunc(addresses, func(address string) bool { return strings.HasPrefix(link, address) }) {
		http.Error(writer, "the link is not one of this class", http.StatusBadRequest)
		return
	}
	code, err := qr.Encode(link, qr.M)
	if err != nil {
		http.Error(writer, err.Error(), http.StatusBadRequest)
		return
	}
	writer.Header().Set("Content-Type", "image/png")
	_, _ = writer.Write(code.PNG())
}

func (h *Handler) forget(writer http.ResponseWriter, request *http.Request) {
	h.roster.Forget()
	http.Redirect(writer, request, teacherPath+"?"+request.URL.RawQuery, http.StatusSeeOther)
}

// lesson is one that the site has, as web/dist/lessons/index.json lists it.
type lesson struct {
	ID     string            `json:"id"`
	Titles map[string]string `json:"titles"`
	// Variants are those of which a learner gets one, by the seed of the cluster.
	Variants []string `json:"variants"`
}

func readLessons(files fs.FS) ([]lesson, error) {
	const index = "lessons/index.json"
	data, err := fs.ReadFile(files, index)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the list of lessons: %w", err)
	}
	var lessons []lesson
	if err := json.Unmarshal(data, &lessons); err != nil {
		return nil, fmt.Errorf("read the list of lessons %s: %w", index, err)
	}
	return lessons, nil
}

// What a class is shown of a lesson's hints and solutions.
const (
	helpAll   = "all"
	helpHints = "hints"
	helpNone  = "none"
)

// classLink is the link that a class opens: the same lesson in the same language for all,
// and a page that offers to report progress here.
func (h *Handler) classLink(address, lessonID, language, help string) string {
	query := url.Values{"class": {"1"}, "lang": {language}}
	if lessonID != "" {
		query.Set("lesson", lessonID)
	}
	if slices.ContainsFunc(h.lessons, func(one lesson) bool { return one.ID == lessonID && len(one.Variants) > 0 }) {
		query.Set("seed", strconv.FormatUint(uint64(h.options.Seed), 10))
	}
	if help == helpNone {
		query.Set("hints", "0")
	}
	if help == helpNone || help == helpHints {
		query.Set("solutions", "0")
	}
	return address + "?" + query.Encode()
}
