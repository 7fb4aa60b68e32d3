// Package tutor teaches one lesson in a cluster: it makes what the lesson begins with,
// begins a step and goes on with one after a reload, notes the commands that a learner
// gives, and says at each look what the step's checks and questions have come to. It
// reads lessons from outside of the site, too, with their problems.
//
// It is called by wasm/bridge, which hands it the page's LessonCommand
// (web/src/protocol/lesson.ts) and sends what a look has told. When to look is the
// caller's: nothing here waits but Begin, and nothing runs by itself. It knows neither
// the page nor JavaScript.
package tutor
