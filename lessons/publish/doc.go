// Package publish makes of lessons the files that a page loads. Below the directory of
// the lessons these are
//
//	index.json                  the list of lessons, see [Entry]
//	<id>/lesson.<language>.html one fragment per language
//	<id>/lesson.<language>.json what is told of its plan: sentences of checks and questions, hints of wrong ways
//	<id>/lesson.json            the plan that all languages share
//	<id>/solution.json          what passes each step: blocks by the ids of the steps
//	<id>/<file>                 the files that a learner applies
//
// Of a lesson with variants these stand in a directory <id>/<variant> for each, and
// <id>/lesson.json is that of the first, from which a page learns which there are.
//
// It is called by the lessons command, which writes them into the built site, and by
// preview, which serves them. It knows neither a site nor a cluster.
package publish
