package lint

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"tabernetes/lessons"
	"tabernetes/lessons/plan"
	"tabernetes/lessons/reading"
	"tabernetes/lessons/scripts"
	"tabernetes/lessons/workbook"
)

// leastWrongWays is how many mistakes a lesson knows at least.
const leastWrongWays = 2

// linter looks at one lesson.
type linter struct {
	content  fs.FS
	lesson   workbook.Workbook
	problems reading.Problems
}

// Lesson returns every problem of one of the lessons in content, in the order of
// files and lines.
func Lesson(content fs.FS, id string) reading.Problems {
	lesson, problems := workbook.Open(content, id)
	l := &linter{content: content, lesson: lesson, problems: problems}
	l.checkCompleteness()
	l.checkPrerequisites()
	l.checkFiles()
	l.checkManifests()
	for _, document := range lesson.Documents {
		text, err := fs.ReadFile(content, l.textFile(document.Language))
		if err != nil {
			continue // reported as the lesson was read
		}
		l.checkLinks(document.Language, text)
	}
	l.checkOutputs()
	l.checkCommands()
	l.checkNames()
	l.checkTranslations()
	slices.SortStableFunc(l.problems, func(a, b reading.Problem) int {
		return strings.Compare(fmt.Sprintf("%s:%06d:%06d", a.File, a.Line, a.Column), fmt.Sprintf("%s:%06d:%06d", b.File, b.Line, b.Column))
	})
	return slices.Compact(l.problems)
}

func (l *linter) textFile(language string) string {
	return path.Join(l.lesson.ID, "lesson."+language+".md")
}

func (l *linter) planFile() string { return path.Join(l.lesson.ID, plan.Name) }

func (l *linter) add(file string, line int, format string, arguments ...any) {
	l.problems = append(l.problems, reading.Problem{File: file, Line: line, Message: fmt.Sprintf(format, arguments...)})
}

// checkCompleteness wants what every lesson has.
func (l *linter) checkCompleteness() {
	var checks, ways, questions int
	for _, step := range l.lesson.Steps {
		checks += len(step.Checks)
		ways += len(step.WrongWays)
		questions += len(step.Questions)
	}
	for _, part := range []struct {
		what       string
		got, least int
	}{
		{"check", checks, 1},
		{"wrong way", ways, leastWrongWays},
		{"question to predict", questions, 1},
	} {
		if part.got < part.least {
			l.add(l.planFile(), 0, "%d of kind %q, want at least %d", part.got, part.what, part.least)
		}
	}
}

func (l *linter) checkPrerequisites() {
	for _, id := range l.lesson.Prerequisites {
		if _, err := fs.Stat(l.content, path.Join(id, plan.Name)); err != nil || id == l.lesson.ID {
			l.add(l.planFile(), l.lineOf(l.planFile(), id), "prerequisites: %q is none of the other lessons", id)
		}
	}
}

// lineOf is the first line of a file with a text in it, 0 when there is none.
func (l *linter) lineOf(file, text string) int {
	content, err := fs.ReadFile(l.content, file)
	if err != nil {
		return 0
	}
	at := bytes.Index(content, []byte(text))
	return reading.LineAt(content, at)
}

// checkFiles finds files that belong to nothing.
func (l *linter) checkFiles() {
	known := []string{plan.Name, scripts.SolutionFile}
	for _, document := range l.lesson.Documents {
		known = append(known, "lesson."+document.Language+".md", sumsName(document.Language))
	}
	for _, file := range append(slices.Clone(l.lesson.Files), l.lesson.Start.Manifests...) {
		known = append(known, file.Name)
	}
	for id := range l.lesson.Scripts.Wrong {
		known = append(known, path.Join(scripts.WrongDirectory, id+".sh"))
	}
	err := fs.WalkDir(l.content, l.lesson.ID, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if !slices.Contains(known, strings.TrimPrefix(name, l.lesson.ID+"/")) {
			l.add(name, 0, "nothing uses this file: name it in files or manifests of %s, or remove it", plan.Name)
		}
		return nil
	})
	if err != nil {
		l.add(l.lesson.ID, 0, "%v", err)
	}
}

// checkManifests wants YAML in what is named as such.
func (l *linter) checkManifests() {
	for _, file := range append(slices.Clone(l.lesson.Files), l.lesson.Start.Manifests...) {
		if ending := path.Ext(file.Name); ending != ".yaml" && ending != ".yml" {
			continue
		}
		decoder := yaml.NewDecoder(bytes.NewReader(file.Data))
		for {
			var document yaml.Node
			err := decoder.Decode(&document)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				l.add(path.Join(l.lesson.ID, file.Name), lineIn(err), "%v", err)
				break
			}
		}
	}
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

func lineIn(err error) int {
	line := 0
	if match := yamlLine.FindStringSubmatch(err.Error()); match != nil {
		_, _ = fmt.Sscan(match[1], &line)
	}
	return line
}

