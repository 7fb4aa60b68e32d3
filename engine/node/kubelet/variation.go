package kubelet

import (
	"bytes"
	"encoding/hex"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
)

// variation is where what differs from one pod to the next comes from: delays
// and IDs. Every pod has one of its own, made from the seed and the pod's UID,
// so that what happens to a pod does not depend on which pods came before it.
type variation struct {
	random  *rand.Rand
	instant bool
}

func newVariation(seed uint64, of string, instant bool) variation {
	return variation{random: rand.New(rand.NewPCG(seed, hashOf(of))), instant: instant}
}

// between is a time in [shortest, longest), or none on an instant node.
func (v variation) between(shortest, longest time.Duration) time.Duration {
	if v.instant || longest <= shortest {
		return 0
	}
	return shortest + time.Duration(v.random.Int64N(int64(longest-shortest)))
}

// jitter stretches a delay by up to factor of itself, as upstream's wait.Jitter
// does.
func (v variation) jitter(delay time.Duration, factor float64) time.Duration {
	return delay + time.Duration(v.random.Float64()*factor*float64(delay))
}

// bytes are random bytes.
func (v variation) bytes(count int) []byte {
	bytes := make([]byte, count)
	for i := range bytes {
		bytes[i] = byte(v.random.Uint32())
	}
	return bytes
}

// uuid is a random UUID (version 4).
func (v variation) uuid() string {
	made, err := uuid.NewRandomFromReader(bytes.NewReader(v.bytes(16)))
	if err != nil {
		return uuid.Nil.String()
	}
	return made.String()
}

// hashOf makes a seed of a text.
func hashOf(text string) uint64 {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(text))
	return hash.Sum64()
}

// id is a container or sandbox ID of the length that containerd's have.
func (v variation) id() string {
	var bytes [32]byte
	for i := 0; i < len(bytes); i += 8 {
		value := v.random.Uint64()
		for j := range 8 {
			bytes[i+j] = byte(value >> (8 * j))
		}
	}
	return hex.EncodeToString(bytes[:])
}
