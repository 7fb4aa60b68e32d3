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

// linter looks at one lesson, or at one of its variants.
type linter struct {
	content  fs.FS
	lesson   workbook.Workbook
	problems reading.Problems
}

// Lesson returns every problem of one of the lessons in content, in the order of
// files and lines; those of all its variants.
func Lesson(content fs.FS, id string) reading.Problems {
	problems := unreadable(content, id)
	if len(problems) > 0 {
		return problems
	}
	var used []string
	for _, variant := range plan.Variants(content, id) {
		lesson, found := workbook.Open(content, id, variant)
		l := &linter{content: content, lesson: lesson, problems: found}
		l.check()
		problems = append(problems, l.problems...)
		used = append(used, l.files()...)
	}
	problems = append(problems, unused(content, id, used)...)
	slices.SortStableFunc(problems, func(a, b reading.Problem) int {
		return strings.Compare(fmt.Sprintf("%s:%06d:%06d", a.File, a.Line, a.Column), fmt.Sprintf("%s:%06d:%06d", b.File, b.Line, b.Column))
	})
	return problems.Once()
}

// unreadable are the problems of a lesson of whose plan nothing can be read. All else would
// be said to be missing in it, which is not what its author has to repair.
func unreadable(content fs.FS, id string) reading.Problems {
	if !reading.Identifier.MatchString(id) {
		return reading.Problems{{File: id, Message: lessons.WantedName}}
	}
	file := path.Join(id, plan.Name)
	text, err := fs.ReadFile(content, file)
	if err != nil {
		return reading.Problems{{File: file, Message: err.Error()}}
	}
	r := &reading.Report{File: file}
	reading.ParseYAML(text, r)
	return r.Problems
}

func (l *linter) check() {
	l.checkCompleteness()
	l.checkPrerequisites()
	l.checkManifests()
	for _, document := range l.lesson.Documents {
		text, err := fs.ReadFile(l.content, l.textFile(document.Language))
		if err != nil {
			continue // reported as the lesson was read
		}
		l.checkLinks(document.Language, text)
	}
	l.checkOutputs()
	l.checkCommands()
	l.checkNames()
	l.checkPromises()
	l.checkSpans()
	l.checkTranslations()
}

func (l *linter) textFile(language string) string {
	return path.Join(l.lesson.ID, "lesson."+language+".md")
}

func (l *linter) planFile() string { return path.Join(l.lesson.ID, plan.Name) }

func (l *linter) add(file string, line int, format string, arguments ...any) {
	l.addAt(file, reading.Place{Line: line}, format, arguments...)
}

func (l *linter) addAt(file string, at reading.Place, format string, arguments ...any) {
	l.problems = append(l.problems, reading.Problem{
		File: file, Line: at.Line, Column: at.Column, Message: fmt.Sprintf(format, arguments...),
	})
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
			l.addAt(l.planFile(), l.placeIn(l.planFile(), id, 0), "prerequisites: %q is none of the other lessons", id)
		}
	}
}

// placeIn is a place inside of a text where that stands first in a file; unknown when it
// does not.
func (l *linter) placeIn(file, text string, offset int) reading.Place {
	content, err := fs.ReadFile(l.content, file)
	at := bytes.Index(content, []byte(text))
	if err != nil || at < 0 {
		return reading.Place{}
	}
	return reading.PlaceAt(content, at+offset)
}

// files are those that belong to the lesson, inside the lessons directory.
func (l *linter) files() []string {
	files := []string{l.planFile()}
	for _, document := range l.lesson.Documents {
		files = append(files, l.textFile(document.Language), path.Join(l.lesson.ID, sumsName(document.Language)))
	}
	for _, file := range l.lesson.AllFiles() {
		files = append(files, path.Join(l.lesson.ID, file.Name))
	}
	if l.lesson.Scripts.Solution != nil {
		files = append(files, l.lesson.Scripts.Solution.File)
	}
	for _, script := range l.lesson.Scripts.Wrong {
		files = append(files, script.File)
	}
	return files
}

// unused finds files that belong to nothing.
func unused(content fs.FS, id string, used []string) reading.Problems {
	var problems reading.Problems
	err := fs.WalkDir(content, id, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if !slices.Contains(used, name) {
			problems = append(problems, reading.Problem{
				File: name, Message: fmt.Sprintf("nothing uses this file: name it in files or manifests of %s, or remove it", plan.Name),
			})
		}
		return nil
	})
	if err != nil {
		problems = append(problems, reading.Problem{File: id, Message: err.Error()})
	}
	return problems
}

// checkManifests wants YAML in what is named as such.
func (l *linter) checkManifests() {
	for _, file := range l.lesson.AllFiles() {
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
		at := reading.PlaceAt(text, match[2])
		target, err := url.Parse(address)
		switch {
		case err != nil:
			l.addAt(l.textFile(language), at, "link %q: %v", address, err)
			continue
		case target.Host != kubernetes:
			continue
		}
		if target.Scheme != "https" || !pageOfDocs.MatchString(target.Path) {
			l.addAt(l.textFile(language), at,
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
	check := func(file, typed string) {
		for _, match := range fileOfCommand.FindAllStringSubmatchIndex(typed, -1) {
			name := typed[match[2]:match[3]]
			_, has := l.lesson.File(name)
			isMade := strings.Contains(typed, "> "+name) || strings.Contains(typed, ">"+name)
			if !has && !isMade {
				l.addAt(file, l.placeIn(file, typed, match[2]), "the command names file %q, which is not in files of %s", name, plan.Name)
			}
		}
	}
	for _, document := range l.lesson.Documents {
		for _, step := range document.Steps {
			for _, name := range step.Runnables {
				if typed, ok := strings.CutPrefix(name, "run: "); ok {
					check(l.textFile(document.Language), typed)
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
				check(script.File, block)
			}
		}
	}
}
