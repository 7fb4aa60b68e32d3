// Package lessons turns a lesson, a directory of Markdown and YAML, into HTML
// that the page shows beside the diagram.
//
// A lesson directory is named after the lesson and holds
//
//	lesson.en.md, lesson.zh.md  one text per language, with front matter
//	lesson.yaml                 all that the languages share (package plan)
//	roll_update.yaml ...        the files that lesson.yaml names
//	solution.sh, wrong/*.sh     what package play types
//
// README.md documents the format.
//
// The text is CommonMark with tables. A fenced block becomes something that a
// learner can run with a click when its info string says so:
//
//	```sh {run}                             the lines of the block, in the terminal's shell
//	```yaml {file=roll_update.yaml apply}   the file, with an action to apply it
//	```yaml {file=roll_update.yaml}         the file, only to look at
//
// The lines of a shell block are the same in all languages, and the files of
// the lesson are there when they run; nothing here interprets them. A yaml block
// with a file is left empty in the Markdown: the file is shown, so that
// text and file cannot differ.
//
// Every heading of level two starts a step and carries an id that is the same
// in all languages: "## Apply the manifest {#apply}".
//
// What belongs to the plan stands in fenced blocks as well, each under the id that
// the plan gives it: the sentences of checks and questions, hints, debriefs:
//
//	```check {id=available}
//	met: All three Pods are available.
//	missing: {available} of 3 Pods are available.
//	```
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
