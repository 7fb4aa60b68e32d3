package check

import (
	"fmt"

	"github.com/google/cel-go/cel"

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
	wrongWays []*program
	measures  []*program // nil for a question without
}

type compiledCheck struct {
	expect  *program
	during  *program // nil when the window is the step
	missing []*program
	values  []*program
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
			c.owner = fmt.Sprintf("check %q", check.ID)
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
			c.owner = fmt.Sprintf("wrong way %q", way.ID)
			made.wrongWays = append(made.wrongWays, c.boolean("when", way.Expect))
		}
		for _, question := range step.Questions {
			c.owner = fmt.Sprintf("question %q", question.ID)
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
	// owner is what has the expressions that are compiled now.
	owner string
}

func (c *compiler) boolean(name string, expression plan.Expression) *program {
	return c.compile(name, expression, cel.BoolType)
}

// compile returns nil for no expression, and for one with a problem.
func (c *compiler) compile(name string, expression plan.Expression, want *cel.Type) *program {
	if expression.IsZero() {
		return nil
	}
	tree, issues := c.environment.Compile(expression.Text)
	if issues.Err() != nil {
		// Others follow from the first more often than not.
		first := issues.Errors()[0]
		location := first.Location
		c.AddAt(expression.PlaceIn(location.Line(), location.Column()), "%s: %s", name, c.explain(expression, first))
		return nil
	}
	if want != nil && !tree.OutputType().IsExactType(want) && !tree.OutputType().IsExactType(cel.DynType) {
		c.AddAt(expression.At, "%s: want true or false, the expression gives %s", name, tree.OutputType())
		return nil
	}
	made, err := c.environment.Program(tree)
	if err != nil {
		c.AddAt(expression.At, "%s: %v", name, err)
		return nil
	}
	return &program{Program: made, file: c.File, name: c.owner + ": " + name, expression: expression, source: tree.NativeRep().SourceInfo()}
}
