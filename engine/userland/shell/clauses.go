package shell

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mvdan.cc/sh/v3/syntax"
)

func (in *interpreter) binary(ctx context.Context, c *syntax.BinaryCmd) {
	switch c.Op {
	case syntax.AndStmt, syntax.OrStmt:
		in.conditions++
		in.statement(ctx, c.X)
		in.conditions--
		if !in.stopped(ctx) && (in.status == 0) == (c.Op == syntax.AndStmt) {
			in.statement(ctx, c.Y)
		}
	default:
		in.pipeline(ctx, c)
	}
}

func (in *interpreter) ifClause(ctx context.Context, c *syntax.IfClause) {
	for clause := c; clause != nil; clause = clause.Else {
		if len(clause.Cond) == 0 { // else
			in.statements(ctx, clause.Then)
			return
		}
		holds := in.condition(ctx, clause.Cond)
		if in.stopped(ctx) {
			return
		}
		in.status = 0
		if holds {
			in.statements(ctx, clause.Then)
			return
		}
	}
}

// turn runs the body of a loop once and says whether the loop goes on.
func (in *interpreter) turn(ctx context.Context, body []*syntax.Stmt) bool {
	in.loops++
	in.statements(ctx, body)
	in.loops--
	if in.continuing > 0 {
		in.continuing--
		return in.continuing == 0
	}
	if in.breaking > 0 {
		in.breaking--
		return false
	}
	return !in.exiting && !in.returning && in.task.Spend(ctx, 1) == nil
}

func (in *interpreter) whileClause(ctx context.Context, c *syntax.WhileClause) {
	status := 0
	for {
		in.loops++
		holds := in.condition(ctx, c.Cond)
		in.loops--
		if in.breaking > 0 {
			in.breaking--
			break
		}
		if in.continuing > 0 {
			in.continuing--
			if in.continuing > 0 {
				return
			}
			continue
		}
		if in.exiting || in.returning || ctx.Err() != nil {
			return
		}
		if holds == c.Until {
			break
		}
		goesOn := in.turn(ctx, c.Do)
		status = in.status
		if !goesOn {
			break
		}
	}
	if !in.exiting && !in.returning {
		in.status = status
	}
}

func (in *interpreter) forClause(ctx context.Context, c *syntax.ForClause) {
	if c.Select {
		in.fatal(ctx, 2, "syntax error: select is not supported")
		return
	}
	switch loop := c.Loop.(type) {
	case *syntax.WordIter:
		items := slices.Clone(in.params)
		if loop.InPos.IsValid() {
			var ok bool
			if items, ok = in.fields(ctx, loop.Items); !ok {
				return
			}
		}
		in.status = 0
		for _, item := range items {
			if !in.assignString(ctx, loop.Name.Value, item) || !in.turn(ctx, c.Do) {
				return
			}
		}
	case *syntax.CStyleLoop:
		in.status = 0
		if loop.Init != nil && !in.evaluate(ctx, loop.Init) {
			return
		}
		for {
			if loop.Cond != nil {
				value, err := in.arithm(ctx, loop.Cond)
				if err != nil {
					in.expansionError(ctx, err)
					return
				}
				if value == 0 {
					return
				}
			}
			if !in.turn(ctx, c.Do) || loop.Post != nil && !in.evaluate(ctx, loop.Post) {
				return
			}
		}
	}
}

// evaluate computes an expression for its effect.
func (in *interpreter) evaluate(ctx context.Context, expression syntax.ArithmExpr) bool {
	if _, err := in.arithm(ctx, expression); err != nil {
		in.expansionError(ctx, err)
		return false
	}
	return true
}

func (in *interpreter) caseClause(ctx context.Context, c *syntax.CaseClause) {
	word, ok := in.literal(ctx, c.Word)
	if !ok {
		return
	}
	in.status = 0
	through := false
	for _, item := range c.Items {
		matches := through
		for _, pattern := range item.Patterns {
			matches = matches || in.matches(ctx, pattern, word)
		}
		if !matches || in.stopped(ctx) {
			continue
		}
		in.statements(ctx, item.Stmts)
		switch item.Op {
		case syntax.Fallthrough:
			through = true
		case syntax.Resume, syntax.ResumeKorn:
			through = false
		default:
			return
		}
	}
}

func (in *interpreter) timeClause(ctx context.Context, c *syntax.TimeClause) {
	began := time.Now()
	if c.Stmt != nil {
		in.statement(ctx, c.Stmt)
	}
	taken := time.Since(began)
	for _, row := range []struct {
		name string
		time time.Duration
	}{{"real", taken}, {"user", 0}, {"sys", 0}} {
		fmt.Fprintf(in.errors(ctx), "%s\t%dm %.2fs\n", row.name, int(row.time.Minutes()), row.time.Seconds()-60*float64(int(row.time.Minutes())))
	}
}
