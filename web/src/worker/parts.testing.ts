/** Small modules, parted as wasm/split parts large ones, for the tests of what loads them. */
import type { PartDescription } from "./part.ts";

const HEADER = [0, 97, 115, 109, 1, 0, 0, 0];
const text = (value: string) => [...new TextEncoder().encode(value)];
const name = (value: string) => [value.length, ...text(value)];

/** A number in LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function section(number: number, content: readonly number[]): number[] {
  return [number, ...unsigned(content.length), ...content];
}

export function custom(title: string, content: string): number[] {
  return section(0, [...name(title), ...text(content)]);
}

export const MEMORY_IMPORT = [...name("tabernetes"), ...name("memory"), 2, 0, 1];

/** (module (import "tabernetes" "memory" (memory 1)) (data (i32.const 16) CONTENT)) of a build. */
export function dataModule(content: string, build: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array([
    ...HEADER,
    ...custom("tabernetes.build", build),
    ...section(2, [1, ...MEMORY_IMPORT]),
    ...section(11, [1, 0, 65, 16, 11, ...name(content)]),
  ]);
}

export interface Digested {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly deferred: Uint8Array<ArrayBuffer>;
}

/** The custom sections of a primary module. */
export async function partsSections(build: string, { data, deferred }: Digested): Promise<number[]> {
  const parts = { build, pages: 1, data: await describe(data), deferred: await describe(deferred) };
  return [...custom("tabernetes.build", build), ...custom("tabernetes.parts", JSON.stringify(parts))];
}

async function describe(bytes: Uint8Array<ArrayBuffer>): Promise<PartDescription> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { bytes: bytes.length, sha256 };
}

/**
 * (module (import "tabernetes" "memory" (memory 1))
 *   (func (export "byte") (result i32) (i32.load8_u (i32.const 17)))) and custom sections.
 */
export async function primaryModule(build: string, others: Digested): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array([
    ...HEADER,
    ...section(1, [1, 96, 0, 1, 127]),
    ...section(2, [1, ...MEMORY_IMPORT]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name("byte"), 0, 0]),
    ...section(10, [1, 7, 0, 65, 17, 45, 0, 0, 11]),
    ...(await partsSections(build, others)),
  ]);
}
