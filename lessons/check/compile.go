package check

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/traits"

	"tabernetes/lessons/plan"
	"tabernetes/lessons/reading"
)

// Compiled is a plan whose expressions can be evaluated.
type Compiled struct {
	steps []compiledStep
}

type compiledStep struct {
	plan      plan.Step
	checks    []compiledCheck
	wrongWays []cel.Program
	measures  []cel.Program // nil for a question without
}

type compiledCheck struct {
	expect  cel.Program
	during  cel.Program // nil when the window is the step
	missing []cel.Program
	values  []cel.Program
}

// Compile compiles all expressions of a plan, which stands in file. It returns
// every problem, with its place in the file.
func Compile(file string, lesson plan.Plan) (*Compiled, reading.Problems) {
	c := &compiler{Report: reading.Report{File: file}}
	environment, err := newEnvironment()
	if err != nil {
		c.Add(0, "%v", err)
		return nil, c.Problems
	}
	c.environment = environment
	compiled := &Compiled{}
	for _, step := range lesson.Steps {
		made := compiledStep{plan: step}
		for _, check := range step.Checks {
			one := compiledCheck{expect: c.boolean(string(check.When), check.Expect), during: c.boolean("during", check.During)}
			for _, missing := range check.Missing {
				one.missing = append(one.missing, c.boolean("when", missing.Expect))
			}
			for _, value := range check.Values {
				one.values = append(one.values, c.compile(value.Name, value.Expect, nil))
			}
			made.checks = append(made.checks, one)
		}
		for _, way := range step.WrongWays {
			made.wrongWays = append(made.wrongWays, c.boolean("when", way.Expect))
		}
		for _, question := range step.Questions {
			made.measures = append(made.measures, c.compile("measure", question.Measure, nil))
		}
		compiled.steps = append(compiled.steps, made)
	}
	if len(c.Problems) > 0 {
		return nil, c.Sorted()
	}
	return compiled, nil
}

// compiler compiles the expressions of one file.
type compiler struct {
	reading.Report
	environment *cel.Env
}

func (c *compiler) boolean(name string, expression plan.Expression) cel.Program {
	return c.compile(name, expression, cel.BoolType)
}

// compile returns nil for no expression, and for one with a problem.
func (c *compiler) compile(name string, expression plan.Expression, want *cel.Type) cel.Program {
	if expression.IsZero() {
		return nil
	}
	tree, issues := c.environment.Compile(expression.Text)
	if issues.Err() != nil {
		for _, problem := range issues.Errors() {
			c.AddAt(placeIn(expression, problem.Location.Line(), problem.Location.Column()), "%s: %s", name, problem.Message)
		}
		return nil
	}
	if want != nil && !tree.OutputType().IsExactType(want) && !tree.OutputType().IsExactType(cel.DynType) {
		c.AddAt(expression.At, "%s: want true or false, the expression gives %s", name, tree.OutputType())
		return nil
	}
	program, err := c.environment.Program(tree)
	if err != nil {
		c.AddAt(expression.At, "%s: %v", name, err)
		return nil
	}
	return program
}

// placeIn is the place in the file of one in an expression, whose line begins at 1
// and whose column at 0.
func placeIn(expression plan.Expression, line, column int) reading.Place {
	at := expression.At
	switch {
	case line <= 0 || at.Line == 0:
		return at
	case line == 1 && at.Column > 0:
		return reading.Place{Line: at.Line, Column: at.Column + column}
	}
	// Of an expression in lines below its key, how far it is indented is not known.
	return reading.Place{Line: at.Line + line - 1}
}

// moment is what expressions are evaluated over.
type moment struct {
	view *view
	// began is when the window began.
	began time.Time
}

func (m moment) variables() map[string]any {
	return map[string]any{clusterVariable: m.view, nowVariable: m.view.Time(), beganVariable: m.began}
}

// holds evaluates a condition; nil always holds.
func (m moment) holds(program cel.Program) (bool, error) {
	if program == nil {
		return true, nil
	}
	result, _, err := program.Eval(m.variables())
	switch {
	case err != nil && isAbsent(err):
		return false, nil
	case err != nil:
		return false, err
	}
	truth, ok := result.Value().(bool)
	if !ok {
		return false, fmt.Errorf("want true or false, got %v", result.Value())
	}
	return truth, nil
}

// absent stands for a value that is not there.
const absent = "–"

// texts evaluates a value as a learner reads it: one text, or those of a list.
func (m moment) texts(program cel.Program) ([]string, error) {
	result, _, err := program.Eval(m.variables())
	switch {
	case err != nil && isAbsent(err):
		return []string{absent}, nil
	case err != nil:
		return nil, err
	}
	list, ok := result.(traits.Lister)
	if !ok {
		return []string{show(result.Value())}, nil
	}
	texts := []string{}
	for items := list.Iterator(); items.HasNext() == types.True; {
		texts = append(texts, show(items.Next().Value()))
	}
	return texts, nil
}

func show(value any) string {
	switch value := value.(type) {
	case nil:
		return absent
	case float64:
		return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", value), "0"), ".")
	case time.Duration:
		return value.String()
	}
	return fmt.Sprint(value)
}
