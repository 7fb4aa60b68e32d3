package play

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"tabernetes/engine/cluster"
	"tabernetes/engine/cluster/virtual"
	"tabernetes/lessons"
	"tabernetes/lessons/check"
	"tabernetes/lessons/observe"
	"tabernetes/lessons/plan"
	"tabernetes/lessons/reading"
	"tabernetes/lessons/scripts"
	"tabernetes/lessons/start"
	"tabernetes/lessons/workbook"
)

// Bounds of a play, in cluster time.
const (
	// lookInterval is the time from one look to the next.
	lookInterval = time.Second
	// idleFor is how long nobody does anything in the play of the start.
	idleFor = 2 * time.Minute
	// lostFor is how long one waits at the end of a wrong way.
	lostFor = 2 * time.Minute
)

// Seed is that of a lesson that gives none.
const Seed = 1

// Lesson is one that can be played.
type Lesson workbook.Workbook

// Open reads a lesson, see workbook.Open.
func Open(content fs.FS, id, variant string) (Lesson, reading.Problems) {
	book, problems := workbook.Open(content, id, variant)
	return Lesson(book), problems
}

// Result is what a play has come to.
type Result struct {
	// Passed are the steps that were passed, in order.
	Passed []string
	// Answers are those that the cluster gave to questions, "step/question: answer".
	Answers []string
	// Hints are the wrong ways that were told, in the order of their ids.
	Hints []string
	// Told are the sentences that a learner has read, in each language.
	Told map[string][]string
	// Took is the cluster time from the end of the start.
	Took time.Duration
}

// session is one play under way.
type session struct {
	lesson   Lesson
	keyboard *keyboard
	observer *observe.Observer
	result   *Result
	// measures says that the cluster's answers, and what commands print, have to be
	// those of the texts.
	measures bool
	// printed is what each block of commands has printed in this step.
	printed    map[string]string
	mismatches reading.Problems
}

// Solution plays the solution of each step. The error says which step was passed
// before its commands or was not passed after them, which command failed, which
// question has another answer than the texts have, and which example of an output is
// not what its commands print.
func Solution(ctx context.Context, lesson Lesson) (Result, error) {
	if lesson.Scripts.Solution == nil {
		return Result{}, fmt.Errorf("%s: there is none", path.Join(lesson.ID, scripts.SolutionFile))
	}
	return lesson.play(ctx, func(ctx context.Context, s *session) error {
		s.measures = true
		if err := s.solve(ctx, ""); err != nil || len(s.mismatches) == 0 {
			return err
		}
		return s.mismatches
	})
}

// Start plays nothing. The error says that a step was passed nevertheless.
func Start(ctx context.Context, lesson Lesson) (Result, error) {
	return lesson.play(ctx, func(ctx context.Context, s *session) error {
		for _, step := range lesson.Steps {
			begun := lesson.Checks.Begin(step.ID, time.Now())
			if begun == nil {
				continue
			}
			report, err := s.watch(ctx, step, begun, idleFor)
			if err == nil && report.Passed {
				err = lesson.problem(passedAt(step), "step %q is passed by %s: %s", step.ID, lesson.startWords(), s.sentences(step, report, s.language()))
			}
			return err
		}
		return nil
	})
}