var (
	link          = regexp.MustCompile(`\]\((https?://[^)\s]+)`)
	kubernetes    = "kubernetes.io"
	pageOfDocs    = regexp.MustCompile(`^/(zh-cn/)?docs/([a-z0-9-]+/)+$`)
	fileOfCommand = regexp.MustCompile(`(?:-f|--filename|--patch-file|--from-file)[= ]([A-Za-z0-9_.-]+\.(?:ya?ml|json))`)
)

// checkLinks wants links into the documentation to be addresses that it has.
func (l *linter) checkLinks(language string, text []byte) {
	for _, match := range link.FindAllSubmatchIndex(text, -1) {
		address := string(text[match[2]:match[3]])
		target, err := url.Parse(address)
		if err != nil || target.Host != kubernetes {
			continue
		}
		if target.Scheme != "https" || !pageOfDocs.MatchString(target.Path) {
			l.add(l.textFile(language), reading.LineAt(text, match[2]),
				"link %q: want a page of the documentation such as https://kubernetes.io/docs/concepts/workloads/pods/", address)
		}
	}
}

// checkOutputs wants commands before each example of an output, and one example for
// each.
func (l *linter) checkOutputs() {
	for _, document := range l.lesson.Documents {
		for _, step := range document.Steps {
			seen := map[int]bool{}
			for _, block := range document.Blocks {
				if block.BlockKind != lessons.OutputBlock || block.Step != step.ID {
					continue
				}
				_, ok := step.CommandsBefore(block)
				switch {
				case !ok:
					l.add(l.textFile(document.Language), block.Line, "an output is what the commands before it print: want a block ```sh {run} before it")
				case seen[block.After]:
					l.add(l.textFile(document.Language), block.Line, "the commands before this output have one already")
				}
				seen[block.After] = true
			}
		}
	}
}

// checkCommands finds files in commands that a learner does not have.
func (l *linter) checkCommands() {
	check := func(file string, line int, typed string) {
		for _, match := range fileOfCommand.FindAllStringSubmatch(typed, -1) {
			_, has := l.lesson.File(match[1])
			isMade := strings.Contains(typed, "> "+match[1]) || strings.Contains(typed, ">"+match[1])
			if !has && !isMade {
				l.add(file, line, "the command names file %q, which is not in files of %s", match[1], plan.Name)
			}
		}
	}
	for _, document := range l.lesson.Documents {
		for _, step := range document.Steps {
			for _, name := range step.Runnables {
				if typed, ok := strings.CutPrefix(name, "run: "); ok {
					file := l.textFile(document.Language)
					check(file, l.lineOf(file, typed), typed)
				}
			}
		}
	}
	all := []scripts.Script{}
	if l.lesson.Scripts.Solution != nil {
		all = append(all, *l.lesson.Scripts.Solution)
	}
	for _, script := range l.lesson.Scripts.Wrong {
		all = append(all, script)
	}
	for _, script := range all {
		for _, part := range script.Parts {
			for _, block := range part.Blocks {
				check(script.File, l.lineOf(script.File, block), block)
			}
		}
	}
}

// demanded matches the names that an expression demands: of objects, and images.
var demanded = []*regexp.Regexp{
	regexp.MustCompile(`\b(?:get|exists)\(\s*['"][^'"]+['"]\s*,\s*['"]([^'"]+)['"]`),
	regexp.MustCompile(`\b(?:podsOf|replicaSetsOf|rolledOut|timeline|traffic)\(\s*['"]([^'"]+)['"]`),
	regexp.MustCompile(`==\s*['"]([^'"]+[/:][^'"]+)['"]`),
}

// checkNames contrasts what the checks demand with what a learner is told: a name
// that stands nowhere in the text up to the step, in its files or in the start
// cannot be guessed.
func (l *linter) checkNames() {
	for _, document := range l.lesson.Documents {
		text, err := fs.ReadFile(l.content, l.textFile(document.Language))
		if err != nil {
			continue
		}
		for _, step := range l.lesson.Steps {
			told := l.toldUntil(document, step.ID, string(text))
			for _, check := range step.Checks {
				for _, name := range namesIn(check.Expect.Text) {
					if !strings.Contains(told, name) {
						l.problems = append(l.problems, reading.Problem{
							File: l.planFile(), Line: check.At.Line, Column: check.At.Column,
							Message: fmt.Sprintf("check %q demands %q, which %s never names up to step %q", check.ID, name, path.Base(l.textFile(document.Language)), step.ID),
						})
					}
				}
			}
		}
	}
}

// toldUntil is the text up to the end of a step, and the files.
func (l *linter) toldUntil(document lessons.Document, step, text string) string {
	lines := strings.SplitAfter(text, "\n")
	end := len(lines)
	for i, one := range document.Steps {
		if one.ID == step && i+1 < len(document.Steps) {
			end = min(end, max(document.Steps[i+1].Line-1, 0))
		}
	}
	told := strings.Join(lines[:end], "")
	for _, file := range l.lesson.Files {
		told += string(file.Data)
	}
	return told
}

func namesIn(expression string) []string {
	var names []string
	for _, pattern := range demanded {
		for _, match := range pattern.FindAllStringSubmatch(expression, -1) {
			names = append(names, match[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
