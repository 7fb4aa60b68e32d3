// Package check says which of a lesson's demands are met. [Compile] makes
// programs of the CEL expressions of a plan; [Compiled.Begin] begins a step, and
// [Step.Look] evaluates it over a [Snapshot] of the cluster, again and again, each
// time with the sentence that a learner should read now.
//
// Time is that of the snapshots. What is met once stays met (it is latched), so a
// learner can go on without keeping what a step asked for.
//
// Expressions have Kubernetes' own CEL libraries and cost limit (package
// k8s.io/apiserver/pkg/cel/environment, which admission policies use), and the
// functions in functions.go. An expression that reads a field or an item that is not
// there is false: an object that has not been made yet is the usual case.
//
// It is called by package play natively; a page's worker can call it with
// snapshots of its own. It starts nothing, asks nothing and knows no texts.
package check
