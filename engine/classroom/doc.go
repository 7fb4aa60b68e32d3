// Package classroom serves the built site to a class: the site itself, what learners
// who agree to it report of their progress, and a page on which the teacher sees that
// and finds the address of the class.
//
// It is called by the classroom command. Nothing that learners report is written to a
// disk, and nothing in this package knows of Kubernetes.
package classroom
