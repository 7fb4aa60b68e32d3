// Package diagnose answers "why is it stuck?": for one object, the chain of
// causes from what a person sees to what has to change, each link with the
// condition, event or field that proves it and the kubectl command that shows
// the same in any cluster.
//
// engine/cluster makes one [Diagnoser] over its shared informers; wasm/bridge asks
// it for the page, lessons for their checks. It knows only the API's objects: not
// the store, not the components, and nothing that a person with kubectl could not
// find out. It has no sentences: a link has a [Reason] and parameters, and the
// page has the sentences in its languages.
//
// What counts as ready, available, complete or tolerated is decided by
// upstream's own functions.
package diagnose