// Wrong plays a wrong way: the solutions of the steps before its own, then what
// goes wrong. The error says that the step was passed, or that the hint was not
// told.
func Wrong(ctx context.Context, lesson Lesson, id string) (Result, error) {
	script, ok := lesson.Scripts.Wrong[id]
	if !ok || len(script.Parts) != 1 {
		return Result{}, fmt.Errorf("%s: there is none", path.Join(lesson.ID, scripts.WrongDirectory, id+".sh"))
	}
	part := script.Parts[0]
	step, ok := lesson.Step(part.Step)
	if !ok {
		return Result{}, script.Problem(part, "step %q is not in %s", part.Step, plan.Name)
	}
	return lesson.play(ctx, func(ctx context.Context, s *session) error {
		if err := s.solve(ctx, part.Step); err != nil {
			return err
		}
		begun := lesson.Checks.Begin(step.ID, time.Now())
		if begun == nil {
			return fmt.Errorf("step %q demands nothing", step.ID)
		}
		if _, err := s.look(step, begun); err != nil {
			return err
		}
		for _, block := range part.Blocks {
			// A command may fail: that is a wrong way, too.
			s.keyboard.run(ctx, block)
			if _, err := s.watch(ctx, step, begun, typingTakes); err != nil {
				return err
			}
		}
		report, err := s.watch(ctx, step, begun, lostFor)
		switch {
		case err != nil:
			return err
		case report.Passed:
			return script.Problem(part, "step %q is passed by the wrong way %q: %s", step.ID, id, s.sentences(step, report, s.language()))
		case !slices.Contains(s.result.Hints, id):
			return lesson.problem(wayOf(step, id), "the hint of wrong way %q is never told; told are %q", id, s.result.Hints)
		}
		return nil
	})
}

// Other plays other commands in place of a step's solution, and all other steps by
// theirs. The error says that the step was not passed. Answers to questions may
// differ from those of the texts.
func Other(ctx context.Context, lesson Lesson, other scripts.Script) (Result, error) {
	changed := *lesson.Scripts.Solution
	changed.Parts = slices.Clone(changed.Parts)
	for i, part := range changed.Parts {
		if replaced, ok := other.Part(part.Step); ok {
			changed.Parts[i] = replaced
		}
	}
	lesson.Scripts.Solution = &changed
	return lesson.play(ctx, func(ctx context.Context, s *session) error { return s.solve(ctx, "") })
}

// play makes the cluster of the start and a terminal, and hands them on.
func (l Lesson) play(ctx context.Context, do func(context.Context, *session) error) (Result, error) {
	result := Result{Told: map[string][]string{}}
	options, err := l.options()
	if err != nil {
		return result, err
	}
	err = virtual.Run(ctx, options, l.Start.Time, func(ctx context.Context, running *cluster.Cluster) error {
		if err := start.Begin(ctx, running, l.Start); err != nil {
			return fmt.Errorf("start of %s: %w", l.ID, err)
		}
		keyboard, end, err := sit(running, l.Files)
		if err != nil {
			return err
		}
		observer, err := observe.New(running, func() []check.Command { return keyboard.given })
		if err != nil {
			return errors.Join(err, end())
		}
		s := &session{lesson: l, keyboard: keyboard, observer: observer, result: &result}
		began := time.Now()
		err = do(ctx, s)
		result.Took = time.Since(began)
		slices.Sort(result.Hints)
		return errors.Join(err, end())
	})
	return result, err
}

func (l Lesson) options() (cluster.Options, error) {
	nodes, err := start.Nodes(l.Start.Nodes)
	options := cluster.Options{Nodes: nodes, Seed: l.Start.Seed}
	if options.Seed == 0 {
		options.Seed = Seed
	}
	return options, err
}

// solve plays the solution of all steps, or of those before one, in the order of the
// texts, which have steps that are only read.
func (s *session) solve(ctx context.Context, before string) error {
	script := *s.lesson.Scripts.Solution
	for _, heading := range s.lesson.Documents[0].Steps {
		s.printed = map[string]string{}
		if step, ok := s.lesson.Step(heading.ID); ok {
			if step.ID == before {
				return nil
			}
			if err := s.solveStep(ctx, step, script); err != nil {
				return err
			}
		}
		if s.measures {
			s.compareOutputs(ctx, heading)
		}
	}
	return nil
}

