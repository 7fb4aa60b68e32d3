package tutor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"tabernetes/engine/cluster"
	"tabernetes/lessons/check"
	"tabernetes/lessons/observe"
	"tabernetes/lessons/plan"
	"tabernetes/lessons/start"
)

// Bounds of the commands that are noted for a step; beyond them the oldest is dropped,
// and a line is cut.
const (
	maxCommands = 200
	maxLine     = 2000 // bytes
)

// Tutor teaches one lesson at a time. It is safe for concurrent use.
type Tutor struct {
	running *cluster.Cluster

	mu       sync.Mutex
	observer *observe.Observer // made when first needed; guarded by mu
	lesson   *check.Compiled   // guarded by mu
	step     *under            // guarded by mu
	given    []check.Command   // guarded by mu
}

// under is the step that is under way.
type under struct {
	id    string
	began time.Time
	// checks is nil for a step that demands nothing.
	checks *check.Step
	// answers are those of the cluster, once the step is passed.
	answers map[string][]string
	told    []byte
}

// New makes a tutor for a cluster.
func New(running *cluster.Cluster) *Tutor { return &Tutor{running: running} }

// Told is what one look has found, as LessonReport of the page.
type Told struct {
	Step string `json:"step"`
	check.Report
	// Answers are what the cluster answers to the questions of a step that is passed,
	// by the ids of those that have a measure.
	Answers map[string][]string `json:"answers,omitempty"`
	// Kept is what Open takes to go on from here.
	Kept Kept `json:"kept"`
}

// Kept is a step under way, for a page that is loaded again.
type Kept struct {
	check.Kept
	Commands []Command `json:"commands,omitempty"`
}

// Command is a line that was given.
type Command struct {
	Line   string    `json:"line"`
	Status int       `json:"status"`
	Time   time.Time `json:"time"`
}

// Begin makes what a lesson begins with. It takes minutes of cluster time.
func (t *Tutor) Begin(ctx context.Context, wanted plan.Start) error {
	return start.Begin(ctx, t.running, wanted)
}

// Open begins a step of a lesson now, or goes on with it where it was kept. It returns
// what is to be kept.
func (t *Tutor) Open(lesson plan.Plan, step string, kept *Kept) (Kept, error) {
	if _, ok := lesson.Step(step); !ok {
		return Kept{}, fmt.Errorf("open step %q: the lesson has no such step", step)
	}
	compiled, problems := check.Compile(plan.Name, lesson)
	if len(problems) > 0 {
		return Kept{}, fmt.Errorf("open step %q: %w", step, problems)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	opened := &under{id: step, began: time.Now()}
	t.given = nil
	if kept != nil {
		opened.began = kept.Began
		opened.checks = compiled.Resume(step, kept.Kept)
		for _, one := range kept.Commands {
			t.given = append(t.given, check.Command{Line: one.Line, Status: one.Status, Time: one.Time})
		}
	} else {
		if err := t.observe(); err != nil {
			return Kept{}, err
		}
		t.observer.Begin(opened.began)
		opened.checks = compiled.Begin(step, opened.began)
	}
	t.lesson, t.step = compiled, opened
	return t.kept(), nil
}

// Close ends the step: no look tells anything until another is opened.
func (t *Tutor) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lesson, t.step, t.given = nil, nil, nil
}

// Ran notes a command that was given and has ended now.
func (t *Tutor) Ran(line string, status int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(line) > maxLine {
		line = line[:maxLine]
	}
	t.given = append(t.given, check.Command{Line: line, Status: status, Time: time.Now()})
	if over := len(t.given) - maxCommands; over > 0 {
		t.given = append([]check.Command(nil), t.given[over:]...)
	}
}

// Look looks at the cluster. It returns a *Told, or nil when there is nothing new.
func (t *Tutor) Look() (any, error) {
	told, err := t.look()
	if told == nil || err != nil {
		return nil, err
	}
	return told, nil
}

// observe makes the observer, once. The caller has the lock.
func (t *Tutor) observe() error {
	if t.observer != nil {
		return nil
	}
	observer, err := observe.New(t.running, func() []check.Command { return t.given })
	t.observer = observer
	return err
}

func (t *Tutor) look() (*Told, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.step == nil {
		return nil, nil
	}
	if err := t.observe(); err != nil {
		return nil, err
	}
	told := &Told{Step: t.step.id}
	if t.step.checks != nil {
		report, err := t.step.checks.Look(t.observer)
		if err != nil {
			return nil, fmt.Errorf("look at step %q: %w", t.step.id, err)
		}
		told.Report = report
	} else {
		told.Checks = []check.Finding{}
	}
	if told.Passed && t.step.answers == nil {
		answers, err := t.measure()
		if err != nil {
			return nil, err
		}
		t.step.answers = answers
	}
	told.Answers, told.Kept = t.step.answers, t.kept()
	encoded, err := json.Marshal(told)
	if err != nil {
		return nil, fmt.Errorf("look at step %q: %w", t.step.id, err)
	}
	if bytes.Equal(encoded, t.step.told) {
		return nil, nil
	}
	t.step.told = encoded
	return told, nil
}

// measure asks the cluster the questions of the step that is passed.
func (t *Tutor) measure() (map[string][]string, error) {
	answers := map[string][]string{}
	var problems []error
	for _, question := range t.lesson.Questions(t.step.id) {
		answer, err := t.lesson.Measure(t.step.id, question.ID, t.step.began, t.observer)
		switch {
		case err != nil:
			problems = append(problems, err)
		case answer != nil && question.Accepts(answer):
			answers[question.ID] = answer
		}
	}
	return answers, errors.Join(problems...)
}

func (t *Tutor) kept() Kept {
	kept := Kept{Kept: check.Kept{Began: t.step.began, Checks: []check.KeptCheck{}}}
	if t.step.checks != nil {
		kept.Kept = t.step.checks.Keep()
	}
	for _, one := range t.given {
		kept.Commands = append(kept.Commands, Command{Line: one.Line, Status: one.Status, Time: one.Time})
	}
	return kept
}
