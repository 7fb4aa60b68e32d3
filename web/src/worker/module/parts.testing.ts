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

/** The place in the table of the one function that is deferred. */
export const SLOT = 3;

const REGISTERS = 8;
const TYPES = section(1, [2, 96, 1, 127, 1, 127, 96, 0, 0]);
const LARGE = 126;
const SMALL = 127;
const registerType = (register: number) => (register === 0 || register === 7 ? SMALL : LARGE);

/**
 * A program whose export "enter" calls a deferred function, as a stub does: it asks
 * "load" and calls the function if the answer is 1; "wasm_pc_f_loop" calls it as well.
 */
export async function callingModule(build: string, others: Digested): Promise<Uint8Array<ArrayBuffer>> {
  const registers = Array.from({ length: REGISTERS }, (_, register) => register);
  const call = [65, 0, 65, SLOT, 17, 0, 0, 26];
  const enter = [0, 65, SLOT, 16, 0, 4, 64, ...call, 11, 11];
  const loop = [0, ...call, 11];
  return new Uint8Array([
    ...HEADER,
    ...TYPES,
    ...section(2, [2, ...name("tabernetes"), ...name("load"), 0, 0, ...MEMORY_IMPORT]),
    ...section(3, [2, 1, 1]),
    ...section(4, [1, 112, 0, SLOT + 1]),
    ...section(6, [
      REGISTERS,
      ...registers.flatMap((register) => {
        const type = registerType(register);
        return [type, 1, type === SMALL ? 65 : 66, 0, 11];
      }),
    ]),
    ...section(7, [
      3 + REGISTERS,
      ...name("enter"),
      ...[0, 1],
      ...name("wasm_pc_f_loop"),
      ...[0, 2],
      ...name("table"),
      ...[1, 0],
      ...registers.flatMap((register) => [...name(`global.${register}`), 3, register]),
    ]),
    ...section(10, [2, enter.length, ...enter, loop.length, ...loop]),
    ...(await partsSections(build, others)),
  ]);
}

/** The deferred part of {@link callingModule}: its function adds 1 to byte 8 of the memory. */
export function deferredModule(build: string): Uint8Array<ArrayBuffer> {
  const registers = Array.from({ length: REGISTERS }, (_, register) => register);
  const add = [0, 65, 8, 65, 8, 45, 0, 0, 65, 1, 106, 58, 0, 0, 65, 0, 11];
  return new Uint8Array([
    ...HEADER,
    ...custom("tabernetes.build", build),
    ...TYPES,
    ...section(2, [
      2 + REGISTERS,
      ...MEMORY_IMPORT,
      ...name("tabernetes"),
      ...name("table"),
      ...[1, 112, 0, SLOT + 1],
      ...registers.flatMap((register) => [
        ...name("tabernetes"),
        ...name(`global.${register}`),
        3,
        registerType(register),
        1,
      ]),
    ]),
    ...section(3, [1, 0]),
    ...section(9, [1, 0, 65, SLOT, 11, 1, 0]),
    ...section(10, [1, add.length, ...add]),
  ]);
}
