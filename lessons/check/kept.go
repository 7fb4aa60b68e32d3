package check

import (
	"time"

	"tabernetes/lessons/plan"
)

// Kept is a step under way, in a form that outlives the program: what has been met,
// what has broken, and which windows are open. It is written as JSON.
type Kept struct {
	Began  time.Time   `json:"began"`
	Passed bool        `json:"passed,omitempty"`
	Checks []KeptCheck `json:"checks"`
}

// KeptCheck is one check of a step under way.
type KeptCheck struct {
	ID    string `json:"id"`
	State State  `json:"state"`
	// Open says that the window is, Began when it began.
	Open   bool              `json:"open,omitempty"`
	Began  time.Time         `json:"began"`
	Broken map[string]string `json:"broken,omitempty"`
}

// Keep returns how far the step is.
func (s *Step) Keep() Kept {
	kept := Kept{Began: s.began, Passed: s.passed, Checks: make([]KeptCheck, len(s.checks))}
	for i, one := range s.checks {
		kept.Checks[i] = KeptCheck{
			ID: s.compiled.plan.Checks[i].ID, State: one.state, Open: one.open, Began: one.began, Broken: one.broken,
		}
	}
	return kept
}

// Resume goes on with a step where it was. A check that it has and that was not kept
// begins when the step did. It returns nil for a step that demands nothing.
func (c *Compiled) Resume(id string, kept Kept) *Step {
	step := c.Begin(id, kept.Began)
	if step == nil {
		return nil
	}
	step.passed = kept.Passed
	for i, check := range step.compiled.plan.Checks {
		for _, one := range kept.Checks {
			if one.ID == check.ID && isState(one.State) {
				step.checks[i] = progress{state: one.State, open: one.Open || check.During.IsZero(), began: one.Began, broken: one.Broken}
			}
		}
	}
	return step
}

func isState(state State) bool {
	return state == Missing || state == Met || state == Holding || state == Broken
}

// Questions are those of a step.
func (c *Compiled) Questions(step string) []plan.Question {
	for _, one := range c.steps {
		if one.plan.ID == step {
			return one.plan.Questions
		}
	}
	return nil
}
