package terminal

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"tabernetes/engine/userland/process"
)

func (d *docker) newID() string {
	var id [32]byte
	for n := range id {
		id[n] = byte(d.random.IntN(256))
	}
	return hex.EncodeToString(id[:])
}

func (d *docker) newName() string {
	adjectives := []string{"brave", "calm", "clever", "eager", "gentle", "happy", "kind", "lucid", "quiet", "witty"}
	people := []string{"babbage", "curie", "dijkstra", "hopper", "knuth", "lamport", "lovelace", "ritchie", "shannon", "turing"}
	for {
		name := adjectives[d.random.IntN(len(adjectives))] + "_" + people[d.random.IntN(len(people))]
		if !slices.ContainsFunc(d.containers, func(other *container) bool { return other.name == name }) {
			return name
		}
	}
}

func (d *docker) unknownFlag(i *process.Invocation, command, word string) int {
	if strings.HasPrefix(word, "--") {
		fmt.Fprintf(i.Stderr, "unknown flag: %s\n\nRun 'docker %s --help' for more information\n", word, command)
	} else {
		fmt.Fprintf(i.Stderr, "unknown shorthand flag: %s\n\nRun 'docker %s --help' for more information\n", describeFlag(word), command)
	}
	return 125
}

func (d *docker) arguments(i *process.Invocation, command, text string) int {
	fmt.Fprintf(i.Stderr, "docker: 'docker %s' %s\n\nUsage:  docker %s\n\nRun 'docker %s --help' for more information\n", command, text, command, command)
	return 1
}

// find finds a container by its name or the beginning of its ID; called with mu
// held.
func (d *docker) find(word string) *container {
	for _, one := range d.containers {
		if one.name == word || len(word) > 0 && strings.HasPrefix(one.id, word) {
			return one
		}
	}
	return nil
}