func (s *session) solveStep(ctx context.Context, step plan.Step, script scripts.Script) error {
	began := time.Now()
	s.observer.Begin(began)
	begun := s.lesson.Checks.Begin(step.ID, began)
	if begun != nil {
		report, err := s.look(step, begun)
		if err != nil {
			return err
		}
		if report.Passed {
			return s.lesson.problem(step.At, "step %q is passed before anything of its solution: %s", step.ID, s.sentences(step, report, s.language()))
		}
	}
	part, _ := script.Part(step.ID)
	for i, block := range part.Blocks {
		status, printed := s.keyboard.run(ctx, block)
		s.printed[strings.TrimSpace(block)] = printed
		if status != 0 {
			return script.BlockProblem(part, i, "step %q: exit status %d of\n%s\n%s", step.ID, status, block, strings.TrimSpace(printed))
		}
		if begun == nil {
			continue
		}
		if _, err := s.watch(ctx, step, begun, typingTakes); err != nil {
			return err
		}
	}
	if begun != nil {
		report, err := s.watch(ctx, step, begun, step.Limit)
		if err != nil {
			return err
		}
		if !report.Passed {
			return s.lesson.problem(step.At, "step %q is not passed by its solution within %s: %s", step.ID, step.Limit,
				strings.Join(append([]string{s.sentences(step, report, s.language())}, s.warnings()...), "\n"))
		}
		s.result.Passed = append(s.result.Passed, step.ID)
	}
	return s.measure(step, began)
}

// measure asks the cluster the questions of a step.
func (s *session) measure(step plan.Step, began time.Time) error {
	for _, question := range step.Questions {
		got, err := s.lesson.Checks.Measure(step.ID, question.ID, began, s.observer)
		switch {
		case err != nil:
			return err
		case got == nil:
			continue
		case !question.Accepts(got):
			return s.lesson.problem(question.At, "question %q: the cluster's answer %q is none that could be given", question.ID, got)
		case s.measures && !slices.Equal(got, question.Answer):
			return s.lesson.problem(question.AnswerAt, "question %q: the cluster's answer is %q, that of the texts %q", question.ID, got, question.Answer)
		}
		s.result.Answers = append(s.result.Answers, fmt.Sprintf("%s/%s: %s", step.ID, question.ID, strings.Join(got, ", ")))
	}
	return nil
}

// watch looks again and again, until the step is passed or some time is over.
func (s *session) watch(ctx context.Context, step plan.Step, begun *check.Step, during time.Duration) (check.Report, error) {
	end := time.Now().Add(during)
	for {
		report, err := s.look(step, begun)
		if err != nil || report.Passed || !time.Now().Before(end) {
			return report, err
		}
		if ctx.Err() != nil {
			return report, ctx.Err()
		}
		time.Sleep(min(lookInterval, time.Until(end)))
	}
}

// look looks once, and reads what is told in each language.
func (s *session) look(step plan.Step, begun *check.Step) (check.Report, error) {
	report, err := begun.Look(s.observer)
	if err != nil {
		return report, err
	}
	for _, document := range s.lesson.Documents {
		told := s.sentences(step, report, document.Language)
		if seen := s.result.Told[document.Language]; len(seen) == 0 || seen[len(seen)-1] != told {
			s.result.Told[document.Language] = append(seen, told)
		}
	}
	for _, way := range report.WrongWays {
		if !slices.Contains(s.result.Hints, way) {
			s.result.Hints = append(s.result.Hints, way)
		}
	}
	return report, nil
}

// sentences is what a reader of a language reads of a report.
func (s *session) sentences(step plan.Step, report check.Report, language string) string {
	var sentences []string
	for _, document := range s.lesson.Documents {
		if document.Language != language {
			continue
		}
		for _, told := range report.Checks {
			block, _ := document.Block(lessons.CheckBlock, step.ID, told.ID)
			sentence, _ := block.Sentence(told.Sentence)
			sentences = append(sentences, lessons.Fill(sentence.Text, told.Values))
		}
	}
	return strings.Join(sentences, " | ")
}
