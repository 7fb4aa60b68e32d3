package lint

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"tabernetes/engine/node/image"
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
	images   *image.Catalogue
}

// Lesson returns every problem of one of the lessons in content, in the order of
// files and lines; those of all its variants.
func Lesson(content fs.FS, id string) reading.Problems {
	if !reading.Identifier.MatchString(id) {
		return reading.Problems{{File: id, Message: lessons.WantedName}}
	}
	images, err := image.BuiltIn()
	if err != nil {
		return reading.Problems{{File: id, Message: err.Error()}}
	}
	var problems reading.Problems
	var used []string
	isWhole := true
	for _, variant := range plan.Variants(content, id) {
		lesson, found := workbook.Open(content, id, variant)
		l := &linter{content: content, lesson: lesson, problems: found, images: images}
		l.check()
		problems = append(problems, l.problems...)
		used = append(used, l.files()...)
		isWhole = isWhole && !lesson.Partial
	}
	problems = append(problems, missingTexts(content, id)...)
	if isWhole {
		problems = append(problems, unused(content, id, used)...)
	}
	slices.SortStableFunc(problems, func(a, b reading.Problem) int {
		return strings.Compare(fmt.Sprintf("%s:%06d:%06d", a.File, a.Line, a.Column), fmt.Sprintf("%s:%06d:%06d", b.File, b.Line, b.Column))
	})
	return problems.Once()
}

func (l *linter) check() {
	l.checkManifests()
	for _, document := range l.lesson.Documents {
		l.checkLinks(document)
	}
	l.checkOutputs()
	if !l.lesson.Partial {
		// What follows needs all that lesson.yaml says.
		l.checkCompleteness()
		l.checkPrerequisites()
		l.checkCommands()
		l.checkTraffic()
		l.checkNames()
		l.checkPromises()
		l.checkSpans()
	}
	l.checkLeftInSource()
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
		if step.Partial {
			return
		}
		checks += len(step.Checks)
		ways += len(step.WrongWays)
		questions += len(step.Questions)
	}
	for _, part := range []struct {
		what       string
		got, least int
	}{
		{"checks", checks, 1},
		{"wrong ways", ways, leastWrongWays},
		{"questions to predict", questions, 1},
	} {
		if part.got < part.least {
			l.add(l.planFile(), 0, "too few %s: %d, want at least %d", part.what, part.got, part.least)
		}
	}
}

// checkPrerequisites wants other lessons, none of which comes after this one.
func (l *linter) checkPrerequisites() {
	for _, id := range l.lesson.Prerequisites {
		at := l.placeIn(l.planFile(), id, 0)
		if _, err := fs.Stat(l.content, path.Join(id, plan.Name)); err != nil || id == l.lesson.ID {
			l.addAt(l.planFile(), at, "prerequisites: %q is none of the other lessons", id)
			continue
		}
		if way := l.wayBack([]string{l.lesson.ID, id}); way != nil {
			l.addAt(l.planFile(), at, "prerequisites: %q comes after this lesson: %s", id, strings.Join(way, " needs "))
		}
	}
}

// wayBack are the lessons from the first of some that need each other to itself, by way of
// the last; nil when the last does not need it.
func (l *linter) wayBack(way []string) []string {
	last, _ := plan.Load(l.content, way[len(way)-1], "")
	for _, id := range last.Prerequisites {
		if id == way[0] {
			return append(slices.Clone(way), id)
		}
		if slices.Contains(way, id) {
			continue
		}
		if found := l.wayBack(append(slices.Clone(way), id)); found != nil {
			return found
		}
	}
	return nil
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

// unused finds files that belong to nothing. Of a text of which nothing could be read, and
// of one that is missing, something else is reported.
func unused(content fs.FS, id string, used []string) reading.Problems {
	var problems reading.Problems
	err := fs.WalkDir(content, id, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		_, isText := lessons.LanguageOf(entry.Name())
		_, isSums := translationOf(entry.Name())
		if !slices.Contains(used, name) && !isText && !isSums {
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

var (
	link          = regexp.MustCompile(`\]\((https?://[^)\s]+)`)
	kubernetes    = "kubernetes.io"
	pageOfDocs    = regexp.MustCompile(`^/(zh-cn/)?docs/([a-z0-9-]+/)+$`)
	fileOfCommand = regexp.MustCompile(`(?:-f|--filename|--patch-file|--from-file)[= ]([A-Za-z0-9_.-]+\.(?:ya?ml|json))`)
)

// checkLinks wants links into the documentation to be addresses that it has.
func (l *linter) checkLinks(document lessons.Document) {
	language, text := document.Language, document.Text
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

func (l *linter) fileNames() []string {
	var names []string
	for _, file := range l.lesson.Files {
		names = append(names, file.Name)
	}
	return names
}

// checkCommands finds files in commands that a learner does not have.
func (l *linter) checkCommands() {
	check := func(file, typed string) {
		for _, match := range fileOfCommand.FindAllStringSubmatchIndex(typed, -1) {
			name := typed[match[2]:match[3]]
			_, has := l.lesson.File(name)
			isMade := strings.Contains(typed, "> "+name) || strings.Contains(typed, ">"+name)
			if !has && !isMade {
				l.addAt(file, l.placeIn(file, typed, match[2]), "the command names file %q, which is not in files of %s%s", name, plan.Name,
					reading.DidYouMean(name, l.fileNames()))
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
