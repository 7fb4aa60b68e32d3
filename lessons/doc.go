// Package lessons turns a lesson, a directory of Markdown and YAML, into HTML
// that the page shows beside the diagram.
//
// A lesson directory is named after the lesson and holds
//
//	lesson.en.md, lesson.zh.md  one text per language, with front matter
//	lesson.yaml                 the files and commands that all languages share
//	roll_update.yaml ...        the files that lesson.yaml names
//
// The text is CommonMark with tables. A fenced block becomes something that a
// learner can run with a click when its info string says so:
//
//	```sh {run=scale}                       the command "scale" of lesson.yaml
//	```yaml {file=roll_update.yaml apply}   the file, with an action to apply it
//	```yaml {file=roll_update.yaml}         the file, only to look at
//
// What a shell block does is written by the lesson's author as actions in
// lesson.yaml (see [Action]); nothing here interprets a command line. A yaml
// block with a file is left empty in the Markdown: the file is shown, so that
// text and file cannot differ.
//
// Every heading of level two starts a step and carries an id that is the same
// in all languages: "## Apply the manifest {#apply}".
//
// Lesson text is not trusted: raw HTML, images and links with any scheme other
// than http, https and mailto are left out of the output, and the output has
// no attribute that carries code or style. Everything left out, and every
// mistake of an author, is reported as a [Problem] with its file and line.
//
// The package is called by the lessons command, which writes the fragments
// into the built site. It knows nothing of the cluster, of the page or of
// Kubernetes types.
package lessons
