/**
 * An image: the memory of a Go program that is paused at some point of its start,
 * and its state outside that memory. It is captured when the site is built
 * (capture/), and a worker that restores it can skip the start up to that point.
 *
 * The file; all numbers are 32-bit, little-endian:
 *
 *   "tbni"                  in the place of a name
 *   length of the header    in bytes, a multiple of 8
 *   number of runs
 *   checksum                of the bytes of all runs
 *   header                  JSON, padded with spaces
 *   runs                    address and length of each, multiples of 8, ascending
 *   bytes of the runs       one after the other
 *
 * All memory outside the runs is zero.
 */

/** An image's description of itself and of the program's state besides its memory. */
export interface ImageHeader<State> {
  /** The build of the module that it was captured from (part.ts); the image fits no other. */
  readonly build: string;
  /** Size of the memory, in WebAssembly's pages of 64 KiB. */
  readonly pages: number;
  readonly state: State;
}

const MAGIC = 0x696e6274;
const PREAMBLE = 16;
const WORD = 8;
export const PAGE_BYTES = 65_536;
/** A gap of so many zero words is cheaper to write out than to start another run. */
const GAP_WORDS = 8;

/** The file of an image. `memory` is written as it is; what the image need not contain must be zeroed before. */
export function encodeImage<State>(header: ImageHeader<State>, memory: ArrayBuffer): Uint8Array {
  const runs = runsOf(new BigUint64Array(memory));
  const bytes = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(bytes.length / WORD) * WORD;
  let size = PREAMBLE + headerLength + runs.length * 4;
  for (let run = 1; run < runs.length; run += 2) {
    size += runs[run] ?? 0;
  }
  const file = new Uint8Array(size);
  new Uint32Array(file.buffer, 0, 4).set([MAGIC, headerLength, runs.length / 2, checksumOf(memory, runs)]);
  file.fill(32, PREAMBLE, PREAMBLE + headerLength);
  file.set(bytes, PREAMBLE);
  new Uint32Array(file.buffer, PREAMBLE + headerLength, runs.length).set(runs);
  let at = PREAMBLE + headerLength + runs.length * 4;
  for (let run = 0; run < runs.length; run += 2) {
    const source = new Uint8Array(memory, runs[run], runs[run + 1]);
    file.set(source, at);
    at += source.length;
  }
  return file;
}

function checksumOf(memory: ArrayBufferLike, runs: Uint32Array): number {
  const checksum = new Checksum(memory, runs);
  checksum.add(runs.length / 2, 0);
  return checksum.value;
}

/** Address and length in bytes of each run of words that are not zero. */
function runsOf(words: BigUint64Array): Uint32Array {
  const runs: number[] = [];
  let begin = -1;
  let last = -1;
  const end = () => {
    if (begin >= 0) {
      runs.push(begin * WORD, (last + 1 - begin) * WORD);
    }
  };
  for (let index = 0; index < words.length; index++) {
    if (words[index] !== 0n) {
      if (begin < 0 || index - last > GAP_WORDS) {
        end();
        begin = index;
      }
      last = index;
    }
  }
  end();
  return new Uint32Array(runs);
}

/**
 * Reads an image into a memory while its chunks arrive. `begin` sees the header and
 * makes the memory, which is all zeros, or throws to refuse the image. A truncated
 * or altered image is an error. `took` is called with the size of each chunk in
 * bytes.
 */
export async function readImage<State>(
  pieces: AsyncIterable<Uint8Array>,
  begin: (header: ImageHeader<State>) => WebAssembly.Memory,
  took: (bytes: number) => void = () => undefined,
): Promise<ImageHeader<State>> {
  let head = new Uint8Array(0);
  let filling: Filling<State> | undefined;
  for await (const piece of pieces) {
    took(piece.length);
    if (filling !== undefined) {
      filling.take(piece);
      continue;
    }
    const joined = new Uint8Array(head.length + piece.length);
    joined.set(head);
    joined.set(piece, head.length);
    head = joined;
    const length = headLength(head);
    if (length <= head.length) {
      filling = new Filling(head.slice(0, length), begin);
      filling.take(head.subarray(length));
    }
  }
  if (filling === undefined) {
    throw new Error("the image is cut off");
  }
  filling.finish();
  return filling.header;
}

/** Where the browser can, it reads into the same small buffer again and again: otherwise an image makes 60 MB of garbage. */
const READ_BYTES = 1 << 18;

/** The chunks of a body as they arrive. Each is valid until the next is requested. */
export async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = readerInto(body);
  if (reader === undefined) {
    const plain = body.getReader();
    for (let part = await plain.read(); !part.done; part = await plain.read()) {
      yield part.value;
    }
    return;
  }
  let room = new ArrayBuffer(READ_BYTES);
  for (;;) {
    const { value, done } = await reader.read(new Uint8Array(room));
    if (done || value === undefined) {
      return;
    }
    yield value;
    room = value.buffer;
  }
}

