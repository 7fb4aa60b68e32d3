/**
 * The random numbers that Go sees, from a seed: xoshiro128** (Blackman and Vigna,
 * prng.di.unimi.it), its state filled by splitmix32 steps over the seed. It is no
 * secret and guards nothing: there is no network, and the same seed must give the
 * same names and UIDs.
 */
export class SeededRandom {
  readonly #state = new Uint32Array(4);

  /**
   * `seed` is any number; its 53 bits of integer part and sign all count. A cluster
   * that goes on at a `revision` must not draw again what it drew at its start:
   * names and UIDs would come twice.
   */
  constructor(seed: number, revision = 0) {
    const words = new Uint32Array(new Float64Array([seed, revision]).buffer);
    let mixed = (words[0] ?? 0) ^ Math.imul(words[1] ?? 0, 0x9e3779b1);
    mixed ^= Math.imul(words[2] ?? 0, 0x85ebca6b) ^ Math.imul(words[3] ?? 0, 0xc2b2ae35);
    for (let index = 0; index < 4; index++) {
      mixed = (mixed + 0x9e3779b9) | 0;
      let word = mixed ^ (mixed >>> 16);
      word = Math.imul(word, 0x21f0aaad);
      word ^= word >>> 15;
      word = Math.imul(word, 0x735a2d97);
      this.#state[index] = word ^ (word >>> 15);
    }
  }

  /** The state, as an image stores it. */
  capture(): readonly number[] {
    return [...this.#state];
  }

  restore(state: readonly number[]): void {
    this.#state.set(state);
  }

  /** Fills the bytes, as crypto.getRandomValues does. */
  fill(bytes: Uint8Array): void {
    for (let offset = 0; offset < bytes.length; offset += 4) {
      const word = this.#next();
      const end = Math.min(4, bytes.length - offset);
      for (let index = 0; index < end; index++) {
        bytes[offset + index] = word >>> (8 * index);
      }
    }
  }

  #next(): number {
    const state = this.#state;
    let [s0, s1, s2, s3] = [state[0] ?? 0, state[1] ?? 0, state[2] ?? 0, state[3] ?? 0];
    const result = Math.imul(rotate(Math.imul(s1, 5), 7), 9) >>> 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = rotate(s3, 11);
    state.set([s0, s1, s2, s3]);
    return result;
  }
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
