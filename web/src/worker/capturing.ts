import { encodeImage, type ImageHeader, PAGE_BYTES } from "./module/image.ts";
import { partsOf } from "./module/part.ts";
import type { CapturedState, Program } from "./program.ts";

/** What a worker script that captures a program's memory reports to the build (web/capture.mjs). */
export type CaptureMessage =
  | { readonly type: "image"; readonly point: string; readonly image: Uint8Array }
  | { readonly type: "failed"; readonly message: string };

/** The part of a worker's global scope that such a script uses; web/capture.mjs provides it. */
export interface CaptureScope<Request> {
  onmessage: ((event: { data: Request }) => void) | null;
  postMessage(message: CaptureMessage): void;
  importScripts(url: string): void;
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

/** The image of a program that is paused at a point of its start. */
export function imageOf(
  { program, module }: Program,
  point: string,
  state: CapturedState,
): Extract<CaptureMessage, { type: "image" }> {
  const { buffer } = program.memory;
  const header: ImageHeader<CapturedState> = {
    build: partsOf(module).build,
    pages: buffer.byteLength / PAGE_BYTES,
    state,
  };
  return { type: "image", point, image: encodeImage(header, buffer) };
}