/** A reader that fills a buffer it is given; undefined where bodies are no byte streams. */
function readerInto(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | undefined {
  try {
    return body.getReader({ mode: "byob" });
  } catch {
    return undefined;
  }
}

/** Length of everything before the bytes of the runs; infinite while it is not known. */
function headLength(head: Uint8Array): number {
  if (head.length < PREAMBLE) {
    return Number.POSITIVE_INFINITY;
  }
  const [magic, headerLength = 0, runs = 0] = new Uint32Array(head.slice(0, PREAMBLE).buffer);
  if (magic !== MAGIC || headerLength % WORD !== 0) {
    throw new Error("this is no image");
  }
  return PREAMBLE + headerLength + runs * 8;
}

/** A memory that is being filled. */
class Filling<State> {
  readonly header: ImageHeader<State>;
  readonly #memory: Uint8Array;
  readonly #runs: Uint32Array;
  readonly #expected: number;
  readonly #checksum: Checksum;
  #run = 0;
  /** How many bytes of the run have arrived. */
  #within = 0;

  constructor(head: Uint8Array<ArrayBuffer>, begin: (header: ImageHeader<State>) => WebAssembly.Memory) {
    const [, headerLength = 0, , expected = 0] = new Uint32Array(head.buffer, 0, 4);
    this.#expected = expected;
    this.header = JSON.parse(new TextDecoder().decode(head.subarray(PREAMBLE, PREAMBLE + headerLength)));
    this.#runs = new Uint32Array(head.buffer, PREAMBLE + headerLength);
    this.#memory = new Uint8Array(begin(this.header).buffer);
    this.#checksum = new Checksum(this.#memory.buffer, this.#runs);
    const begins = this.#runs[this.#runs.length - 2] ?? 0;
    if (begins + (this.#runs.at(-1) ?? 0) > this.#memory.length) {
      throw new Error("the image is larger than its memory");
    }
  }

  take(bytes: Uint8Array): void {
    let taken = 0;
    while (taken < bytes.length) {
      const length = this.#runs[2 * this.#run + 1];
      if (length === undefined) {
        throw new Error("the image has more bytes than it says");
      }
      const piece = bytes.subarray(taken, taken + length - this.#within);
      this.#memory.set(piece, (this.#runs[2 * this.#run] ?? 0) + this.#within);
      taken += piece.length;
      this.#within += piece.length;
      if (this.#within === length) {
        this.#run++;
        this.#within = 0;
      }
    }
    this.#checksum.add(this.#run, this.#within);
  }

  finish(): void {
    if (2 * this.#run !== this.#runs.length) {
      throw new Error("the image is cut off");
    }
    if (this.#checksum.value !== this.#expected) {
      throw new Error("the image is damaged");
    }
  }
}

/** Bytes that are summed at once: a 32-bit word for each of the sums. */
const STEP_BYTES = 16;

/**
 * Recognises an image that was damaged in transit, while it arrives, in some 20 ms
 * for 70 MB, and also where crypto.subtle is missing, as over plain http. It guards
 * against accidents: whoever can alter the image can alter the page. Four sums side
 * by side, each FNV-1a over every fourth word of 32 bits of a run.
 */
class Checksum {
  readonly #memory: ArrayBufferLike;
  readonly #runs: Uint32Array;
  readonly #sums = new Int32Array([0x811c9dc5, 1, 2, 3]);
  #run = 0;
  /** How many bytes of the run have been summed. */
  #within = 0;

  constructor(memory: ArrayBufferLike, runs: Uint32Array) {
    this.#memory = memory;
    this.#runs = runs;
  }

  /** All runs before this one have arrived, and so many bytes of it. */
  add(run: number, within: number): void {
    while (this.#run < run) {
      this.#addTo(this.#runs[2 * this.#run + 1] ?? 0);
      this.#run++;
      this.#within = 0;
    }
    // The remainder at the end of a run is summed differently from one in its middle.
    this.#addTo(within - (within % STEP_BYTES));
  }

  #addTo(end: number): void {
    const words = new Int32Array(
      this.#memory,
      (this.#runs[2 * this.#run] ?? 0) + this.#within,
      (end - this.#within) / Int32Array.BYTES_PER_ELEMENT,
    );
    let [a = 0, b = 0, c = 0, d = 0] = this.#sums;
    const whole = words.length & ~3;
    for (let index = 0; index < whole; index += 4) {
      a = Math.imul(a ^ (words[index] as number), PRIME);
      b = Math.imul(b ^ (words[index + 1] as number), PRIME);
      c = Math.imul(c ^ (words[index + 2] as number), PRIME);
      d = Math.imul(d ^ (words[index + 3] as number), PRIME);
    }
    // Runs are multiples of eight bytes.
    if (whole < words.length) {
      a = Math.imul(a ^ (words[whole] as number), PRIME);
      b = Math.imul(b ^ (words[whole + 1] as number), PRIME);
    }
    this.#sums.set([a, b, c, d]);
    this.#within = end;
  }

  get value(): number {
    let [all = 0] = this.#sums;
    for (const sum of this.#sums.subarray(1)) {
      all = Math.imul(all ^ sum, PRIME);
    }
    return all >>> 0;
  }
}

const PRIME = 0x01000193;
