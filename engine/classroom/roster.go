package classroom

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	// mostLearners bounds a roster. Reports of further names are refused.
	mostLearners = 200
	// mostRunes bounds each text of a report.
	mostRunes = 60
	// mostSteps bounds the steps of a lesson.
	mostSteps = 100
)

// Report is how far a learner is in a lesson.
type Report struct {
	// Name is one that the learner has chosen.
	Name string `json:"name"`
	// Lesson is the title of the lesson.
	Lesson string `json:"lesson"`
	// Passed counts the steps of the lesson that are passed, of Steps.
	Passed int `json:"passed"`
	Steps  int `json:"steps"`
}

// Learner is the newest report of one name.
type Learner struct {
	Report
	// Seen is when the report came.
	Seen time.Time
}

// Roster remembers the newest report of each learner while the program runs. It is safe
// for concurrent use.
type Roster struct {
	mu       sync.Mutex
	learners map[string]Learner // by name; guarded by mu
}

// Errors that [Roster.Take] returns.
var (
	ErrMalformedReport = errors.New("a report needs a name, a lesson and its steps")
	ErrRosterFull      = errors.New("the class is full")
)

// Take takes in a report.
func (r *Roster) Take(report Report, now time.Time) error {
	report.Name, report.Lesson = tidy(report.Name), tidy(report.Lesson)
	if report.Name == "" || report.Lesson == "" ||
		report.Steps < 1 || report.Steps > mostSteps || report.Passed < 0 || report.Passed > report.Steps {
		return ErrMalformedReport
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.learners[report.Name]; !known && len(r.learners) >= mostLearners {
		return ErrRosterFull
	}
	if r.learners == nil {
		r.learners = map[string]Learner{}
	}
	r.learners[report.Name] = Learner{Report: report, Seen: now}
	return nil
}

// Forget removes all that was reported.
func (r *Roster) Forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.learners = nil
}

// Learners returns the newest report of each name, by name.
func (r *Roster) Learners() []Learner {
	r.mu.Lock()
	defer r.mu.Unlock()
	learners := make([]Learner, 0, len(r.learners))
	for _, learner := range r.learners {
		learners = append(learners, learner)
	}
	slices.SortFunc(learners, func(a, b Learner) int { return cmp.Compare(a.Name, b.Name) })
	return learners
}

// tidy returns a text without what cannot be seen, or "" if it is too long.
func tidy(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > mostRunes {
		return ""
	}
	return text
}
