package plan

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"tabernetes/lessons/reading"
)

// Step is what one step demands, asks and helps with.
type Step struct {
	// ID is that of the step's heading.
	ID string `json:"id"`
	// Limit is how much cluster time its solution may take.
	Limit  time.Duration `json:"-"`
	Checks []Check       `json:"checks,omitempty"`
	// Hints are the ids of hints, from a nudge to all but the answer.
	Hints     []string   `json:"hints,omitempty"`
	WrongWays []WrongWay `json:"wrong,omitempty"`
	Questions []Question `json:"questions,omitempty"`
	// Debrief says that the texts explain afterwards what happened.
	Debrief bool          `json:"debrief,omitempty"`
	At      reading.Place `json:"-"`
	// Partial says that a part of it could not be read, as in Plan.
	Partial bool `json:"-"`
}

// When says at which times the expression of a check is to hold.
type When string

// The kinds of checks. All are counted in cluster time.
const (
	// Eventually: once is enough.
	Eventually When = "eventually"
	// Always: whenever one looks, until the rest of the step is met.
	Always When = "always"
	// Never: not once, until the rest of the step is met.
	Never When = "never"
)

// Check is one thing that a step demands.
type Check struct {
	ID     string     `json:"id"`
	When   When       `json:"when"`
	Expect Expression `json:"expect"`
	// Within bounds an Eventually, from the begin of its window; 0 is no bound.
	Within time.Duration `json:"within,omitempty"`
	// During is the window: the check counts from the moment at which this holds,
	// and Always and Never are met when it holds no more. A new window forgets what
	// was in the one before. Without it the window is the step.
	During Expression `json:"during,omitzero"`
	// Missing are sentences for what is wrong now; the first that applies is told.
	Missing []Case `json:"missing"`
	// Values are what the sentences of the texts can name.
	Values []Value       `json:"values,omitempty"`
	At     reading.Place `json:"-"`
}

// CanBreak reports whether the check can be missed for good, or until its window
// begins anew.
func (c Check) CanBreak() bool { return c.When != Eventually || c.Within > 0 }

// Case is one way of not being met.
type Case struct {
	ID string `json:"id"`
	// Expect is when it applies; none means always.
	Expect Expression    `json:"when,omitzero"`
	At     reading.Place `json:"-"`
}

// DefaultCase is the only case of a check that names none.
const DefaultCase = "missing"

// Value is a name for what an expression gives.
type Value struct {
	Name   string     `json:"name"`
	Expect Expression `json:"expression"`
}

// WrongWay is a mistake that many make, and that has a hint of its own.
type WrongWay struct {
	ID     string        `json:"id"`
	Expect Expression    `json:"when"`
	At     reading.Place `json:"-"`
}

// Question is one to answer before one looks. It never blocks.
type Question struct {
	ID string `json:"id"`
	// Kind is Choice, Number or Order.
	Kind QuestionKind `json:"kind"`
	// Options are the ids of what can be chosen or put in order.
	Options []string `json:"options,omitempty"`
	// Answer is what the texts explain: the id of an option, a number, or all
	// options in order.
	Answer []string `json:"answer"`
	// Measure is the answer by what the controllers did, once the step is passed.
	// None when it cannot be had from the cluster.
	Measure Expression    `json:"measure,omitzero"`
	At      reading.Place `json:"-"`
	// AnswerAt is where the answer stands.
	AnswerAt reading.Place `json:"-"`
}

// QuestionKind is how a question is answered.
type QuestionKind string

// The kinds of questions.
const (
	Choice QuestionKind = "choice"
	Number QuestionKind = "number"
	Order  QuestionKind = "order"
)

