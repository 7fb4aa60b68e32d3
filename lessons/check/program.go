package check

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	"tabernetes/lessons/plan"
	"tabernetes/lessons/reading"
)

// program is a compiled expression that knows where it stands.
type program struct {
	cel.Program
	// file and name are those of the field that has the expression, as in
	// `check "three": eventually`.
	file, name string
	expression plan.Expression
	source     *ast.SourceInfo
}

// eval evaluates it. The error is a [reading.Problem] at the part of the expression that
// could not be evaluated; what was not there is told as isAbsent finds it.
func (p *program) eval(m moment) (ref.Val, error) {
	result, _, err := p.Eval(m.variables())
	if err == nil || isAbsent(err) {
		return result, err
	}
	at := p.expression.At
	if failed := (*types.Err)(nil); errors.As(err, &failed) && p.source != nil {
		location := p.source.GetStartLocation(failed.NodeID())
		at = p.expression.PlaceIn(location.Line(), location.Column())
	}
	return nil, p.problem(at, err)
}

func (p *program) problem(at reading.Place, err error) reading.Problem {
	return reading.Problem{File: p.file, Line: at.Line, Column: at.Column, Message: fmt.Sprintf("%s: %v", p.name, err)}
}

// undeclared matches what CEL says of a name that it does not know.
var undeclared = regexp.MustCompile(`^undeclared reference to '([^']+)' \(in container ''\)$`)

// explain is what CEL says of a mistake: with the name that was meant in place of one that
// it does not know, and with what is wrong with a regular expression.
func (c *compiler) explain(expression plan.Expression, problem *common.Error) string {
	if match := undeclared.FindStringSubmatch(problem.Message); match != nil {
		return fmt.Sprintf("undeclared reference to '%s'%s", match[1], reading.DidYouMean(match[1], c.names()))
	}
	if problem.Message == "invalid matches argument" {
		lines := strings.Split(expression.Text, "\n")
		line := []rune(lines[min(max(problem.Location.Line(), 1), len(lines))-1])
		quoted := string(line[min(problem.Location.Column(), len(line)):])
		if match := quotedText.FindStringSubmatch(quoted); match != nil {
			if _, err := regexp.Compile(match[1] + match[2]); err != nil {
				return err.Error()
			}
		}
	}
	return problem.Message
}

// quotedText matches a text at the beginning of a part of an expression.
var quotedText = regexp.MustCompile(`^r?(?:'([^']*)'|"([^"]*)")`)

// names are all that an expression can name.
func (c *compiler) names() []string {
	var names []string
	for name := range c.environment.Functions() {
		names = append(names, name)
	}
	for _, macro := range c.environment.Macros() {
		names = append(names, macro.Function())
	}
	for _, f := range functions() {
		names = append(names, f.name)
	}
	return append(names, nowVariable, beganVariable)
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
func (m moment) holds(program *program) (bool, error) {
	if program == nil {
		return true, nil
	}
	result, err := program.eval(m)
	switch {
	case err != nil && isAbsent(err):
		return false, nil
	case err != nil:
		return false, err
	}
	truth, ok := result.Value().(bool)
	if !ok {
		return false, program.problem(program.expression.At, fmt.Errorf("want true or false, got %v", result.Value()))
	}
	return truth, nil
}

// absent stands for a value that is not there.
const absent = "–"

// texts evaluates a value as a learner reads it: one text, or those of a list.
func (m moment) texts(program *program) ([]string, error) {
	result, err := program.eval(m)
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
