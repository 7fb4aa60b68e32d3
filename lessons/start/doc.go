// Package start makes the cluster that a lesson begins with: its machines, as options of
// a new cluster, then what runs on them and the requests that are sent to it.
//
// It is called by play natively and by tutor in the page, so that a lesson begins alike
// in both. It knows neither texts nor checks.
package start