func (r *reader) steps(node *yaml.Node) []Step {
	var steps []Step
	var seen []string
	reading.ReadList(node, "steps", "steps", r.Report, func(item *yaml.Node) {
		step := Step{Limit: DefaultStepLimit, At: reading.At(item)}
		lost := r.Lost
		reading.ReadMapping(item, "step", r.Report,
			reading.Field{Name: "id", Required: true, Read: func(value *yaml.Node) { step.ID = r.id(value, "id", &seen) }},
			reading.Field{Name: "limit", Read: func(value *yaml.Node) {
				step.Limit = reading.ReadDuration(value, "limit", maxStepLimit, r.Report)
			}},
			reading.Field{Name: "checks", Read: func(value *yaml.Node) { step.Checks = r.checks(value) }},
			reading.Field{Name: "hints", Read: func(value *yaml.Node) { step.Hints = r.ids(value, "hints", "ids of hints") }},
			reading.Field{Name: "wrong", Read: func(value *yaml.Node) { step.WrongWays = r.wrongWays(value) }},
			reading.Field{Name: "questions", Read: func(value *yaml.Node) { step.Questions = r.questions(value) }},
			reading.Field{Name: "debrief", Read: func(value *yaml.Node) { step.Debrief = r.truth(value, "debrief") }},
		)
		onlyBounds := len(step.Checks) > 0 && !slices.ContainsFunc(step.Checks, func(c Check) bool {
			return c.When == Eventually || !c.During.IsZero()
		})
		if onlyBounds {
			r.AddAt(step.At, "step %q: passes at once: want a check with eventually, or with during", step.ID)
		}
		if step.Partial = r.Lost > lost; step.Partial && step.ID != "" {
			r.Lost = lost // the step is there, and says so itself
		}
		steps = append(steps, step)
	})
	return steps
}

func (r *reader) checks(node *yaml.Node) []Check {
	var checks []Check
	var seen []string
	reading.ReadList(node, "checks", "checks", r.Report, func(item *yaml.Node) {
		check := Check{At: reading.At(item)}
		expect := func(when When) reading.Field {
			return reading.Field{Name: string(when), Read: func(value *yaml.Node) {
				if check.When != "" {
					r.AddAt(reading.At(value), "check: has %s and %s: want one of them", check.When, when)
				}
				check.When, check.Expect = when, r.expression(value, string(when))
			}}
		}
		reading.ReadMapping(item, "check", r.Report,
			reading.Field{Name: "id", Required: true, Read: func(value *yaml.Node) { check.ID = r.id(value, "id", &seen) }},
			expect(Eventually), expect(Always), expect(Never),
			reading.Field{Name: "within", Read: func(value *yaml.Node) {
				check.Within = reading.ReadDuration(value, "within", maxStepLimit, r.Report)
			}},
			reading.Field{Name: "during", Read: func(value *yaml.Node) { check.During = r.expression(value, "during") }},
			reading.Field{Name: "missing", Read: func(value *yaml.Node) { check.Missing = r.cases(value) }},
			reading.Field{Name: "values", Read: func(value *yaml.Node) { check.Values = r.values(value) }},
		)
		switch {
		case check.When == "":
			r.AddAt(check.At, "check: want eventually, always or never with an expression")
		case check.Within > 0 && check.When != Eventually:
			r.AddAt(check.At, "check: within belongs to eventually, not to %s", check.When)
		}
		if len(check.Missing) == 0 {
			check.Missing = []Case{{ID: DefaultCase, At: check.At}}
		}
		checks = append(checks, check)
	})
	return checks
}

func (r *reader) cases(node *yaml.Node) []Case {
	var cases []Case
	var names []string
	seen := []string{"met", "broken"}
	reading.ReadList(node, "missing", "cases", r.Report, func(item *yaml.Node) {
		made := Case{At: reading.At(item)}
		name := ""
		reading.ReadMapping(item, "case", r.Report,
			reading.Field{Name: "id", Required: true, Read: func(value *yaml.Node) { name, made.ID = value.Value, r.id(value, "id", &seen) }},
			reading.Field{Name: "when", Read: func(value *yaml.Node) { made.Expect = r.expression(value, "when") }},
		)
		cases, names = append(cases, made), append(names, name)
	})
	for i, made := range cases {
		switch isLast := i == len(cases)-1; {
		case isLast && !made.Expect.IsZero():
			r.AddAt(made.At, "missing: the last case has no when: it is told when no other applies")
		case !isLast && made.Expect.IsZero():
			r.AddAt(made.At, "missing: case %q has no when, so none behind it is ever told", names[i])
		}
	}
	return cases
}

