package variation

import (
	"bytes"
	"encoding/hex"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
)

// Source is the source of what differs from pod to pod: delays and IDs. Every pod
// has its own, made from the seed and the pod's UID, so that what happens to a pod
// does not depend on which pods came before it.
type Source struct {
	// Random is for values that the methods do not offer.
	Random  *rand.Rand
	instant bool
}

// New makes the source of a pod or machine from the seed of the simulation and its
// name. An instant source has no delays.
func New(seed uint64, of string, instant bool) Source {
	return Source{Random: rand.New(rand.NewPCG(seed, Hash(of))), instant: instant}
}

// Between returns a time in [shortest, longest), or zero on an instant node.
func (s Source) Between(shortest, longest time.Duration) time.Duration {
	if s.instant || longest <= shortest {
		return 0
	}
	return shortest + time.Duration(s.Random.Int64N(int64(longest-shortest)))
}

// Jitter stretches a delay by up to factor of itself, as upstream's wait.Jitter
// does.
func (s Source) Jitter(delay time.Duration, factor float64) time.Duration {
	return delay + time.Duration(s.Random.Float64()*factor*float64(delay))
}

// Bytes returns random bytes.
func (s Source) Bytes(count int) []byte {
	bytes := make([]byte, count)
	for i := range bytes {
		bytes[i] = byte(s.Random.Uint32())
	}
	return bytes
}

// UUID returns a random UUID (version 4).
func (s Source) UUID() string {
	made, err := uuid.NewRandomFromReader(bytes.NewReader(s.Bytes(16)))
	if err != nil {
		return uuid.Nil.String()
	}
	return made.String()
}

// Hash makes a seed from a text.
func Hash(text string) uint64 {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(text))
	return hash.Sum64()
}

// ID returns a container or sandbox ID of the length of containerd's.
func (s Source) ID() string {
	var bytes [32]byte
	for i := 0; i < len(bytes); i += 8 {
		value := s.Random.Uint64()
		for j := range 8 {
			bytes[i+j] = byte(value >> (8 * j))
		}
	}
	return hex.EncodeToString(bytes[:])
}
