// Package parking stops a worker's program at a point of its start, so that its
// memory can be captured there and another worker can go on with a copy of it
// (web/src/worker/image.ts). The modules' main packages call it; it knows nothing of
// what the programs do.
package parking
