package variation

import (
	"bytes"
	"encoding/hex"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
)

// Source is where what differs from one pod to the next comes from: delays
// and IDs. Every pod has one of its own, made from the seed and the pod's UID,
// so that what happens to a pod does not depend on which pods came before it.
type Source struct {
	// Random is for what the methods do not offer.
	Random  *rand.Rand
	instant bool
}

// New makes the source of something from the seed of all and its name. An instant
// one gives no delays.
func New(seed uint64, of string, instant bool) Source {
	return Source{Random: rand.New(rand.NewPCG(seed, Hash(of))), instant: instant}
}

// Between is a time in [shortest, longest), or none on an instant node.
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

// Bytes are random bytes.
func (s Source) Bytes(count int) []byte {
	bytes := make([]byte, count)
	for i := range bytes {
		bytes[i] = byte(s.Random.Uint32())
	}
	return bytes
}

// UUID is a random UUID (version 4).
func (s Source) UUID() string {
	made, err := uuid.NewRandomFromReader(bytes.NewReader(s.Bytes(16)))
	if err != nil {
		return uuid.Nil.String()
	}
	return made.String()
}

// Hash makes a seed of a text.
func Hash(text string) uint64 {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(text))
	return hash.Sum64()
}

// ID is a container or sandbox ID of the length that containerd's have.
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
