package tutor

import (
	"context"
	"encoding/json"
	"fmt"

	"tabernetes/lessons/plan"
	"tabernetes/lessons/start"
)

// command is a LessonCommand of the page; see web/src/protocol/lesson.ts.
type command struct {
	Kind string `json:"kind"`
	// Of "begin" and "send".
	Start plan.Start `json:"start"`
	// Of "begin": the texts of the start's manifests by their names.
	Manifests map[string]string `json:"manifests"`
	// Of "open". Kept is absent for a step that begins.
	Plan plan.Plan `json:"plan"`
	Step string    `json:"step"`
	Kept *Kept     `json:"kept"`
	// Of "ran".
	Line   string `json:"line"`
	Status int    `json:"status"`
	// Of "read".
	Lesson string            `json:"lesson"`
	Files  map[string]string `json:"files"`
	Seed   uint64            `json:"seed"`
}

// Do carries out a LessonCommand, in JSON, and returns its answer.
func (t *Tutor) Do(ctx context.Context, encoded []byte) (any, error) {
	var wanted command
	if err := json.Unmarshal(encoded, &wanted); err != nil {
		return nil, fmt.Errorf("read a command for the lesson: %w", err)
	}
	switch wanted.Kind {
	case "begin":
		for i, manifest := range wanted.Start.Manifests {
			wanted.Start.Manifests[i].Data = []byte(wanted.Manifests[manifest.Name])
		}
		return nil, t.Begin(ctx, wanted.Start)
	case "send":
		return nil, start.Send(t.running, wanted.Start.Traffic)
	case "open":
		return t.Open(wanted.Plan, wanted.Step, wanted.Kept)
	case "close":
		t.Close()
		return nil, nil
	case "ran":
		t.Ran(wanted.Line, wanted.Status)
		return nil, nil
	case "read":
		return Read(wanted.Lesson, wanted.Files, wanted.Seed), nil
	}
	return nil, fmt.Errorf("a command for the lesson of an unknown kind, %q", wanted.Kind)
}
