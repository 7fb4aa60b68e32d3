package play

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"
	"time"

	"tabernetes/lessons/reading"
)

// Plays says how many plays a lesson had.
type Plays struct {
	Lesson                             string
	Steps, Questions, Wrong, Languages int
	// Count is how many plays there were, each in a cluster of its own.
	Count int
	// Cluster is the cluster time of the first solution, Host what all plays took.
	Cluster, Host time.Duration
}

func (p Plays) String() string {
	return fmt.Sprintf("%-20s %2d steps, %d questions, %d wrong ways, %d languages: %2d plays, solution in %s, played in %.1f s",
		p.Lesson, p.Steps, p.Questions, p.Wrong, p.Languages, p.Count, p.Cluster.Round(time.Second), p.Host.Seconds())
}

// All plays the start, the solution and each wrong way of a lesson, twice. The
// error has everything that is wrong, and where two plays of one script differ.
// What is read is put together in every language at each look.
func All(ctx context.Context, lesson Lesson) (Plays, error) {
	began := time.Now()
	plays := Plays{Lesson: path.Join(lesson.ID, lesson.Variant), Wrong: len(lesson.Scripts.Wrong), Languages: len(lesson.Documents)}
	for _, step := range lesson.Steps {
		plays.Steps++
		plays.Questions += len(step.Questions)
	}
	var problems []error
	twice := func(name string, play func() (Result, error)) Result {
		var results [2]Result
		for i := range results {
			result, err := play()
			plays.Count++
			if err != nil {
				problems = append(problems, played(plays.Lesson, name, err))
				return result
			}
			results[i] = result
		}
		if first, second := results[0].outcome(), results[1].outcome(); !reflect.DeepEqual(first, second) {
			problems = append(problems, fmt.Errorf("%s: %s: two plays differ: %q and %q", plays.Lesson, name, first, second))
		}
		return results[0]
	}
	twice("start", func() (Result, error) { return Start(ctx, lesson) })
	plays.Cluster = twice("solution", func() (Result, error) { return Solution(ctx, lesson) }).Took
	for _, id := range slices.Sorted(maps.Keys(lesson.Scripts.Wrong)) {
		twice("wrong way "+id, func() (Result, error) { return Wrong(ctx, lesson, id) })
	}
	plays.Host = time.Since(began)
	return plays, errors.Join(problems...)
}

// played is an error of a play with the name of that. Problems keep their places in front.
func played(lesson, name string, err error) error {
	var one reading.Problem
	var several reading.Problems
	switch {
	case errors.As(err, &one):
		several = reading.Problems{one}
	case !errors.As(err, &several):
		return fmt.Errorf("%s: %s: %w", lesson, name, err)
	}
	several = slices.Clone(several)
	for i := range several {
		several[i].Message = name + ": " + several[i].Message
	}
	return several
}

// outcome is what two plays of one script have in common.
func (r Result) outcome() map[string][]string {
	return map[string][]string{"passed": r.Passed, "answers": r.Answers}
}
