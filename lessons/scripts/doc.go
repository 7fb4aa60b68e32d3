// Package scripts reads the scripts of a lesson: what a learner types to pass each step,
// and the wrong ways. Package play types them natively, the page shows the solution.
//
// It is called by workbook and by the lessons command. It knows neither the plan nor a
// cluster.
package scripts
