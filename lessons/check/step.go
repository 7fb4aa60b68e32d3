package check

import (
	"slices"
	"strings"
	"time"

	"tabernetes/lessons/plan"
)

// State is how far a check is.
type State string

// The states of a check.
const (
	// Missing: not yet.
	Missing State = "missing"
	// Met stays so.
	Met State = "met"
	// Holding: an always or never that nothing has been against so far.
	Holding State = "holding"
	// Broken: it was always, never or within, and it was not so.
	Broken State = "broken"
)

// Finding is what a learner is told of a check.
type Finding struct {
	ID    string `json:"id"`
	State State  `json:"state"`
	// Sentence is the key of the sentence in the texts: "met", "broken" or that of
	// a case.
	Sentence string `json:"sentence"`
	// Values are what the sentence can name.
	Values map[string]string `json:"values,omitempty"`
}

// Report is what one look has found.
type Report struct {
	Checks []Finding `json:"checks"`
	// WrongWays are the ids of those that the learner is on. There are none once
	// the step is passed.
	WrongWays []string `json:"wrong,omitempty"`
	// Passed says that every check is met, and stays so.
	Passed bool `json:"passed"`
}

// Step is one step under way. It belongs to one goroutine.
type Step struct {
	compiled compiledStep
	began    time.Time
	checks   []progress
	passed   bool
}

// progress is what is kept of a check from one look to the next.
type progress struct {
	state State
	// open says that the window is, began when it began.
	open  bool
	began time.Time
	// broken is what was told when it broke.
	broken map[string]string
}

// Begin begins a step at a moment, or again. It returns nil for a step that
// demands nothing.
func (c *Compiled) Begin(id string, at time.Time) *Step {
	for _, step := range c.steps {
		if step.plan.ID == id && len(step.checks) > 0 {
			begun := &Step{compiled: step, began: at, checks: make([]progress, len(step.checks))}
			for i := range begun.checks {
				begun.checks[i] = progress{state: Missing, open: step.checks[i].during == nil, began: at}
			}
			return begun
		}
	}
	return nil
}

// Look evaluates the step's checks and wrong ways. The error is a [reading.Problem] of an
// expression that cannot be evaluated.
func (s *Step) Look(snapshot Snapshot) (Report, error) {
	on := newView(snapshot)
	for i := range s.checks {
		if err := s.advance(i, on); err != nil {
			return Report{}, err
		}
	}
	if !s.passed && !slices.ContainsFunc(s.checks, func(p progress) bool { return p.state != Met && p.state != Holding }) {
		s.passed = true
		for i := range s.checks {
			s.checks[i].state = Met
		}
	}
	report := Report{Passed: s.passed, Checks: []Finding{}}
	for i := range s.checks {
		told, err := s.tell(i, on)
		if err != nil {
			return Report{}, err
		}
		report.Checks = append(report.Checks, told)
	}
	if s.passed {
		return report, nil
	}
	for i, way := range s.compiled.plan.WrongWays {
		is, err := moment{on, s.began}.holds(s.compiled.wrongWays[i])
		if err != nil {
			return Report{}, err
		}
		if is {
			report.WrongWays = append(report.WrongWays, way.ID)
		}
	}
	return report, nil
}

// advance moves one check on. See plan.Check for what its fields mean.
func (s *Step) advance(i int, on *view) error {
	kept, want, programs := &s.checks[i], s.compiled.plan.Checks[i], s.compiled.checks[i]
	if kept.state == Met {
		return nil
	}
	closed := false
	if programs.during != nil {
		open, err := moment{on, kept.began}.holds(programs.during)
		if err != nil {
			return err
		}
		switch {
		case open && !kept.open:
			*kept = progress{state: Missing, open: true, began: on.Time()}
		case !open && kept.open:
			closed = true
		case !open:
			return nil
		}
		kept.open = open
	}
	holds, err := moment{on, kept.began}.holds(programs.expect)
	if err != nil {
		return err
	}
	breaks := false
	switch want.When {
	case plan.Eventually:
		late := want.Within > 0 && on.Time().Sub(kept.began) > want.Within
		switch {
		case kept.state == Broken:
		case holds && !late:
			kept.state = Met
		default:
			breaks = late
		}
	case plan.Always, plan.Never:
		breaks = kept.state != Broken && holds == (want.When == plan.Never)
		switch {
		case breaks || kept.state == Broken:
		case closed:
			kept.state = Met
		case programs.during == nil:
			kept.state = Holding
		}
	}
	if breaks {
		kept.state = Broken
		kept.broken, err = s.values(i, on)
	}
	return err
}

// tell chooses the sentence of a check.
func (s *Step) tell(i int, on *view) (Finding, error) {
	kept, want, programs := s.checks[i], s.compiled.plan.Checks[i], s.compiled.checks[i]
	told := Finding{ID: want.ID, State: kept.state}
	if kept.state == Broken {
		told.Sentence, told.Values = "broken", kept.broken
		return told, nil
	}
	var err error
	if told.Values, err = s.values(i, on); err != nil {
		return told, err
	}
	if kept.state == Met {
		told.Sentence = "met"
		return told, nil
	}
	for n, missing := range want.Missing {
		applies, err := moment{on, kept.began}.holds(programs.missing[n])
		if err != nil {
			return told, err
		}
		if applies {
			told.Sentence = missing.ID
			return told, nil
		}
	}
	return told, nil
}

func (s *Step) values(i int, on *view) (map[string]string, error) {
	want, programs := s.compiled.plan.Checks[i], s.compiled.checks[i]
	values := map[string]string{}
	for n, value := range want.Values {
		texts, err := moment{on, s.checks[i].began}.texts(programs.values[n])
		if err != nil {
			return nil, err
		}
		values[value.Name] = strings.Join(texts, ", ")
	}
	return values, nil
}

// Measure answers a question of a step by what the cluster shows, as an answer is
// written in a plan. It is asked when the step, which began at a moment, is passed.
// It returns nil when the question has no measure.
func (c *Compiled) Measure(step, question string, began time.Time, snapshot Snapshot) ([]string, error) {
	for _, one := range c.steps {
		for i, asked := range one.plan.Questions {
			if one.plan.ID != step || asked.ID != question || one.measures[i] == nil {
				continue
			}
			answer, err := moment{newView(snapshot), began}.texts(one.measures[i])
			if err != nil {
				return nil, err
			}
			return answer, nil
		}
	}
	return nil, nil
}
