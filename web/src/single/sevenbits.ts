/**
 * Bytes as text inside a document in UTF-8: seven bits a character, which costs a sixth
 * where base64 costs a third. The three characters that HTML does not leave as they are
 * in a data block, NUL, CR and "<", have 128 added; they take two bytes.
 */

const BITS = 7;
const MASK = 0x7f;
const OUTSIDE = 0x80;
const ALTERED = new Set([0x00, 0x0d, 0x3c]);

/** The text in UTF-8. */
export function encode(bytes: Uint8Array): Uint8Array {
  const text = new Uint8Array(Math.ceil((bytes.length * 8) / BITS) * 2);
  let length = 0;
  let held = 0;
  let count = 0;
  const put = (code: number) => {
    if (ALTERED.has(code)) {
      text[length++] = 0xc0 | ((code | OUTSIDE) >> 6);
      text[length++] = OUTSIDE | (code & 0x3f);
    } else {
      text[length++] = code;
    }
  };
  for (const byte of bytes) {
    held = ((held & MASK) << 8) | byte;
    count += 8;
    while (count >= BITS) {
      count -= BITS;
      put((held >> count) & MASK);
    }
  }
  if (count > 0) {
    put((held << (BITS - count)) & MASK);
  }
  return text.subarray(0, length);
}

/** The bytes of a text; what its last character has too many is left out. */
export function decode(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor((text.length * BITS) / 8));
  let held = 0;
  let count = 0;
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    held = (held << BITS) | (text.charCodeAt(at) & MASK);
    count += BITS;
    if (count >= 8) {
      count -= 8;
      bytes[length++] = held >> count;
    }
  }
  return bytes;
}
