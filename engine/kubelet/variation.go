package kubelet

import (
	"encoding/hex"
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// variation is where what differs from one pod to the next comes from: delays
// and IDs. Every pod has one of its own, made from the seed and the pod's UID,
// so that what happens to a pod does not depend on which pods came before it.
type variation struct {
	random  *rand.Rand
	instant bool
}

func newVariation(seed uint64, of string, instant bool) variation {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(of))
	return variation{random: rand.New(rand.NewPCG(seed, hash.Sum64())), instant: instant}
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