func (r *reader) values(node *yaml.Node) []Value {
	if node.Kind != yaml.MappingNode {
		r.AddAt(reading.At(node), "values: want a mapping of names to expressions")
		return nil
	}
	var values []Value
	var seen []string
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := r.id(node.Content[i], "values", &seen)
		values = append(values, Value{Name: name, Expect: r.expression(node.Content[i+1], name)})
	}
	return values
}

func (r *reader) wrongWays(node *yaml.Node) []WrongWay {
	var ways []WrongWay
	var seen []string
	reading.ReadList(node, "wrong", "wrong ways", r.Report, func(item *yaml.Node) {
		made := WrongWay{At: reading.At(item)}
		reading.ReadMapping(item, "wrong way", r.Report,
			reading.Field{Name: "id", Required: true, Read: func(value *yaml.Node) { made.ID = r.id(value, "id", &seen) }},
			reading.Field{Name: "when", Required: true, Read: func(value *yaml.Node) { made.Expect = r.expression(value, "when") }},
		)
		ways = append(ways, made)
	})
	return ways
}

func (r *reader) questions(node *yaml.Node) []Question {
	var questions []Question
	var seen []string
	reading.ReadList(node, "questions", "questions", r.Report, func(item *yaml.Node) {
		made := Question{At: reading.At(item)}
		answer := &yaml.Node{}
		reading.ReadMapping(item, "question", r.Report,
			reading.Field{Name: "id", Required: true, Read: func(value *yaml.Node) { made.ID = r.id(value, "id", &seen) }},
			reading.Field{Name: "kind", Required: true, Read: func(value *yaml.Node) { made.Kind = r.kind(value) }},
			reading.Field{Name: "options", Read: func(value *yaml.Node) { made.Options = r.ids(value, "options", "ids of options") }},
			reading.Field{Name: "answer", Required: true, Read: func(value *yaml.Node) { answer = value }},
			reading.Field{Name: "measure", Read: func(value *yaml.Node) { made.Measure = r.expression(value, "measure") }},
		)
		needs := made.Kind == Choice || made.Kind == Order
		switch {
		case needs != (len(made.Options) >= 2):
			r.AddAt(made.At, "question: choice and order want two options or more, number has none")
		case answer.Kind != 0:
			made.Answer, made.AnswerAt = r.answer(answer, made), reading.At(answer)
		}
		questions = append(questions, made)
	})
	return questions
}

func (r *reader) kind(node *yaml.Node) QuestionKind {
	kind := QuestionKind(node.Value)
	if !slices.Contains([]QuestionKind{Choice, Number, Order}, kind) {
		r.AddAt(reading.At(node), "kind: want choice, number or order, got %q", node.Value)
	}
	return kind
}

func (r *reader) answer(node *yaml.Node, question Question) []string {
	var answer []string
	if node.Kind == yaml.SequenceNode {
		for _, item := range node.Content {
			answer = append(answer, item.Value)
		}
	} else {
		answer = []string{node.Value}
	}
	if want := question.expected(answer); want != "" {
		r.AddAt(reading.At(node), "answer: want %s, got %q", want, strings.Join(answer, ", "))
	}
	return answer
}

// Accepts reports whether an answer is one that could be given.
func (q Question) Accepts(answer []string) bool { return q.expected(answer) == "" }

// expected says what an answer should be, "" when it is.
func (q Question) expected(answer []string) string {
	switch q.Kind {
	case Choice:
		if len(answer) != 1 || !slices.Contains(q.Options, answer[0]) {
			return "one of the options"
		}
	case Order:
		if !slices.Equal(slices.Sorted(slices.Values(answer)), slices.Sorted(slices.Values(q.Options))) {
			return "each option once, in order"
		}
	case Number:
		if len(answer) != 1 {
			return "a whole number"
		}
		if _, err := strconv.Atoi(answer[0]); err != nil {
			return "a whole number"
		}
	}
	return ""
}

func (r *reader) truth(node *yaml.Node, name string) bool {
	if node.Kind != yaml.ScalarNode || node.Tag != "!!bool" {
		r.AddAt(reading.At(node), "%s: want true or false, got %q", name, node.Value)
	}
	return node.Value == "true"
}
